//! How often apps are installed, looked at and used, as series of points. Uses are counted in slots of ten seconds, an hour
//! and a day, each kept for as long as [`ROLLUPS`] says.

use std::collections::{BTreeMap, HashMap};

use mortise_domain::Time;
use mortise_store::sentry_app::{self, Counted};
use mortise_wire::{errors::ErrorBody, fields::Body, sentry_app as wire};
use serde_json::Value as Json;

use super::{AppAccess, avatar::avatars};
use crate::{Caller, Ctx, Error, Result};

/// Length of a slot in seconds, and how many are kept.
const ROLLUPS: [(i64, i64); 3] = [(10, 360), (3_600, 168), (86_400, 90)];
const DAY_S: i64 = 86_400;
/// Seconds between the ends of a window that names no beginning.
const WINDOW_S: f64 = 86_399.0;
/// Points of a series at most.
const POINTS_MAX: i64 = 50_000;
/// Components whose use is counted.
const COUNTED_COMPONENTS: [&str; 2] = ["stacktrace-link", "issue-link"];

const RESOLUTION: &str = "Invalid resolution";
const UNTIL: &str = "until must be a numeric timestamp.";
const SINCE: &str = "since must be a numeric timestamp";
const BACKWARDS: &str = "start must be before or equal to end";
const FIELD: &str = "The tsdbField must be one of: sentry_app_viewed, sentry_app_component_interacted";
const COMPONENT: &str =
    "The field componentType is required and must be one of ['stacktrace-link', 'issue-link']";

/// What a query says about time, as sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct WindowQuery<'a> {
    /// Epoch seconds.
    pub since: Option<&'a str>,
    /// Epoch seconds.
    pub until: Option<&'a str>,
    /// `10s`, `1h`, `1d`, or the same in other words (`60m`).
    pub resolution: Option<&'a str>,
}

/// A window of time, cut into slots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    since: f64,
    until: f64,
    /// Length of a slot, seconds.
    pub(crate) resolution_s: i64,
}

impl Window {
    /// `obeys`: whether the resolution that is asked for is used; it must be a good one in any case.
    pub(crate) fn read(query: WindowQuery<'_>, now: Time, obeys: bool) -> Result<Self> {
        let asked = query.resolution.filter(|text| !text.is_empty());
        let asked =
            asked.map(|text| resolution(text).ok_or_else(|| Error::invalid(RESOLUTION))).transpose()?;
        let until = number(query.until, UNTIL)?.unwrap_or(now.as_microsecond() as f64 / 1e6);
        let since = number(query.since, SINCE)?.unwrap_or(until - WINDOW_S);
        if since > until {
            return Err(Error::invalid(BACKWARDS));
        }
        let seconds = (until - since) as i64;
        let fits = |(length, kept): &&(i64, i64)| length * kept >= seconds;
        let fitting = ROLLUPS.iter().find(fits).map_or(DAY_S, |(length, _)| *length);
        let resolution_s = asked.filter(|_| obeys).unwrap_or(fitting);
        if seconds / resolution_s > POINTS_MAX {
            return Err(Error::invalid(RESOLUTION));
        }
        Ok(Self { since, until, resolution_s })
    }

    /// The slots, in order of time.
    fn slots(&self) -> Vec<i64> {
        let steps = ((self.until - self.since) / self.resolution_s as f64) as i64;
        let slot = |step: i64| self.slot(self.until - (step * self.resolution_s) as f64);
        (0..=steps).rev().map(slot).collect()
    }

    fn slot(&self, seconds: f64) -> i64 {
        (seconds.floor() as i64).div_euclid(self.resolution_s)
    }

    fn slot_of(&self, time: Time) -> i64 {
        time.as_second().div_euclid(self.resolution_s)
    }

    /// The first slot and the last; the last before the first when there is none.
    pub(crate) fn ends(&self) -> (i64, i64) {
        let slots = self.slots();
        (slots.first().copied().unwrap_or(0), slots.last().copied().unwrap_or(-1))
    }

    /// The slots as pairs of epoch seconds and count.
    pub(crate) fn series(&self, counts: &HashMap<i64, i64>) -> Vec<(i64, i64)> {
        let point =
            |slot: i64| (slot.saturating_mul(self.resolution_s), counts.get(&slot).copied().unwrap_or(0));
        self.slots().into_iter().map(point).collect()
    }
}

fn number(sent: Option<&str>, refusal: &str) -> Result<Option<f64>> {
    let Some(text) = sent.filter(|text| !text.is_empty()) else { return Ok(None) };
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(Some).ok_or_else(|| Error::invalid(refusal))
}

fn resolution(text: &str) -> Option<i64> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit_s = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => DAY_S,
        _ => return None,
    };
    let seconds = digits.parse::<i64>().ok()?.checked_mul(unit_s)?;
    ROLLUPS.iter().any(|(length, _)| *length == seconds).then_some(seconds)
}

