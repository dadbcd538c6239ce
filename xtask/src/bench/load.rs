//! The senders: one thread and one keep-alive connection each.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::envelope::{self, Envelopes};
use super::http::Connection;
use super::world::World;
use crate::process;

/// How many issues share the recurring errors; at most a page of the issue list.
const RECURRING_ISSUES: u64 = 50;
/// Where the numbers of a phase's new errors begin, so that no issue of one phase is met again in another.
pub(super) const LATENCY_NUMBERS: u64 = 1_000_000_000;
pub(super) const THROUGHPUT_NUMBERS: u64 = 2_000_000_000;
pub(super) const DELIVERY_NUMBERS: u64 = 3_000_000_000;

/// Where to send, and through how many connections.
pub(super) struct Load<'a> {
    pub(super) address: SocketAddr,
    pub(super) world: &'a World,
    pub(super) connections: usize,
}

/// What the server did with what was sent.
#[derive(Default)]
pub(super) struct Sent {
    /// Number of each accepted error, and when it was due to be sent.
    pub(super) accepted: Vec<(u64, Instant)>,
    /// How many of them repeat one of the recurring errors.
    pub(super) recurring: u64,
    /// Answers other than success.
    pub(super) refused: usize,
}

impl Sent {
    /// How many issues the accepted errors make.
    pub(super) fn issues(&self) -> usize {
        let mut numbers: Vec<u64> = self.accepted.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }

    fn add(mut self, other: Self) -> Self {
        self.accepted.extend(other.accepted);
        self.recurring += other.recurring;
        self.refused += other.refused;
        self
    }
}

impl Load<'_> {
    /// Sends new errors at even intervals, whatever the server does.
    pub(super) fn at_rate(&self, rate: u32, time: Duration) -> Result<Sent> {
        let started = Instant::now();
        let total = u64::from(rate) * time.as_secs();
        self.in_parallel(|sender, index| {
            for step in (index as u64..total).step_by(self.connections) {
                process::fail_if_interrupted()?;
                let due = started + Duration::from_secs_f64(step as f64 / f64::from(rate));
                thread::sleep(due.saturating_duration_since(Instant::now()));
                sender.send(LATENCY_NUMBERS + step, due)?;
            }
            Ok(())
        })
    }

    /// Sends for a time, each connection as soon as the answer before is there; `new` percent are new errors,
    /// numbered from `numbers`.
    pub(super) fn at_full_speed(&self, new: u64, numbers: u64, time: Duration) -> Result<Sent> {
        let until = Instant::now() + time;
        self.in_parallel(|sender, index| {
            let mut step = index as u64;
            while Instant::now() < until {
                process::fail_if_interrupted()?;
                // Spread evenly: every hundred steps of a connection hold `new` new errors.
                let turn = step / self.connections as u64;
                let is_new = turn * new % 100 < new;
                let number = if is_new { numbers + step } else { step % RECURRING_ISSUES };
                if sender.send(number, Instant::now())? && !is_new {
                    sender.sent.recurring += 1;
                }
                step += self.connections as u64;
            }
            Ok(())
        })
    }

    /// How many of the recurring errors the API counts.
    pub(super) fn recurring_count(&self) -> Result<u64> {
        let project = &self.world.project_id;
        let path = format!("/api/0/organizations/bench/issues/?query=&sort=freq&limit=100&project={project}");
        let headers = format!("Authorization: Bearer {}\r\n", self.world.token);
        let answer = Connection::open(self.address)?.get(&path, &headers)?;
        let issues: Vec<Value> = serde_json::from_slice(&answer.body)
            .with_context(|| format!("the issue list answered {}", answer.status))?;
        let count = |issue: &Value| {
            let number = envelope::number_in(issue["title"].as_str()?.as_bytes())?;
            (number < RECURRING_ISSUES).then(|| issue["count"].as_str()?.parse::<u64>().ok())?
        };
        Ok(issues.iter().filter_map(count).sum())
    }

    fn in_parallel(&self, work: impl Fn(&mut Sender<'_>, usize) -> Result<()> + Sync) -> Result<Sent> {
        thread::scope(|scope| {
            let work = &work;
            let start = |index| {
                scope.spawn(move || {
                    let mut sender = Sender::new(self)?;
                    work(&mut sender, index)?;
                    anyhow::Ok(sender.sent)
                })
            };
            let threads: Vec<_> = (0..self.connections).map(start).collect();
            threads.into_iter().try_fold(Sent::default(), |sum, thread| {
                Ok(sum.add(thread.join().map_err(|_| anyhow!("a sender panicked"))??))
            })
        })
    }
}

struct Sender<'a> {
    load: &'a Load<'a>,
    connection: Connection,
    envelopes: Envelopes,
    path: String,
    headers: String,
    sent: Sent,
}

impl<'a> Sender<'a> {
    fn new(load: &'a Load<'a>) -> Result<Self> {
        Ok(Self {
            load,
            connection: Connection::open(load.address)?,
            envelopes: Envelopes::new()?,
            path: format!("/api/{}/envelope/", load.world.project_id),
            headers: envelope::headers(&load.world.key),
            sent: Sent::default(),
        })
    }

    /// Sends one error and notes the outcome; true when it was accepted. A broken connection is a refusal, and the next
    /// error goes over a new one.
    fn send(&mut self, number: u64, due: Instant) -> Result<bool> {
        let body = self.envelopes.of(number)?;
        let answer = self.connection.post(&self.path, &self.headers, &body);
        let accepted = answer.as_ref().is_ok_and(|answer| answer.status == 200);
        if accepted {
            self.sent.accepted.push((number, due));
            return Ok(true);
        }
        self.sent.refused += 1;
        // What an SDK would do on a limit is to wait; never spin.
        thread::sleep(Duration::from_millis(10));
        if answer.is_err() {
            self.connection = Connection::open(self.load.address)?;
        }
        Ok(false)
    }
}
