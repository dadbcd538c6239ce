//! Counts of what was accepted and dropped. They are kept in memory and written now and then: a count that a crash loses
//! is worth less than a statement per event.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use mortise_domain::{ProjectId, Time};
use mortise_store::ingest::outcome::{self, Outcome};
use mortise_wire::{
    client_report::{ClientReport, DiscardKind},
    rate_limits::Category,
};

use super::transition::hour_of;
use crate::{Ctx, Error, Result};

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
    /// Counts what happened to something here.
    pub(super) fn count(
        &self,
        project: ProjectId,
        source: &'static str,
        category: Category,
        reason: &'static str,
        now: Time,
    ) {
        self.add((project, hour_of(now), source, category.as_str(), reason), 1);
    }

    /// Counts what an SDK reports.
    pub(super) fn count_report(&self, project: ProjectId, report: &ClientReport, now: Time) {
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
            self.add((project, hour_of(now), source, category.as_str(), reason), quantity);
        }
    }

    fn add(&self, key: Key, quantity: i64) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&key) {
            return;
        }
        let count = waiting.entry(key).or_default();
        *count = count.saturating_add(quantity);
    }

    fn take(&self) -> HashMap<Key, i64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes the counts that wait. Called every few seconds and before the process ends.
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
            ctx.ingest().outcomes.add(key, quantity);
        }
    }
    written
}
