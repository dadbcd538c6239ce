//! Requests of one kind after another: the senders, one thread and one keep-alive connection each, every request as soon as
//! the answer before is there; what a request cost; the table of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use serde::Serialize;

use super::http::{Answer, Connection};
use super::per_second;
use super::report::Latency;
use super::server::{Place, Server};
use crate::{process, workspace};

/// Sends one request and checks the answer; false when there is nothing left to send.
pub(super) type Work<'a> = Box<dyn FnMut(&mut Connection) -> Result<bool> + Send + 'a>;

/// What one kind of request cost.
#[derive(Default, Serialize)]
pub(super) struct Cost {
    pub(super) requests: usize,
    pub(super) per_s: f64,
    pub(super) latency_ms: Latency,
    /// User and system time of the server alone, a database server not.
    pub(super) cpu_us: u64,
    /// `None` when the server does not count them.
    pub(super) statements: Option<f64>,
}

/// Lets every worker send over a connection of its own, until the time is up or nothing is left.
pub(super) fn run(server: &Server, workers: Vec<Work<'_>>, time: Duration) -> Result<Cost> {
    let (cpu, statements) = (server.cpu()?, server.statements()?);
    let started = Instant::now();
    let mut latencies = thread::scope(|scope| {
        let threads: Vec<_> = workers
            .into_iter()
            .map(|work| scope.spawn(move || send(Connection::open(server.address())?, work, started + time)))
            .collect();
        threads.into_iter().try_fold(Vec::new(), |mut all, thread| {
            all.extend(thread.join().map_err(|_| anyhow!("a sender panicked"))??);
            anyhow::Ok(all)
        })
    })?;
    let took = started.elapsed();
    let requests = latencies.len();
    latencies.sort_unstable();
    let cpu = server.cpu()?.saturating_sub(cpu);
    let counted = server.statements()?.zip(statements);
    Ok(Cost {
        requests,
        per_s: per_second(requests, took),
        latency_ms: Latency::of(&latencies),
        cpu_us: cpu.as_micros() as u64 / (requests as u64).max(1),
        statements: counted.map(|(now, before)| (now - before) as f64 / requests.max(1) as f64),
    })
}

fn send(mut connection: Connection, mut work: Work<'_>, until: Instant) -> Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    while Instant::now() < until {
        process::fail_if_interrupted()?;
        let sent = Instant::now();
        if !work(&mut connection)? {
            break;
        }
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// The body of an answer that must have this status. An answer that is refused is not worth measuring.
pub(super) fn expect(answer: Answer, status: u16) -> Result<Vec<u8>> {
    if answer.status != status {
        bail!("answered {} instead of {status}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(answer.body)
}

/// How hard to send.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    pub(super) connections: usize,
    pub(super) time: Duration,
}

/// Reads the paths in turn.
pub(super) fn get(pace: Pace, server: &Server, headers: &str, paths: &[String]) -> Result<Cost> {
    let worker = |first: usize| -> Work<'_> {
        let mut turn = first;
        Box::new(move |connection: &mut Connection| {
            turn += 1;
            expect(connection.get(&paths[turn % paths.len()], headers)?, 200).map(|_| true)
        })
    };
    run(server, (0..pace.connections).map(worker).collect(), pace.time)
}

/// The bare handler to compare with: the one that is named, or a new release build.
pub(super) fn bare_handler(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(bare) = named {
        return bare.canonicalize().with_context(|| bare.display().to_string());
    }
    process::run(workspace::cargo().args(["build", "--release", "--locked", "--package", "bench-bare"]))?;
    Ok(workspace::target().join("release/bench-bare"))
}

/// What the bare handler reaches with one indexed read of the same database.
pub(super) fn of_bare(pace: Pace, bare: &Path, place: &Place<'_>, paths: &[String]) -> Result<Cost> {
    let url = place.database_url();
    let (server, _) = Server::spawn(place.folder, |address| {
        let mut command = Command::new(bare);
        command.args([&url, address]);
        command
    })?;
    let cost = get(pace, &server, "", paths)?;
    server.stop()?;
    Ok(cost)
}

/// What was measured on one database.
#[derive(Serialize)]
pub(super) struct Measured {
    database: &'static str,
    connections: usize,
    rows: Vec<Row>,
}

/// One kind of request.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    cost: Cost,
    /// Requests per second, of those of the bare handler.
    share_of_bare: f64,
}

impl Measured {
    /// Sets what was measured beside what the bare handler reached.
    pub(super) fn new(
        database: &'static str,
        connections: usize,
        costs: Vec<(&'static str, Cost)>,
        bare: Cost,
    ) -> Self {
        let row = |(name, cost): (&'static str, Cost)| {
            let share_of_bare = cost.per_s / bare.per_s;
            Row { name, cost, share_of_bare }
        };
        let mut rows: Vec<_> = costs.into_iter().map(row).collect();
        rows.push(Row { name: "bare handler, one read", share_of_bare: 1.0, cost: bare });
        Self { database, connections, rows }
    }

    /// Prints a table.
    pub(super) fn print(&self) {
        println!("{}, {} connections", self.database, self.connections);
        let head = ["requests/s", "p50, ms", "p99, ms", "CPU, us", "statements", "of bare"];
        println!("{:<28}{}", "", head.map(|text| format!("{text:>12}")).concat());
        for Row { name, cost, share_of_bare } in &self.rows {
            let statements = cost.statements.map_or("-".to_owned(), |count| format!("{count:.1}"));
            let cells = [
                format!("{:.0}", cost.per_s),
                format!("{:.1}", cost.latency_ms.p50),
                format!("{:.1}", cost.latency_ms.p99),
                cost.cpu_us.to_string(),
                statements,
                format!("{:.0} %", share_of_bare * 100.0),
            ];
            println!("{name:<28}{}", cells.map(|text| format!("{text:>12}")).concat());
        }
    }
}
