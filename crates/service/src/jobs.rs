//! Periodic jobs. Each has a row in the table `job`; a node takes it in hand with a lease, so only one node runs it at a
//! time, and a node that dies gives it back by doing nothing. A job may run twice, never has to remember where it was,
//! and does its work in small transactions.
//!
//! To add a job, add it to [`JOBS`].

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use mortise_store::{StoreError, job, retention, session};
use tokio_util::sync::CancellationToken;

use crate::{
    Ctx, Result, apps, code_owners, delivery, ingest, integrations, issues::delete, metric_rules, oauth,
    organizations, projects, releases, repositories, rules,
};

/// A job.
pub struct Job {
    /// The name in the table and in log lines.
    pub name: &'static str,
    /// Time between the end of a run and the next, seconds.
    pub interval_s: i64,
    /// Does the work; the number of rows that it touched.
    pub run: fn(&Ctx) -> BoxFuture<'_, Result<u64>>,
}

/// All jobs.
pub const JOBS: &[Job] = &[
    Job { name: "purge_sessions", interval_s: 3600, run: |ctx| Box::pin(purge_sessions(ctx)) },
    Job {
        name: "purge_organizations",
        interval_s: 600,
        run: |ctx| Box::pin(organizations::purge_deleted(ctx)),
    },
    Job { name: "set_ongoing", interval_s: 600, run: |ctx| Box::pin(ingest::run_ongoing(ctx)) },
    Job { name: "wake_up_issues", interval_s: 60, run: |ctx| Box::pin(ingest::run_wakeups(ctx)) },
    Job { name: "resolve_by_age", interval_s: 600, run: |ctx| Box::pin(ingest::run_resolve_by_age(ctx)) },
    Job { name: "remove_issues", interval_s: 30, run: |ctx| Box::pin(delete::remove_hidden(ctx)) },
    Job { name: "remove_integrations", interval_s: 30, run: |ctx| Box::pin(integrations::remove_due(ctx)) },
    Job { name: "judge_integrations", interval_s: 3600, run: |ctx| Box::pin(integrations::judge(ctx)) },
    Job { name: "remove_repositories", interval_s: 30, run: |ctx| Box::pin(repositories::remove_due(ctx)) },
    Job {
        name: "update_repository_hooks",
        interval_s: 5,
        run: |ctx| Box::pin(repositories::update_hooks_due(ctx)),
    },
    Job { name: "fetch_commits", interval_s: 5, run: |ctx| Box::pin(releases::fetch_due(ctx)) },
    Job { name: "fetch_code_owners", interval_s: 30, run: |ctx| Box::pin(code_owners::fetch_touched(ctx)) },
    Job { name: "derive_code_owners", interval_s: 30, run: |ctx| Box::pin(code_owners::rederive_stale(ctx)) },
    Job { name: "remove_projects", interval_s: 60, run: |ctx| Box::pin(projects::remove_scheduled(ctx)) },
    Job { name: "metric_alerts", interval_s: 60, run: |ctx| Box::pin(metric_rules::evaluate(ctx)) },
    Job { name: "remove_rules", interval_s: 60, run: |ctx| Box::pin(rules::remove_deleted(ctx)) },
    Job { name: "purge_removed_apps", interval_s: 3600, run: |ctx| Box::pin(apps::purge_removed(ctx)) },
    Job { name: "purge_app_uses", interval_s: 600, run: |ctx| Box::pin(apps::purge_uses(ctx)) },
    Job { name: "purge_refreshes", interval_s: 60, run: |ctx| Box::pin(apps::purge_refreshes(ctx)) },
    Job { name: "purge_app_requests", interval_s: 3600, run: |ctx| Box::pin(apps::purge_requests(ctx)) },
    Job { name: "purge_breaker", interval_s: 3600, run: |ctx| Box::pin(delivery::purge_breaker(ctx)) },
    Job { name: "purge_grants", interval_s: 600, run: |ctx| Box::pin(oauth::purge_grants(ctx)) },
    Job { name: "purge_events", interval_s: 600, run: |ctx| Box::pin(purge_events(ctx)) },
];

/// How often a node looks for jobs that are due.
const TICK: Duration = Duration::from_secs(15);
/// How long a job may take before another node may take it over, seconds.
const LEASE_S: i64 = 600;

/// Runs jobs when they are due until `stop`. A job that runs then is finished first.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let node = ctx.ids.hex(8);
    let mut is_registered = false;
    while !stop.is_cancelled() {
        match tick(&ctx, &node, &mut is_registered, &stop).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "periodic jobs could not be looked at"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

async fn tick(ctx: &Ctx, node: &str, is_registered: &mut bool, stop: &CancellationToken) -> Result<()> {
    if !*is_registered {
        register(ctx).await?;
        *is_registered = true;
    }
    for job in JOBS {
        if !stop.is_cancelled() {
            run_if_due(ctx, job, node).await?;
        }
    }
    Ok(())
}

async fn register(ctx: &Ctx) -> Result<()> {
    let now = ctx.now();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                for job in JOBS {
                    job::register(tx, job.name, now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Runs the job if it is due and free. Whether it ran.
pub async fn run_if_due(ctx: &Ctx, job: &'static Job, node: &str) -> Result<bool> {
    let (now, owner) = (ctx.now(), node.to_owned());
    let until = after(now, LEASE_S);
    let is_ours = ctx
        .store
        .write(move |tx| Box::pin(async move { job::claim(tx, job.name, &owner, now, until).await }))
        .await?;
    if !is_ours {
        return Ok(false);
    }
    match (job.run)(ctx).await {
        Ok(rows) => tracing::debug!(job.name = job.name, rows, "a periodic job ran"),
        Err(error) => tracing::warn!(%error, job.name = job.name, "a periodic job failed"),
    }
    let (next, owner) = (after(ctx.now(), job.interval_s), node.to_owned());
    ctx.store
        .write(move |tx| Box::pin(async move { job::release(tx, job.name, &owner, next).await }))
        .await?;
    Ok(true)
}

fn after(time: mortise_domain::Time, seconds: i64) -> mortise_domain::Time {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(mortise_domain::Time::MAX)
}

async fn purge_sessions(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    Ok(ctx.store.write(move |tx| Box::pin(async move { session::purge_expired(tx, now).await })).await?)
}

/// Everything that is kept for [`crate::Settings::event_retention_days`] and is past it.
async fn purge_events(ctx: &Ctx) -> Result<u64> {
    let before = after(ctx.now(), -i64::from(ctx.settings.event_retention_days) * 24 * 3600);
    let hour = before.as_second().div_euclid(3600);
    let mut total = 0;
    loop {
        let purged: [u64; 7] = ctx
            .store
            .write(move |tx| {
                Box::pin(async move {
                    Ok::<_, StoreError>([
                        retention::purge_error_events(tx, before).await?,
                        retention::purge_user_reports(tx, before).await?,
                        retention::purge_issue_stats(tx, hour).await?,
                        retention::purge_outcomes(tx, hour).await?,
                        retention::purge_outbox(tx, before).await?,
                        retention::purge_inbound(tx, before).await?,
                        retention::purge_rule_fires(tx, before).await?,
                    ])
                })
            })
            .await?;
        total += purged.iter().sum::<u64>();
        if purged.iter().all(|rows| *rows < retention::BATCH.unsigned_abs()) {
            return Ok(total);
        }
    }
}
