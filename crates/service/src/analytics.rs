//! Analytics: what people and apps do with apps, by name and ids, for whoever runs the server and wants to count it.
//!
//! Entries go to a [`Sink`] that the program chooses, after the change is in the database. They are told once or not at all:
//! what must not be lost is in the outbox and the audit log.

use serde_json::Value as Json;

/// Takes entries.
pub trait Sink: Send + Sync {
    /// Takes one entry: its name, such as `sentry_app.created`, and an object of ids and slugs. Never a text that a person
    /// wrote, an address or a secret, except what is wrong with a schema.
    fn record(&self, name: &str, fields: &Json);
}

/// Counts entries by name in `mortise_analytics_total`, and writes each as a log line of the target `analytics` at level
/// `debug`.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogSink;

impl Sink for LogSink {
    fn record(&self, name: &str, fields: &Json) {
        metrics::counter!("mortise_analytics_total", "name" => name.to_owned()).increment(1);
        tracing::debug!(target: "analytics", name, %fields);
    }
}