/// When an app was installed and uninstalled.
pub async fn install_stats(
    ctx: &Ctx,
    access: &AppAccess,
    query: WindowQuery<'_>,
) -> Result<wire::InstallStats> {
    let window = Window::read(query, ctx.now(), false)?;
    let mut conn = ctx.store.read().await?;
    let app = access.app.id;
    let (total_installs, total_uninstalls) = sentry_app::install_totals(&mut conn, app).await?;
    let range = (time(window.since), time(window.until));
    let (mut begun, mut ended) = (HashMap::new(), HashMap::new());
    for (added, deleted) in sentry_app::installed_between(&mut conn, app, range).await? {
        *begun.entry(window.slot_of(added)).or_default() += 1;
        if let Some(deleted) = deleted {
            *ended.entry(window.slot_of(deleted)).or_default() += 1;
        }
    }
    Ok(wire::InstallStats {
        total_installs,
        total_uninstalls,
        install_stats: window.series(&begun),
        uninstall_stats: window.series(&ended),
    })
}

/// The nearest time there is.
fn time(seconds: f64) -> Time {
    let micros = (seconds * 1e6).round() as i64;
    Time::from_microsecond(micros).unwrap_or(if seconds < 0.0 { Time::MIN } else { Time::MAX })
}

/// How often an app was looked at, and its components used.
pub async fn interactions(
    ctx: &Ctx,
    access: &AppAccess,
    query: WindowQuery<'_>,
) -> Result<wire::Interactions> {
    let window = Window::read(query, ctx.now(), true)?;
    let mut conn = ctx.store.read().await?;
    let ends = window.ends();
    let name = access.app.id.to_string();
    let views = sentry_app::uses(&mut conn, Counted::Viewed, &name, window.resolution_s, ends).await?;
    let views = window.series(&views.into_iter().collect());
    let mut component_interactions = BTreeMap::new();
    for kind in sentry_app::component_types(&mut conn, access.app.id).await? {
        let name = component_name(&access.app.slug, &kind);
        let uses =
            sentry_app::uses(&mut conn, Counted::ComponentUsed, &name, window.resolution_s, ends).await?;
        component_interactions.insert(kind, window.series(&uses.into_iter().collect()));
    }
    Ok(wire::Interactions { views, component_interactions })
}

fn component_name(slug: &str, kind: &str) -> String {
    format!("{slug}:{kind}")
}

/// Counts that somebody looked at an app or used a component of it.
pub async fn count_interaction(ctx: &Ctx, access: &AppAccess, body: &Body) -> Result<()> {
    let text = |key: &str| match body {
        Body::Json(Json::Object(map)) => map.get(key).and_then(Json::as_str).map(str::to_owned),
        Body::Json(_) => None,
        Body::Form(pairs) => pairs.iter().rev().find(|(name, _)| name == key).map(|(_, text)| text.clone()),
    };
    let (counted, name) = match text("tsdbField").as_deref() {
        Some("sentry_app_viewed") => (Counted::Viewed, access.app.id.to_string()),
        Some("sentry_app_component_interacted") => {
            let kind = text("componentType").filter(|kind| COUNTED_COMPONENTS.contains(&kind.as_str()));
            let kind = kind.ok_or_else(|| Error::invalid(COMPONENT))?;
            (Counted::ComponentUsed, component_name(&access.app.slug, &kind))
        }
        _ => return Err(Error::invalid(FIELD)),
    };
    let second = ctx.now().as_second();
    let counted = ctx.store.write(move |tx| {
        Box::pin(async move {
            for (length, _) in ROLLUPS {
                sentry_app::count_use(tx, counted, &name, length, second.div_euclid(length)).await?;
            }
            Ok::<_, Error>(())
        })
    });
    counted.await
}

/// Refuses everybody but superusers; those who could become one are told how.
pub fn require_superuser(caller: &Caller) -> Result<()> {
    if caller.is_superuser() {
        return Ok(());
    }
    let could_be = caller.session.is_some() && caller.user.as_ref().is_some_and(|user| user.is_superuser);
    Err(if could_be { Error::Refused(ErrorBody::superuser_required()) } else { Error::Forbidden })
}

/// All apps by how often they are installed, at most `limit` of them. For superusers, see [`require_superuser`].
pub async fn all_install_counts(ctx: &Ctx, limit: Option<i64>) -> Result<Vec<wire::AppInstalls>> {
    let limit = limit.map(|limit| limit.max(0));
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::install_counts(&mut conn, limit).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut avatars = avatars(ctx, &mut conn, &ids).await?;
    let json = |row: sentry_app::InstallCount| wire::AppInstalls {
        id: row.id.get(),
        uuid: row.uuid,
        slug: row.slug,
        name: row.name,
        installs: row.installs,
        avatars: avatars.remove(&row.id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(json).collect())
}

/// Forgets what is older than is kept. A periodic job.
pub(crate) async fn purge_uses(ctx: &Ctx) -> Result<u64> {
    let second = ctx.now().as_second();
    let purged = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut purged = 0;
            for (length, kept) in ROLLUPS {
                let first = second.div_euclid(length) - kept;
                purged += sentry_app::purge_uses(tx, length, first).await?;
            }
            Ok::<_, Error>(purged)
        })
    });
    purged.await
}
