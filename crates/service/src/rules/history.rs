//! When a rule fired: by issue, and by hour.

use std::collections::HashMap;

use jiff::SignedDuration;
use mortise_domain::{IssueId, RuleId, Time};
use mortise_store::{issue, rule::fire};
use mortise_wire::{Page, PageRequest, WireTime, rule as wire};

use super::find;
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    issues::{
        ListOptions, list_json,
        scope::{self, ScopeQuery},
    },
    paging::slice,
};

/// How far back is looked when nothing is said, days. Also the longest time that is told by hour.
const DAYS_DEFAULT: i64 = 90;
const SECONDS_PER_HOUR: i64 = 3600;

/// The window that the parameters mean.
fn window(ctx: &Ctx, query: &ScopeQuery) -> Result<(Time, Time)> {
    let now = ctx.now();
    let (since, until) = scope::window(query, now)?;
    // What happens at this very moment is part of it.
    let until =
        until.unwrap_or_else(|| now.saturating_add(SignedDuration::from_micros(1)).unwrap_or(Time::MAX));
    let earliest = until.saturating_sub(SignedDuration::from_hours(DAYS_DEFAULT * 24)).unwrap_or(Time::MIN);
    Ok((since.map_or(earliest, |since| since.max(earliest)), until))
}

/// The issues for which a rule fired, most often first.
pub async fn group_history(
    ctx: &Ctx,
    access: &ProjectAccess,
    id: RuleId,
    query: &ScopeQuery,
    page: PageRequest,
) -> Result<Page<wire::RuleGroup>> {
    find(ctx, access, id).await?;
    let (since, until) = window(ctx, query)?;
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let rows = fire::by_issue(&mut conn, id, since, until, slice(&window)).await?;
    let page = window.page(rows);
    let ids: Vec<IssueId> = page.rows.iter().map(|row| row.issue_id).collect();
    let issues = issue::by_ids(&mut conn, &ids).await?;
    let shown =
        list_json(&mut conn, ctx, access.org.caller.user_id(), &issues, &ListOptions::default()).await?;
    let mut shown: HashMap<String, _> = shown.into_iter().map(|issue| (issue.id.clone(), issue)).collect();
    let row = |row: &fire::IssueFires| {
        Some(wire::RuleGroup {
            group: shown.remove(&row.issue_id.to_string())?,
            count: row.count,
            last_triggered: row.last_fired.into(),
            event_id: row.event_id.clone(),
        })
    };
    let rows = page.rows.iter().filter_map(row).collect();
    Ok(page.replace(|_| rows))
}

/// How often a rule fired in each hour, oldest first.
pub async fn stats(
    ctx: &Ctx,
    access: &ProjectAccess,
    id: RuleId,
    query: &ScopeQuery,
) -> Result<Vec<wire::RuleHour>> {
    find(ctx, access, id).await?;
    let (since, until) = window(ctx, query)?;
    let fired = fire::by_hour(&mut *ctx.store.read().await?, id, since, until).await?;
    let fired: HashMap<i64, i64> = fired.into_iter().collect();
    let hour_of = |time: Time| time.as_second().div_euclid(SECONDS_PER_HOUR);
    let hour = |hour: i64| {
        let date = Time::from_second(hour.saturating_mul(SECONDS_PER_HOUR));
        let date = date.map_err(|error| Error::Internal(error.to_string()))?;
        Ok(wire::RuleHour { date: WireTime::new(date), count: fired.get(&hour).copied().unwrap_or(0) })
    };
    (hour_of(since)..=hour_of(until)).map(hour).collect()
}
