//! Metric alert rules: events of projects are counted every minute; a count beyond a threshold opens an incident and does
//! what the threshold's actions say, and so does its end.
//!
//! | part | is |
//! |---|---|
//! | `input` | reading and checking a rule that a client sent |
//! | `json` | rules and incidents as clients and webhooks see them |
//! | `readers` | how those who are mailed are called |
//! | `evaluate` | the periodic job |
//! | `incidents` | what came of it |
//! | this file | the use cases |
//!
//! Evaluated are `count()` and `count_unique(user)` over errors. Rules that count something else, or compare with an
//! earlier time, are kept as they came and never fire.

mod action;
mod evaluate;
mod incidents;
mod input;
mod json;
mod readers;

use mortise_domain::{AuditEvent, MetricRuleId, OrgId, ProjectId, Time};
use mortise_store::{
    Tx,
    metric_rule::{self as store, MetricRule},
    rule::snooze::Muted,
};
use mortise_wire::{Fields, Page, PageRequest, rule::RuleSnooze};
use serde_json::{Value, json as object};

pub use action::is_carried_out;
pub use evaluate::{evaluate, is_evaluated};
pub use incidents::{
    IncidentQuery, close_incident, get_incident, incidents_of_rule, list_incidents, newest_incidents,
};
pub use json::available_actions;
pub(crate) use json::{Reader, rules as rules_json};
pub use store::Incident;

use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    audit,
    paging::slice,
    projects::{self, Named, Unnamed},
    rules,
};

/// The status of an incident that is over, and the only one that a client may set.
pub const CLOSED: i64 = 2;
/// The status of an incident beyond the lower threshold.
pub const WARNING: i64 = 10;
/// The status of an incident beyond the upper threshold.
pub const CRITICAL: i64 = 20;

/// Where rules are looked for.
#[derive(Debug)]
pub struct Place {
    /// An organization ...
    pub org: OrgAccess,
    /// ... or only this project of it.
    pub only: Option<ProjectId>,
}

/// The rules of the place: of the projects that the caller reaches, or of those named; newest first.
pub async fn list(ctx: &Ctx, place: &Place, projects: &Named, page: PageRequest) -> Result<Page<Value>> {
    let access = &place.org;
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let projects = match place.only {
        Some(project) => vec![project],
        None => projects::selected(&mut conn, access, projects, Unnamed::Reachable).await?,
    };
    let page = window.page(store::list(&mut conn, access.org.id, &projects, slice(&window)).await?);
    let rules = json::rules(&mut conn, access.org.id, &page.rows, Reader::of(access), ctx.now()).await?;
    Ok(page.replace(|_| rules))
}

/// The rule, if the caller reaches one of its projects; with a project, if it is among them.
async fn find(
    ctx: &Ctx,
    access: &OrgAccess,
    only: Option<ProjectId>,
    id: MetricRuleId,
) -> Result<MetricRule> {
    let mut conn = ctx.store.read().await?;
    let rule = store::by_ids(&mut conn, access.org.id, &[id]).await?.pop().ok_or(Error::NoSuchResource)?;
    let of_rule = store::projects(&mut conn, &[id]).await?;
    let reachable = access.reachable_projects(&mut conn).await?;
    let is_reached = of_rule
        .iter()
        .any(|(_, project, _)| reachable.contains(project) && only.is_none_or(|only| only == *project));
    if is_reached { Ok(rule) } else { Err(Error::NoSuchResource) }
}

/// One rule.
pub async fn get(ctx: &Ctx, place: &Place, id: MetricRuleId) -> Result<Value> {
    let rule = find(ctx, &place.org, place.only, id).await?;
    show(ctx, &place.org, rule).await
}

async fn show(ctx: &Ctx, access: &OrgAccess, rule: MetricRule) -> Result<Value> {
    let mut conn = ctx.store.read().await?;
    let shown = json::rules(&mut conn, access.org.id, &[rule], Reader::of(access), ctx.now()).await?.pop();
    shown.ok_or(Error::NoSuchResource)
}

