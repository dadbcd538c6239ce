//! What time does to issues. Each function works in batches, each batch a transaction, until nothing is left
//! to do, and returns how much it did. They may run on several nodes at once.

use mortise_domain::{
    Time,
    issue::{ActivityKind, ONGOING_AFTER_DAYS},
};
use mortise_store::{
    Tx,
    activity::{self, NewActivity},
    ingest::aging::{self, Aged},
};
use mortise_wire::project::ProjectSettings;
use serde_json::{Value, json};

use super::transition::{self, Reopened};
use crate::{
    Ctx, Result,
    events::{self, IssueRef},
};

/// Issues of one batch.
const ISSUES_MAX: i64 = 100;
const HOUR_US: i64 = 3_600_000_000;

/// Issues that have been new, regressed or escalating for a week become ongoing.
pub async fn run_ongoing(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let before = hours_before(now, ONGOING_AFTER_DAYS * 24);
    let mut done = 0;
    loop {
        let batch: Result<(u64, usize)> = ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let issues = aging::settled(tx, before, ISSUES_MAX).await?;
                    let mut moved = 0;
                    for issue in &issues {
                        if aging::set_ongoing(tx, issue.id).await? {
                            let data = json!({"after_days": ONGOING_AFTER_DAYS});
                            record(tx, issue, ActivityKind::AutoSetOngoing, data, now).await?;
                            moved += 1;
                        }
                    }
                    Ok((moved, issues.len()))
                })
            })
            .await;
        let (moved, found) = batch?;
        done += moved;
        if is_last(moved, found) {
            return Ok(done);
        }
    }
}

/// Archived issues whose time is up open again.
pub async fn run_wakeups(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let mut done = 0;
    loop {
        let batch: Result<(u64, usize)> = ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let issues = aging::woken(tx, now, ISSUES_MAX).await?;
                    let mut moved = 0;
                    for issue in &issues {
                        let subject = subject(issue);
                        let data = json!({});
                        if transition::reopen(tx, subject, Reopened::Ongoing, data, now).await? {
                            moved += 1;
                        }
                    }
                    Ok((moved, issues.len()))
                })
            })
            .await;
        let (moved, found) = batch?;
        done += moved;
        if is_last(moved, found) {
            return Ok(done);
        }
    }
}

/// Issues without events for as long as their project says are resolved.
pub async fn run_resolve_by_age(ctx: &Ctx) -> Result<u64> {
    let projects = {
        let mut conn = ctx.store.read().await?;
        aging::projects_with_resolve_age(&mut conn).await?
    };
    let now = ctx.now();
    let mut done = 0;
    for (project, options) in projects {
        let settings: ProjectSettings = serde_json::from_value(options).unwrap_or_default();
        let age = settings.resolve_age;
        if age <= 0 {
            continue;
        }
        let before = hours_before(now, age);
        loop {
            let batch: Result<(u64, usize)> = ctx
                .store
                .write(move |tx| {
                    Box::pin(async move {
                        let issues = aging::quiet(tx, project, before, ISSUES_MAX).await?;
                        let mut moved = 0;
                        for issue in &issues {
                            moved += u64::from(resolve(tx, issue, age, before, now).await?);
                        }
                        Ok((moved, issues.len()))
                    })
                })
                .await;
            let (moved, found) = batch?;
            done += moved;
            if is_last(moved, found) {
                break;
            }
        }
    }
    Ok(done)
}

/// Whether no further batch is to be looked for: this one was short, or other nodes do the same work.
fn is_last(moved: u64, found: usize) -> bool {
    moved == 0 || i64::try_from(found).unwrap_or(i64::MAX) < ISSUES_MAX
}

async fn resolve(tx: &mut Tx, issue: &Aged, age: i64, before: Time, now: Time) -> Result<bool> {
    if !aging::resolve(tx, issue.id, before, now).await? {
        return Ok(false);
    }
    record(tx, issue, ActivityKind::SetResolvedByAge, json!({"age": age}), now).await?;
    events::issue_resolved(tx, subject(issue), None, "now", now).await?;
    Ok(true)
}

async fn record(tx: &mut Tx, issue: &Aged, kind: ActivityKind, data: Value, now: Time) -> Result<()> {
    let entry = NewActivity {
        issue_id: issue.id,
        project_id: issue.project_id,
        kind: kind.number(),
        user_id: None,
        data,
    };
    activity::insert(tx, &entry, now).await?;
    Ok(())
}

fn subject(issue: &Aged) -> IssueRef {
    IssueRef { org: issue.organization_id, project: issue.project_id, issue: issue.id }
}

fn hours_before(time: Time, hours: i64) -> Time {
    let micros = hours.saturating_mul(HOUR_US);
    Time::from_microsecond(time.as_microsecond().saturating_sub(micros)).unwrap_or(Time::MIN)
}
