//! What time does to issues. Each function works in batches, each batch a transaction, until nothing is left
//! to do, and returns how much it did. They may run on several nodes at once.

use futures_util::future::BoxFuture;
use mortise_domain::{
    ProjectId, Time,
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
    in_batches(ctx, move |tx| Box::pin(set_ongoing(tx, before, now))).await
}

async fn set_ongoing(tx: &mut Tx, before: Time, now: Time) -> Result<Batch> {
    let issues = aging::settled(tx, before, ISSUES_MAX).await?;
    let mut batch = Batch::of(&issues);
    for issue in &issues {
        if aging::set_ongoing(tx, issue.id).await? {
            let data = json!({"after_days": ONGOING_AFTER_DAYS});
            record(tx, issue, ActivityKind::AutoSetOngoing, data, now).await?;
            batch.changed += 1;
        }
    }
    Ok(batch)
}

/// Archived issues whose time is up open again.
pub async fn run_wakeups(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    in_batches(ctx, move |tx| Box::pin(wake(tx, now))).await
}

async fn wake(tx: &mut Tx, now: Time) -> Result<Batch> {
    let issues = aging::woken(tx, now, ISSUES_MAX).await?;
    let mut batch = Batch::of(&issues);
    for issue in &issues {
        let woken = transition::reopen(tx, subject(issue), Reopened::Ongoing, json!({}), now).await?;
        batch.changed += u64::from(woken);
    }
    Ok(batch)
}

/// Issues without events for as long as their project says are resolved.
pub async fn run_resolve_by_age(ctx: &Ctx) -> Result<u64> {
    let projects = {
        let mut conn = ctx.store.read().await?;
        aging::projects_with_resolve_age(&mut conn).await?
    };
    let now = ctx.now();
    let mut resolved = 0;
    for (project, options) in projects {
        let settings: ProjectSettings = serde_json::from_value(options).unwrap_or_default();
        let age = settings.resolve_age;
        if age > 0 {
            resolved += in_batches(ctx, move |tx| Box::pin(resolve_quiet(tx, project, age, now))).await?;
        }
    }
    Ok(resolved)
}

async fn resolve_quiet(tx: &mut Tx, project: ProjectId, age: i64, now: Time) -> Result<Batch> {
    let before = hours_before(now, age);
    let issues = aging::quiet(tx, project, before, ISSUES_MAX).await?;
    let mut batch = Batch::of(&issues);
    for issue in &issues {
        batch.changed += u64::from(resolve(tx, issue, age, before, now).await?);
    }
    Ok(batch)
}

/// What one transaction did.
struct Batch {
    found: usize,
    changed: u64,
}

impl Batch {
    fn of(issues: &[Aged]) -> Self {
        Self { found: issues.len(), changed: 0 }
    }

    /// Whether no further batch is to be looked for: this one was short, or other nodes do the same work.
    fn is_last(&self) -> bool {
        self.changed == 0 || i64::try_from(self.found).unwrap_or(i64::MAX) < ISSUES_MAX
    }
}

/// Repeats a transaction until it finds nothing more to do; how many issues it changed.
async fn in_batches<F>(ctx: &Ctx, work: F) -> Result<u64>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<Batch>> + Clone + Send + 'static,
{
    let mut changed = 0;
    loop {
        let batch = ctx.store.write(work.clone()).await?;
        changed += batch.changed;
        if batch.is_last() {
            return Ok(changed);
        }
    }
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
