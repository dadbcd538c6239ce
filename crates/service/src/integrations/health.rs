//! How well calls to the other side go: counts per integration and UTC day, and from them whether an integration is
//! broken. Besides, calls and the statuses of their answers are counted per provider, for the operator's figures.
//!
//! Counting must not cost a transaction per call, so counts are kept in memory and written together a few seconds later,
//! and when the process ends; a count that a crash loses is worth less than a write per call.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mortise_domain::{IntegrationId, OrgId, Time};
use mortise_providers::{CallResult, Meter};
use mortise_store::{
    Conn,
    integration::health::{self, Calls, Day},
};

use crate::{Ctx, Error, Result, access::OrgAccess};

/// How long counts wait to be written together.
const FLUSH_AFTER: Duration = Duration::from_secs(5);
/// Days that tell whether an integration is broken, today included.
const WINDOW_DAYS: i64 = 7;
/// How long counts are kept, days.
const KEPT_DAYS: i64 = 8;

/// Why an integration is broken. It tells nothing of the calls of other organizations that share the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing can work until somebody grants it anew.
    Fatal,
    /// For seven days there were errors and nothing else.
    Failing,
}

/// Whether an integration is broken, and why.
pub(super) fn trouble(calls: &Calls) -> Option<Trouble> {
    match calls {
        Calls { fatals: 1.., .. } => Some(Trouble::Fatal),
        Calls { failing_days: WINDOW_DAYS.., .. } => Some(Trouble::Failing),
        _ => None,
    }
}

/// What is wrong with these integrations of an organization; those that are well are left out.
pub async fn health(
    ctx: &Ctx,
    access: &OrgAccess,
    ids: &[IntegrationId],
) -> Result<HashMap<IntegrationId, Trouble>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut conn = ctx.store.read().await?;
    let calls = health::of_org(&mut conn, access.org.id, ids, first_day(ctx.now())).await?;
    Ok(calls.iter().filter_map(|calls| Some((calls.integration_id, trouble(calls)?))).collect())
}

/// The providers of the integrations that are active in an organization but broken, each as often as there are such.
pub(crate) async fn broken_providers(ctx: &Ctx, conn: &mut Conn, org: OrgId) -> Result<Vec<String>> {
    let calls = health::failing_of_org(conn, org, first_day(ctx.now())).await?;
    Ok(calls.into_iter().filter(|calls| trouble(calls).is_some()).map(|calls| calls.provider).collect())
}

/// Days since 1970.
fn day_of(time: Time) -> i64 {
    time.as_second().div_euclid(24 * 3600)
}

/// The first day that counts.
pub(super) fn first_day(now: Time) -> i64 {
    day_of(now) - (WINDOW_DAYS - 1)
}

/// The last day that is not kept.
pub(super) fn last_old_day(now: Time) -> i64 {
    day_of(now) - KEPT_DAYS
}

type Key = (IntegrationId, i64);

/// Counts that wait to be written. There are no more of them than integrations.
#[derive(Debug, Default)]
pub(crate) struct CallCounts(Mutex<HashMap<Key, Day>>);

impl CallCounts {
    /// Adds to the counts; whether they are the first that wait.
    fn add(&self, key: Key, more: Day) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = waiting.is_empty();
        let day = waiting.entry(key).or_default();
        day.successes += more.successes;
        day.errors += more.errors;
        day.fatals += more.fatals;
        is_first
    }

    fn take(&self) -> HashMap<Key, Day> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Counts the calls of one integration.
pub(super) struct Counter {
    pub(super) ctx: Ctx,
    pub(super) integration: IntegrationId,
    /// The word of the provider.
    pub(super) provider: String,
}

impl Meter for Counter {
    fn count(&self, result: CallResult) {
        let one = match result {
            CallResult::Success => Day { successes: 1, ..Day::default() },
            CallResult::Error => Day { errors: 1, ..Day::default() },
            CallResult::Fatal => Day { fatals: 1, ..Day::default() },
        };
        add(&self.ctx, (self.integration, day_of(self.ctx.now())), one);
    }

    fn requested(&self) {
        metrics::counter!("mortise_integrations_http_request_total", "integration" => self.provider.clone())
            .increment(1);
    }

    fn responded(&self, status: &str) {
        let (integration, status) = (self.provider.clone(), status.to_owned());
        metrics::counter!(
            "mortise_integrations_http_response_total", "integration" => integration, "status" => status
        )
        .increment(1);
    }
}

/// Adds to the counts. The first that wait set the timer of the next flush.
fn add(ctx: &Ctx, key: Key, more: Day) {
    if ctx.calls().add(key, more) {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            tokio::time::sleep(FLUSH_AFTER).await;
            // A failure is logged, and what failed waits for the next time.
            let _ = flush_calls(&ctx).await;
        });
    }
}

/// Writes the counts that wait. This happens by itself every few seconds; to be called before the process ends.
pub async fn flush_calls(ctx: &Ctx) -> Result<()> {
    let waiting = ctx.calls().take();
    if waiting.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(IntegrationId, i64, Day)> =
        waiting.iter().map(|((integration, day), counts)| (*integration, *day, *counts)).collect();
    // The same order in every process, so that they never wait for each other in a circle.
    rows.sort_by_key(|(integration, day, _)| (*integration, *day));
    let written: Result<()> =
        ctx.store.write(move |tx| Box::pin(async move { Ok(health::add(tx, &rows).await?) })).await;
    if let Err(Error::Store(_) | Error::Busy) = &written {
        tracing::warn!("counts of calls wait for the next time");
        for (key, counts) in waiting {
            add(ctx, key, counts);
        }
    }
    written
}
