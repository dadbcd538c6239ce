//! The measured program as a process: seeded, started, watched through `/proc`, and asked to stop.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http::Connection;
use crate::{postgres, process};

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Which program to run and where it keeps its data.
pub(super) struct Place<'a> {
    pub(super) binary: &'a Path,
    pub(super) folder: &'a Path,
    /// `None` is SQLite in the folder.
    pub(super) database_url: Option<&'a str>,
}

impl Place<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.binary);
        command.args(arguments).current_dir(self.folder).arg("--data-dir").arg(self.folder.join("data"));
        if let Some(url) = self.database_url {
            command.args(["--database-url", url]);
        }
        command
    }

    /// What the database is called in tables.
    pub(super) fn database_name(&self) -> &'static str {
        if self.database_url.is_some() { "postgres" } else { "sqlite" }
    }

    /// Where the data is.
    pub(super) fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.folder.join("data/mortise.db").display());
        self.database_url.map_or_else(file, str::to_owned)
    }
}

/// Runs `mortise seed -` and returns what it made.
pub(super) fn seed(place: &Place<'_>, world: &Value) -> Result<Value> {
    let mut command = place.command(&["seed", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("no standard input")?;
    input.write_all(world.to_string().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("`mortise seed` failed: {}", output.status);
    }
    if let Some(url) = place.database_url {
        postgres::analyze(url)?;
    }
    serde_json::from_slice(&output.stdout).context("`mortise seed` did not print one JSON object")
}

/// A running server; dropping it stops it.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

/// Resident memory, in megabytes of 1,000,000 bytes.
pub(super) struct Memory {
    pub(super) resident_mb: u64,
    pub(super) peak_mb: u64,
}

impl Server {
    /// Starts the server; the figure is the time from the start of the process to the first healthy answer, in ms.
    pub(super) fn start(place: &Place<'_>) -> Result<(Self, u64)> {
        Self::spawn(place.folder, |address| place.command(&["serve", "--listen", address]))
    }

    /// Starts a program that is to listen on the address that it is given, and answers `/healthz`.
    pub(super) fn spawn(folder: &Path, command: impl FnOnce(&str) -> Command) -> Result<(Self, u64)> {
        let address = SocketAddr::from(([127, 0, 0, 1], postgres::free_port()?));
        let log_path = folder.join("server.log");
        let log = File::create(&log_path)?;
        let mut command = command(&address.to_string());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let started = Instant::now();
        let mut server = Self { child: command.spawn()?, address };
        while !server.is_healthy() {
            process::fail_if_interrupted()?;
            if server.child.try_wait()?.is_some() || started.elapsed() > START_TIMEOUT {
                bail!("the server did not start:\n{}", std::fs::read_to_string(&log_path)?);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok((server, started.elapsed().as_millis() as u64))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    fn is_healthy(&self) -> bool {
        let answer = Connection::open(self.address).and_then(|mut connection| connection.get("/healthz", ""));
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// Processor time that the process has used, in user and in system mode.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is the program's name in parentheses and may hold spaces; utime and stime are 14 and 15.
        let (_, fields) = stat.rsplit_once(") ").context("unexpected /proc/PID/stat")?;
        let ticks: u64 =
            fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        // Linux reports in USER_HZ, which is 100 on every architecture that we build for.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// How many statements the database was asked so far; `None` for a program that does not tell.
    pub(super) fn statements(&self) -> Result<Option<u64>> {
        let answer = Connection::open(self.address)?.get("/metrics", "")?;
        let text = String::from_utf8(answer.body)?;
        let line = text.lines().find_map(|line| line.strip_prefix("mortise_store_statements_total "));
        Ok(line.map(str::parse).transpose()?)
    }

    pub(super) fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024 / 1_000_000)
        };
        let read = || Some(Memory { resident_mb: megabytes("VmRSS:")?, peak_mb: megabytes("VmHWM:")? });
        read().context("unexpected /proc/PID/status")
    }

    /// Asks the server to drain and end; returns how long that took, in ms.
    pub(super) fn stop(mut self) -> Result<u64> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended under load: {status}");
        }
        let asked = Instant::now();
        process::stop(&mut self.child);
        Ok(asked.elapsed().as_millis() as u64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            process::stop(&mut self.child);
        }
    }
}