/// Makes a rule.
pub async fn create(ctx: &Ctx, place: &Place, fields: Fields) -> Result<Value> {
    let access = &place.org;
    let new = input::read(ctx, access, place.only, &[], fields).await?;
    let (org, user, now) = (access.org.id, access.caller.user_id(), ctx.now());
    let log = Log::of(access);
    let made = ctx.store.write(move |tx| {
        Box::pin(async move {
            if store::count(tx, org).await? >= input::RULES_MAX {
                let text = format!("You may not exceed {} metric alerts per organization", input::RULES_MAX);
                return Err(Error::invalid(text));
            }
            let id = store::insert(tx, org, &new, user, now).await?;
            log.record(tx, AuditEvent::AlertRuleAdd, id, &new.name, now).await?;
            Ok::<_, Error>(id)
        })
    });
    let id = made.await?;
    get(ctx, place, id).await
}

/// Replaces a rule by what the body says. Its projects stay where the body names none.
pub async fn update(ctx: &Ctx, place: &Place, id: MetricRuleId, fields: Fields) -> Result<Value> {
    let access = &place.org;
    find(ctx, access, place.only, id).await?;
    let kept = store::projects(&mut *ctx.store.read().await?, &[id]).await?;
    let kept: Vec<ProjectId> = kept.into_iter().map(|(_, project, _)| project).collect();
    let new = input::read(ctx, access, place.only, &kept, fields).await?;
    let (log, now) = (Log::of(access), ctx.now());
    let updated = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::update(tx, id, &new, now).await?;
            log.record(tx, AuditEvent::AlertRuleEdit, id, &new.name, now).await
        })
    });
    updated.await?;
    get(ctx, place, id).await
}

/// Deletes a rule with its incidents.
pub async fn delete(ctx: &Ctx, place: &Place, id: MetricRuleId) -> Result<()> {
    let rule = find(ctx, &place.org, place.only, id).await?;
    let (log, now) = (Log::of(&place.org), ctx.now());
    let deleted = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::delete(tx, id).await?;
            log.record(tx, AuditEvent::AlertRuleRemove, id, &rule.name, now).await
        })
    });
    deleted.await
}

/// The rule, if it is about the project.
async fn of_project(ctx: &Ctx, access: &ProjectAccess, id: MetricRuleId) -> Result<MetricRule> {
    find(ctx, &access.org, Some(access.project.id), id).await.map_err(rules::no_such_rule)
}

/// Refuses a rule that is not there to be muted.
pub async fn require_rule(ctx: &Ctx, access: &ProjectAccess, id: MetricRuleId) -> Result<()> {
    of_project(ctx, access, id).await.map(drop)
}

/// Mutes a rule as `{target, until?}` says: for the caller (`me`), else for everybody. Its incidents go on.
pub async fn snooze(
    ctx: &Ctx,
    access: &ProjectAccess,
    id: MetricRuleId,
    fields: Fields,
) -> Result<RuleSnooze> {
    let rule = of_project(ctx, access, id).await?;
    let entry = entry(access.org.org.id, AuditEvent::AlertRuleMute, id, &rule.name);
    rules::mute(ctx, access, Muted::Metric(id), entry, fields).await
}

/// Lets a rule be heard again: by everybody if the caller may decide that, and by the caller.
pub async fn unsnooze(ctx: &Ctx, access: &ProjectAccess, id: MetricRuleId) -> Result<()> {
    of_project(ctx, access, id).await?;
    rules::unmute(ctx, access, Muted::Metric(id)).await
}

/// Writes what happens to rules into the audit log.
struct Log {
    actor: audit::Actor,
    org: OrgId,
}

impl Log {
    fn of(access: &OrgAccess) -> Self {
        Self { actor: audit::Actor::of(&access.caller), org: access.org.id }
    }

    async fn record(
        &self,
        tx: &mut Tx,
        event: AuditEvent,
        id: MetricRuleId,
        name: &str,
        now: Time,
    ) -> Result<()> {
        audit::record(tx, &self.actor, &entry(self.org, event, id, name), now).await
    }
}

fn entry(org: OrgId, event: AuditEvent, id: MetricRuleId, name: &str) -> audit::Entry {
    audit::Entry::new(org, event, object!({"label": name})).target(id.get())
}
