//! Counts of what was accepted and dropped. They are kept in memory and written now and then: a count that a crash loses
//! is worth less than a statement per event.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mortise_domain::ProjectId;
use mortise_store::ingest::outcome::{self, Outcome};
use mortise_wire::{
    client_report::{ClientReport, DiscardKind},
    rate_limits::Category,
};

use super::transition::hour_of;
use crate::{Ctx, Error, Result};

/// How long counts wait to be written together.
const FLUSH_AFTER: Duration = Duration::from_secs(5);
/// Counts that wait at most; beyond, further kinds are not counted until the next flush.
const WAITING_MAX: usize = 20_000;
/// One entry of a client report counts for this much at most.
const QUANTITY_MAX: u64 = 1_000_000_000;
/// Reasons of SDKs that are kept apart; others are `other`. From the public documentation of client reports.
const CLIENT_REASONS: [&str; 13] = [
    "queue_overflow",
    "cache_overflow",
    "buffer_overflow",
    "ratelimit_backoff",
    "network_error",
    "sample_rate",
    "before_send",
    "event_processor",
    "send_error",
    "internal_sdk_error",
    "insufficient_data",
    "backpressure",
    "no_parent_span",
];

type Key = (ProjectId, i64, &'static str, &'static str, &'static str);

/// Counts that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Outcomes(Mutex<HashMap<Key, i64>>);

impl Outcomes {
    /// Adds to a count; whether it is the first that waits.
    fn add(&self, key: Key, quantity: i64) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&key) {
            return false;
        }
        let is_first = waiting.is_empty();
        let count = waiting.entry(key).or_default();
        *count = count.saturating_add(quantity);
        is_first
    }

    fn take(&self) -> HashMap<Key, i64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Counts what happened to something here.
pub(super) fn count(
    ctx: &Ctx,
    project: ProjectId,
    source: &'static str,
    category: Category,
    reason: &'static str,
) {
    add(ctx, (project, hour_of(ctx.now()), source, category.as_str(), reason), 1);
}

/// Counts what an SDK reports.
pub(super) fn count_report(ctx: &Ctx, project: ProjectId, report: &ClientReport) {
    let hour = hour_of(ctx.now());
    for discard in &report.discards {
        let source = match discard.kind {
            DiscardKind::Discarded => "client_discard",
            DiscardKind::RateLimited => "client_rate_limited",
            DiscardKind::Filtered => "client_filtered",
            DiscardKind::FilteredSampling => "client_sampled",
        };
        let category: Category = discard.category.parse().unwrap_or(Category::Unknown);
        let reason = CLIENT_REASONS.into_iter().find(|known| *known == discard.reason).unwrap_or("other");
        let quantity = i64::try_from(discard.quantity.min(QUANTITY_MAX)).unwrap_or_default();
        add(ctx, (project, hour, source, category.as_str(), reason), quantity);
    }
}

/// Adds to a count. The first that waits sets the timer of the next flush.
fn add(ctx: &Ctx, key: Key, quantity: i64) {
    if ctx.ingest().outcomes.add(key, quantity) {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            tokio::time::sleep(FLUSH_AFTER).await;
            // A failure is logged, and what failed waits for the next time.
            let _ = flush_outcomes(&ctx).await;
        });
    }
}

/// Writes the counts that wait. This happens by itself every few seconds; to be called before the process ends.
pub async fn flush_outcomes(ctx: &Ctx) -> Result<()> {
    let waiting = ctx.ingest().outcomes.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<Outcome> = waiting
        .iter()
        .map(|((project_id, hour, source, category, reason), quantity)| Outcome {
            project_id: *project_id,
            hour: *hour,
            source: (*source).to_owned(),
            category: (*category).to_owned(),
            reason: (*reason).to_owned(),
            quantity: *quantity,
        })
        .collect();
    // The same order in every process, so that they never wait for each other in a circle.
    rows.sort_by(|a, b| {
        let key = |row: &Outcome| (row.project_id, row.hour);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.source, &a.category, &a.reason).cmp(&(&b.source, &b.category, &b.reason)))
    });
    let written: Result<()> =
        ctx.store.write(move |tx| Box::pin(async move { Ok(outcome::add(tx, &rows).await?) })).await;
    if let Err(Error::Store(error)) = &written {
        tracing::warn!(%error, "counts of outcomes wait for the next time");
        for (key, quantity) in waiting {
            add(ctx, key, quantity);
        }
    }
    written
}
