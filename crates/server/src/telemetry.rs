//! Log lines on standard error, and the metrics' recorder. A log line is a sentence and dotted fields with units; no
//! secret, body, e-mail or IP address is ever a field.

use std::io::IsTerminal as _;

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// Starts logging. Commands other than the server only log what goes wrong, since people read their output.
pub(crate) fn start_logging(log: &Log, is_server: bool) -> Result<()> {
    let filter =
        EnvFilter::try_new(&log.level).with_context(|| format!("log.level: {:?} is no filter", log.level))?;
    let filter = if is_server || log.level != "info" { filter } else { EnvFilter::new("warn") };
    let logging = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => logging.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => logging.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging did not start: {error}"))
}

/// Upper bounds of the duration histograms' buckets, seconds.
const DURATION_BUCKETS_S: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Starts counting.
pub(crate) fn start_metrics() -> Result<PrometheusHandle> {
    let durations = Matcher::Suffix("_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, DURATION_BUCKETS_S)?;
    Ok(builder.install_recorder()?)
}
