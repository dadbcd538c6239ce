//! A private PostgreSQL server for tests and measurements: its own data in a temporary folder, on a free port, with a
//! random password, gone when the value is dropped. It never touches a server that the machine may run already.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{process, tools};

const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Test processes run side by side, each with its own pools.
const CONNECTIONS_MAX: u32 = 400;

/// What the server promises about a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A commit is on disk, as in production. For measurements.
    Full,
    /// Nothing survives a crash of the machine. For tests, where nothing has to.
    None,
}

/// A running server. Dropping it stops the server and deletes its data.
pub(crate) struct Cluster {
    folder: TempDir,
    binaries: PathBuf,
    owner: Option<Owner>,
    server: Child,
    url: String,
}

/// The account that the server runs as when we are root, which PostgreSQL refuses to run as.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Creates the data and starts the server; returns when it accepts connections.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let binaries = binaries().context("no PostgreSQL under /usr/lib/postgresql or in PATH")?;
        let owner = if tools::is_root()? { Some(Owner::postgres()?) } else { None };
        // In the system's temporary folder: a socket's path may have 107 bytes only, and the account that the server
        // runs as may not be allowed to enter the checkout.
        let folder = tempfile::Builder::new().prefix("mortise-pg-").tempdir()?;
        let password = random_hex()?;
        std::fs::write(folder.path().join("password"), &password)?;
        if let Some(owner) = owner {
            for path in [folder.path(), &folder.path().join("password")] {
                std::os::unix::fs::chown(path, Some(owner.user), Some(owner.group))?;
            }
        }
        initialize(&binaries, owner, folder.path())?;
        let port = free_port()?;
        let server = spawn(&binaries, owner, folder.path(), port, durability)?;
        let url = format!("postgres://mortise:{password}@127.0.0.1:{port}/postgres");
        let mut cluster = Self { folder, binaries, owner, server, url };
        cluster.wait_until_ready(port)?;
        Ok(cluster)
    }

    /// Where to connect, as a superuser of this server. Tests make their own databases.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let started = Instant::now();
        let ready = self.binaries.join("pg_isready");
        while !process::succeeds(Command::new(&ready).args([
            "-q",
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ])) {
            process::fail_if_interrupted()?;
            if self.server.try_wait()?.is_some() || started.elapsed() > START_TIMEOUT {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// Has PostgreSQL look at what its tables hold, as it does by itself within a minute; until then it plans for empty ones.
pub(crate) fn analyze(url: &str) -> Result<()> {
    let binaries = binaries().context("no PostgreSQL under /usr/lib/postgresql or in PATH")?;
    let mut command = Command::new(binaries.join("vacuumdb"));
    // Not shown, because the address has the password.
    let status = process::run_quietly(command.args(["--analyze-only", "--quiet", "--dbname", url]))?;
    if status.success() { Ok(()) } else { bail!("`vacuumdb --analyze-only` failed: {status}") }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = command(&self.binaries, "pg_ctl", self.owner, self.folder.path());
        stop.args(["stop", "-s", "-m", "immediate", "-t", "30", "-D", "data"]);
        if !process::succeeds(&mut stop) {
            // Already gone, or beyond asking; killing a process that has ended fails harmlessly.
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

impl Owner {
    fn postgres() -> Result<Self> {
        let accounts = std::fs::read_to_string("/etc/passwd")?;
        let line = accounts.lines().find(|line| line.starts_with("postgres:"));
        let fields: Vec<&str> = line.context("there is no account `postgres`")?.split(':').collect();
        match fields[..] {
            [_, _, user, group, ..] => Ok(Self { user: user.parse()?, group: group.parse()? }),
            _ => bail!("/etc/passwd has a broken line for `postgres`"),
        }
    }
}

/// The folder of the newest installed server's programs.
pub(crate) fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    newest.map(|(_, folder)| folder).or_else(|| Some(process::find("initdb")?.parent()?.to_path_buf()))
}

/// A program of the server, run as the server's account, in the server's folder.
fn command(binaries: &Path, program: &str, owner: Option<Owner>, folder: &Path) -> Command {
    let mut command = Command::new(binaries.join(program));
    command.current_dir(folder).stdin(Stdio::null());
    if let Some(owner) = owner {
        command.uid(owner.user).gid(owner.group);
    }
    command
}

fn initialize(binaries: &Path, owner: Option<Owner>, folder: &Path) -> Result<()> {
    let mut initdb = command(binaries, "initdb", owner, folder);
    // Plain passwords over loopback: SCRAM costs a debug build tens of milliseconds per connection.
    initdb.args(["-D", "data", "-U", "mortise", "--pwfile=password", "--auth=password", "-E", "UTF8"]);
    let output = initdb.args(["--no-locale", "--no-sync"]).output()?;
    if !output.status.success() {
        bail!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn spawn(
    binaries: &Path,
    owner: Option<Owner>,
    folder: &Path,
    port: u16,
    durability: Durability,
) -> Result<Child> {
    let log = File::create(folder.join("log"))?;
    let mut postgres = command(binaries, "postgres", owner, folder);
    postgres.args(["-D", "data", "-h", "127.0.0.1", "-p", &port.to_string(), "-k"]).arg(folder);
    postgres.args(["-c", &format!("max_connections={CONNECTIONS_MAX}")]);
    if durability == Durability::None {
        postgres.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    // A group of its own, so that Ctrl-C ends the tests first and the server after them.
    postgres.process_group(0).stdout(log.try_clone()?).stderr(log);
    postgres.spawn().context("cannot start PostgreSQL")
}

/// A port that nobody listens on now. Somebody may take it before we do; the start then fails and says so.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut hex = String::new();
    for byte in bytes {
        write!(hex, "{byte:02x}")?;
    }
    Ok(hex)
}
