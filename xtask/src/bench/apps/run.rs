//! The senders: one thread and one keep-alive connection each, every request as soon as the answer before is there.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use crate::bench::http::{Answer, Connection};
use crate::bench::per_second;
use crate::bench::report::Latency;
use crate::bench::server::Server;
use crate::process;

/// Sends one request and checks the answer; false when there is nothing left to send.
pub(super) type Work<'a> = Box<dyn FnMut(&mut Connection) -> Result<bool> + Send + 'a>;

/// What one kind of request cost.
#[derive(Default, serde::Serialize)]
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
