//! Running the binary in a folder of its own, and talking to it.

pub mod clients;
pub mod http;
pub mod world;

use std::{
    fs::File,
    io::Write as _,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long a server may take to answer, on a busy machine.
const START_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a server may take to end.
const STOP_TIME_MAX: Duration = Duration::from_secs(30);

/// A folder with a data folder in it, and which database is used.
pub struct Place {
    folder: Arc<TempDir>,
    database_url: Option<String>,
}

impl Place {
    /// With the embedded database.
    pub fn new() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().expect("a folder")), database_url: None }
    }

    /// With another database.
    pub fn with_database(url: impl Into<String>) -> Self {
        Self { database_url: Some(url.into()), ..Self::new() }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the database, to look into it.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.path("mortise-data/mortise.db").display());
        self.database_url.clone().unwrap_or_else(file)
    }

    /// The binary with arguments, in this folder; nothing of the environment reaches it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mortise"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MORTISE_") {
                command.env_remove(name);
            }
        }
        if let Some(url) = &self.database_url {
            command.env("MORTISE_DATABASE_URL", url);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the binary runs"))
    }

    /// Runs a command that reads `input`.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("input is read");
        Ran::of(child.wait_with_output().expect("the binary ends"))
    }

    /// Starts a server on a free port.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts a server on a free port, with further arguments.
    pub fn serve_with(&self, arguments: &[&str]) -> Server {
        let address = free_address();
        let log = self.path(&format!("server-{}.log", address.port()));
        let out = self.path(&format!("server-{}.out", address.port()));
        let mut command = self.command(&["serve", "--listen", &address.to_string()]);
        command.args(arguments);
        command.stdout(File::create(&out).expect("a file")).stderr(File::create(&log).expect("a file"));
        let mut server = Server {
            child: command.spawn().expect("the binary runs"),
            address,
            log,
            out,
            _folder: Arc::clone(&self.folder),
        };
        server.wait_until_healthy();
        server
    }
}

/// What a command did.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is text");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The output of a command that must have gone well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "stderr: {}\nstdout: {}", self.stderr, self.stdout);
        self.stdout
    }

    /// The same as JSON.
    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        let text = self.ok();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The complaint of a command that must have failed with this exit code.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "stderr: {}\nstdout: {}", self.stderr, self.stdout);
        self.stderr
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
    out: PathBuf,
    _folder: Arc<TempDir>,
}

impl Server {
    fn wait_until_healthy(&mut self) {
        let started = Instant::now();
        while !http::get(self.address, "/healthz").is_ok_and(|answer| answer.status == 200) {
            let ended = self.child.try_wait().expect("a child");
            let gave_up = ended.is_some() || started.elapsed() > START_TIME_MAX;
            assert!(!gave_up, "the server did not start ({ended:?}): {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks for a page.
    #[track_caller]
    pub fn get(&self, path: &str) -> http::Answer {
        http::get(self.address, path).expect("an answer")
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    /// What it wrote to standard output so far.
    pub fn output(&self) -> String {
        read(&self.out)
    }

    /// What the first start printed beside a word.
    #[track_caller]
    pub fn printed(&self, word: &str) -> String {
        let output = self.output();
        let line = output.lines().map(str::trim).find(|line| line.starts_with(word));
        let line = line.unwrap_or_else(|| panic!("no {word} in {output}"));
        line[word.len()..].trim().to_owned()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end and waits; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until it has ended; its exit code.
    pub fn wait(&mut self) -> Option<i32> {
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            assert!(asked.elapsed() < STOP_TIME_MAX, "the server did not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// An address that nobody listens on now.
pub fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a free port")
}
