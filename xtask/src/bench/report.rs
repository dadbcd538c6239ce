//! What was measured, as one table for people and one JSON file for comparison. The figures here are those of ingestion.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::workspace;

/// The figures of one run on one database.
#[derive(Default, Serialize)]
pub(super) struct Measurement {
    pub(super) database: &'static str,
    pub(super) connections: usize,
    /// How long each phase sent.
    pub(super) seconds: u64,
    /// Start of the process to the first healthy answer, on a database that is migrated already.
    pub(super) start_ms: u64,
    /// SIGTERM to the end of the process.
    pub(super) stop_ms: u64,
    pub(super) idle_mb: u64,
    pub(super) peak_mb: u64,
    /// Errors per second in the latency phase.
    pub(super) rate: u32,
    /// From the moment at which an error was due to be sent to the arrival of its webhook.
    pub(super) latency_ms: Latency,
    /// Events accepted in the throughput phase.
    pub(super) events: usize,
    pub(super) accepted_per_s: f64,
    /// `None` when the counts of the issues did not come up to what was accepted in time.
    pub(super) processed_per_s: Option<f64>,
    /// Webhooks in the delivery phase, where every event opens an issue.
    pub(super) delivered_per_s: f64,
    /// User and system time of the server alone, webhooks included, a database server not.
    pub(super) cpu_us_per_event: u64,
    /// Answers other than success.
    pub(super) refused: usize,
    /// Accepted errors that opened an issue of which no webhook came in time.
    pub(super) lost: usize,
    /// Webhooks that came more than once.
    pub(super) repeated: usize,
}

/// Percentiles, in milliseconds.
#[derive(Default, Serialize)]
pub(super) struct Latency {
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

impl Latency {
    /// The percentiles of sorted latencies.
    pub(super) fn of(sorted: &[Duration]) -> Self {
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(rank).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
        };
        Self { p50: at(50), p90: at(90), p99: at(99), max: at(100) }
    }
}

/// One line per figure, one column per database.
pub(super) fn print(measurements: &[Measurement]) {
    let whole = |value: f64| format!("{value:.0}");
    let latency = |value: f64| format!("{value:.1}");
    row("database", measurements, |m| m.database.to_owned());
    row("accepted events/s", measurements, |m| whole(m.accepted_per_s));
    row("processed events/s", measurements, |m| m.processed_per_s.map_or("not in time".to_owned(), whole));
    row("delivered webhooks/s", measurements, |m| whole(m.delivered_per_s));
    row("error to webhook p50, ms", measurements, |m| latency(m.latency_ms.p50));
    row("error to webhook p90, ms", measurements, |m| latency(m.latency_ms.p90));
    row("error to webhook p99, ms", measurements, |m| latency(m.latency_ms.p99));
    row("error to webhook max, ms", measurements, |m| latency(m.latency_ms.max));
    row("processor time per event, us", measurements, |m| m.cpu_us_per_event.to_string());
    row("start to healthy, ms", measurements, |m| m.start_ms.to_string());
    row("stop, ms", measurements, |m| m.stop_ms.to_string());
    row("idle memory, MB", measurements, |m| m.idle_mb.to_string());
    row("peak memory, MB", measurements, |m| m.peak_mb.to_string());
    row("refused / lost / repeated", measurements, |m| {
        format!("{} / {} / {}", m.refused, m.lost, m.repeated)
    });
}

fn row(name: &str, measurements: &[Measurement], value: impl Fn(&Measurement) -> String) {
    let values: String =
        measurements.iter().map(|measurement| format!("{:>16}", value(measurement))).collect();
    println!("{name:<30}{values}");
}

/// Writes figures to `target/bench/{name}.json`.
pub(super) fn write(name: &str, figures: &impl Serialize) -> Result<()> {
    let folder = workspace::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(name).with_extension("json");
    std::fs::write(&file, serde_json::to_string_pretty(figures)? + "\n")?;
    println!("written to {}", file.display());
    Ok(())
}
