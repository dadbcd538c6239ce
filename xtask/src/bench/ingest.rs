//! Events in, webhooks out: the program fed by SDK envelopes over keep-alive connections, with a receiver that counts the
//! webhooks.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::load::{self, Load};
use super::receiver::Receiver;
use super::report::{self, Latency, Measurement};
use super::server::{self, Server};
use super::world::World;
use super::{Database, per_second, program};
use crate::postgres::Cluster;
use crate::process;

/// How long the program gets to work off what it accepted.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);
const IDLE_BEFORE_MEMORY: Duration = Duration::from_secs(3);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The database to measure on; PostgreSQL is a private server with full durability
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// How long each of the three phases sends
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Errors per second in the latency phase, each of them a new issue
    #[arg(long, default_value_t = 100)]
    rate: u32,
    /// Keep-alive connections
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Share of events in the throughput phase that open a new issue
    #[arg(long, default_value_t = 2, value_name = "PERCENT")]
    new_issues: u64,
    /// Measures this program instead of building a release
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Measures, prints one table and writes `target/bench/ingest.json`.
pub(super) fn run(args: &Args) -> Result<()> {
    let binary = program(args.binary.as_deref())?;
    let measurements: Vec<_> = args
        .database
        .each()
        .iter()
        .map(|database| measure(args, &binary, *database))
        .collect::<Result<_>>()?;
    report::print(&measurements);
    report::write("ingest", &measurements)
}

fn measure(args: &Args, binary: &Path, database: Database) -> Result<Measurement> {
    let cluster = database.cluster()?;
    let folder = tempfile::Builder::new().prefix("mortise-bench-").tempdir()?;
    let receiver = Receiver::start()?;
    let place =
        server::Place { binary, folder: folder.path(), database_url: cluster.as_ref().map(Cluster::url) };
    let world = World::seed(&place, receiver.port())?;
    // What was written before must not compete with what is measured: commits would wait for it.
    process::run(&mut Command::new("sync"))?;
    let (server, start_ms) = Server::start(&place)?;
    std::thread::sleep(IDLE_BEFORE_MEMORY);
    let idle_mb = server.memory()?.resident_mb;
    let load = Load { address: server.address(), world: &world, connections: args.connections };
    let mut measurement = Measurement {
        database: if cluster.is_some() { "postgres" } else { "sqlite" },
        start_ms,
        idle_mb,
        rate: args.rate,
        connections: args.connections,
        seconds: args.seconds,
        ..Measurement::default()
    };
    latency(args, &load, &receiver, &mut measurement)?;
    throughput(args, &load, &receiver, &server, &mut measurement)?;
    delivery(args, &load, &receiver, &mut measurement)?;
    measurement.peak_mb = server.memory()?.peak_mb;
    measurement.stop_ms = server.stop()?;
    Ok(measurement)
}

/// Every event opens an issue; the time runs from the moment at which the event was due to be sent until its webhook
/// arrived, so a server that stalls the senders does not look better for it.
fn latency(args: &Args, load: &Load<'_>, receiver: &Receiver, measurement: &mut Measurement) -> Result<()> {
    let sent = load.at_rate(args.rate, Duration::from_secs(args.seconds))?;
    measurement.lost += wait_for_webhooks(receiver, sent.accepted.len())?;
    let arrivals = receiver.arrivals();
    let mut latencies: Vec<Duration> = sent
        .accepted
        .iter()
        .filter_map(|(number, due)| Some(arrivals.get(number)?.saturating_duration_since(*due)))
        .collect();
    latencies.sort_unstable();
    measurement.latency_ms = Latency::of(&latencies);
    measurement.refused += sent.refused;
    Ok(())
}

/// As fast as the connections go, mostly errors that recur: what a noisy project looks like.
fn throughput(
    args: &Args,
    load: &Load<'_>,
    receiver: &Receiver,
    server: &Server,
    measurement: &mut Measurement,
) -> Result<()> {
    let delivered_before = receiver.distinct();
    let cpu_before = server.cpu()?;
    let started = Instant::now();
    let sent =
        load.at_full_speed(args.new_issues, load::THROUGHPUT_NUMBERS, Duration::from_secs(args.seconds))?;
    let events = sent.accepted.len();
    measurement.events = events;
    measurement.accepted_per_s = per_second(events, started.elapsed());
    measurement.processed_per_s = loop {
        if load.recurring_count()? >= sent.recurring {
            break Some(per_second(events, started.elapsed()));
        }
        if started.elapsed() > DRAIN_TIMEOUT {
            break None;
        }
        pause()?;
    };
    measurement.lost += wait_for_webhooks(receiver, delivered_before + sent.issues())?;
    let cpu = server.cpu()?.saturating_sub(cpu_before);
    measurement.cpu_us_per_event = cpu.as_micros() as u64 / (events as u64).max(1);
    measurement.refused += sent.refused;
    Ok(())
}

/// As fast as the connections go, every error an issue of its own: as many webhooks as events.
fn delivery(args: &Args, load: &Load<'_>, receiver: &Receiver, measurement: &mut Measurement) -> Result<()> {
    let delivered_before = receiver.distinct();
    let started = Instant::now();
    let sent = load.at_full_speed(100, load::DELIVERY_NUMBERS, Duration::from_secs(args.seconds))?;
    measurement.lost += wait_for_webhooks(receiver, delivered_before + sent.issues())?;
    let took = receiver.last_arrival().map_or(Duration::MAX, |last| last.saturating_duration_since(started));
    measurement.delivered_per_s = per_second(receiver.distinct() - delivered_before, took);
    measurement.refused += sent.refused;
    measurement.repeated = receiver.total() - receiver.distinct();
    Ok(())
}

/// Waits until webhooks told of so many errors; returns how many are missing when the time is up.
fn wait_for_webhooks(receiver: &Receiver, expected: usize) -> Result<usize> {
    let started = Instant::now();
    while receiver.distinct() < expected && started.elapsed() < DRAIN_TIMEOUT {
        pause()?;
    }
    Ok(expected.saturating_sub(receiver.distinct()))
}

fn pause() -> Result<()> {
    std::thread::sleep(Duration::from_millis(50));
    process::fail_if_interrupted()
}
