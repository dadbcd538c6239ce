//! The breaker: an internal app whose webhook is broken for long is switched off, so that its owner notices. Published apps
//! never are, because others rely on them.
//!
//! | what came back | counts as |
//! |---|---|
//! | a status below 300 | success |
//! | a 4xx but 429 | error |
//! | nothing, on the first try of a delivery | timeout |
//! | anything else | nothing |
//!
//! Repeated tries do not count as timeouts: one event that nobody takes is one event, however often it is offered. An app
//! breaks with [`TIMEOUTS_PER_DAY_MAX`] timeouts in a day, or after [`DAYS`] days with errors and no success.

use std::collections::{BTreeMap, HashSet};

use mortise_domain::{AppId, AuditEvent, DeliveryId, OrgId, Time};
use mortise_store::{
    Tx,
    sentry_app::{self, BreakerDay},
};
use serde_json::json;

use super::worker::Finished;
use crate::{
    Ctx, Result,
    apps::facade,
    audit::{self, Actor, Entry},
    events,
};

/// Timeouts of one day that break an app.
const TIMEOUTS_PER_DAY_MAX: i64 = 1000;
/// Days, today among them, that are looked at.
const DAYS: i64 = 7;
/// For how long counts are kept, days.
const KEPT_DAYS: i64 = 8;
const DAY_S: i64 = 24 * 3600;

const REDIRECTION_MIN: u16 = 300;
const CLIENT_ERROR_MIN: u16 = 400;
const TOO_MANY_REQUESTS: u16 = 429;
const SERVER_ERROR_MIN: u16 = 500;

/// How a webhook of an app went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Went {
    delivery: DeliveryId,
    app: AppId,
    org: OrgId,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Success,
    Error,
    Timeout,
}

impl Went {
    /// What a hand-over that ended counts as.
    pub(super) fn of(finished: &Finished) -> Option<Self> {
        let Finished { delivery, attempted, .. } = finished;
        let attempted = attempted.as_ref()?;
        // What we failed to prepare was never sent.
        let was_sent = attempted.exchange["request"].is_object();
        let how = how(attempted.response_code, delivery.attempts).filter(|_| was_sent)?;
        Some(Self { delivery: delivery.id, app: delivery.sentry_app_id?, org: delivery.organization_id, how })
    }
}

fn how(status: Option<u16>, earlier_attempts: i64) -> Option<How> {
    match status {
        Some(..REDIRECTION_MIN) => Some(How::Success),
        Some(CLIENT_ERROR_MIN..SERVER_ERROR_MIN) if status != Some(TOO_MANY_REQUESTS) => Some(How::Error),
        None if earlier_attempts == 0 => Some(How::Timeout),
        _ => None,
    }
}

/// Counts how webhooks went whose deliveries were recorded, and switches off what is broken.
pub(super) async fn count(tx: &mut Tx, went: &[Went], held: &HashSet<DeliveryId>, now: Time) -> Result<()> {
    let went: Vec<_> = went.iter().filter(|went| held.contains(&went.delivery)).collect();
    if went.is_empty() {
        return Ok(());
    }
    let apps: HashSet<AppId> = went.iter().map(|went| went.app).collect();
    let breakable = sentry_app::breakable(tx, &apps.into_iter().collect::<Vec<_>>()).await?;
    let today = now.as_second().div_euclid(DAY_S);
    let mut rows: BTreeMap<(AppId, OrgId), BreakerDay> = BTreeMap::new();
    for went in went.iter().filter(|went| breakable.contains(&went.app)) {
        let row = rows.entry((went.app, went.org)).or_insert_with(|| BreakerDay {
            sentry_app_id: went.app,
            organization_id: went.org,
            day: today,
            successes: 0,
            errors: 0,
            timeouts: 0,
        });
        match went.how {
            How::Success => row.successes += 1,
            How::Error => row.errors += 1,
            How::Timeout => row.timeouts += 1,
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let failed = rows.values().filter(|row| row.errors + row.timeouts > 0);
    let failed: Vec<AppId> = failed.map(|row| row.sentry_app_id).collect();
    sentry_app::count_outcomes(tx, &rows.into_values().collect::<Vec<_>>()).await?;
    if failed.is_empty() {
        return Ok(());
    }
    let days = sentry_app::outcomes_since(tx, &failed, today - DAYS + 1).await?;
    let mut by_place: BTreeMap<(AppId, OrgId), Vec<BreakerDay>> = BTreeMap::new();
    for day in days {
        by_place.entry((day.sentry_app_id, day.organization_id)).or_default().push(day);
    }
    for ((app, org), _) in by_place.into_iter().filter(|(_, days)| is_broken(days)) {
        switch_off(tx, app, org, now).await?;
    }
    Ok(())
}

fn is_broken(days: &[BreakerDay]) -> bool {
    let refuses = |day: &BreakerDay| day.errors > 0 && day.successes == 0;
    days.iter().any(|day| day.timeouts >= TIMEOUTS_PER_DAY_MAX)
        || (days.len() as i64 >= DAYS && days.iter().all(refuses))
}

async fn switch_off(tx: &mut Tx, id: AppId, org: OrgId, now: Time) -> Result<()> {
    let Some(app) = facade::switch_off(tx, id, now).await? else { return Ok(()) };
    sentry_app::forget_outcomes(tx, id).await?;
    let data = json!({ "name": app.name });
    let entry = Entry::new(org, AuditEvent::InternalIntegrationDisabled, data).target(org.get());
    audit::record(tx, &Actor::system(), &entry, now).await?;
    events::app_disabled(tx, org, id, now).await?;
    tracing::info!(app = app.slug, "an internal app was switched off, because its webhook is broken");
    Ok(())
}

/// Forgets days that are not looked at any more. A periodic job.
pub(crate) async fn purge_breaker(ctx: &Ctx) -> Result<u64> {
    let before = ctx.now().as_second().div_euclid(DAY_S) - KEPT_DAYS;
    let purged =
        ctx.store.write(move |tx| Box::pin(async move { sentry_app::purge_outcomes(tx, before).await }));
    Ok(purged.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_that_say_something_about_the_receiver_count() {
        for (status, expected) in [
            (Some(200), Some(How::Success)),
            (Some(299), Some(How::Success)),
            (Some(302), None),
            (Some(400), Some(How::Error)),
            (Some(499), Some(How::Error)),
            (Some(429), None),
            (Some(500), None),
            (None, Some(How::Timeout)),
        ] {
            assert_eq!(how(status, 0), expected, "{status:?}");
        }
        assert_eq!((how(None, 1), how(Some(404), 3)), (None, Some(How::Error)));
    }

    fn day(day: i64, successes: i64, errors: i64, timeouts: i64) -> BreakerDay {
        let (sentry_app_id, organization_id) = (AppId::new(1), OrgId::new(1));
        BreakerDay { sentry_app_id, organization_id, day, successes, errors, timeouts }
    }

    #[test]
    fn a_day_of_timeouts_or_a_week_of_nothing_but_errors_breaks_an_app() {
        assert!(is_broken(&[day(3, 5, 0, 1000)]));
        assert!(!is_broken(&[day(3, 0, 0, 999), day(4, 0, 0, 999)]));
        let week = |last: BreakerDay| (1..7).map(|it| day(it, 0, 1, 0)).chain([last]).collect::<Vec<_>>();
        assert!(is_broken(&week(day(7, 0, 1, 0))));
        assert!(!is_broken(&week(day(7, 1, 1, 0))));
        assert!(!is_broken(&week(day(7, 0, 0, 1))));
        assert!(!is_broken(&week(day(7, 0, 1, 0))[1..]));
    }
}
