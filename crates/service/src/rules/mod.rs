//! Issue alert rules: when an issue gets an event, each active rule of its project is asked whether to do something.
//!
//! | part | is |
//! |---|---|
//! | `nodes` | the catalogue of what rules are made of; everything else reads it |
//! | `input`, `check`, `component` | reading and checking a rule that a client sent |
//! | `json`, [`configuration()`] | rules, and what they may be made of, as clients see them |
//! | `compile`, `event_test`, `evaluate` | asking rules about events while these are stored |
//! | [`try_out()`] | doing what actions say, for a sample event |
//! | `orphans` | switching off rules whose actions went with an app |
//! | this file, `snooze`, `history`, `combined` | the use cases |
//!
//! Rules of providers that are not there are kept as they came, so that configurations apply.

mod check;
mod combined;
mod compile;
mod component;
mod configuration;
mod evaluate;
mod event_test;
mod history;
mod input;
mod json;
mod nodes;
mod orphans;
mod snooze;
mod try_out;

use mortise_domain::{AuditEvent, OrgId, RuleId, Time, UserId, status::ObjectStatus};
use mortise_store::{
    Tx,
    rule::{self as store, Rule, RuleContent},
};
use mortise_wire::{Fields, Page, PageRequest, rule as wire};
use serde_json::{Value, json};

pub use combined::{CombinedQuery, list_of_organization};
pub use compile::{ActiveRule, active};
pub use component::{OfferedAs, offered_actions};
pub use configuration::{configuration, configuration_without_forms};
pub use evaluate::{Candidate, Moment, Quiet, QuietKey, after_event, candidates};
pub use history::{group_history, stats};
pub(crate) use input::{environment_of, owner_of};
pub use json::Shown;
pub(crate) use nodes::NOTIFY_EVENT;
pub use nodes::{FALLTHROUGHS, MAIL, MAIL_TARGETS, NodeType};
pub(crate) use orphans::switch_off;
pub use snooze::{Mute, mutes, no_such_rule, snooze, unsnooze};
pub(crate) use snooze::{mute, unmute};
pub(crate) use try_out::sample_event;
pub use try_out::try_out;

use crate::{Ctx, Error, Result, access::ProjectAccess, audit, paging::slice};

/// How long a rule is silent for an issue that does not say so, minutes.
const FREQUENCY_MINUTES_DEFAULT: i64 = 30;
/// Rows that one transaction of a removal deletes at most.
const REMOVE_ROWS_MAX: i64 = 500;

const NO_SUCH_RULE: &str = "Rule does not exist";
const NOT_DISABLED: &str = "Rule is not disabled.";
const NO_ACTION: &str = "Cannot enable a rule with no action.";

/// How long a rule is silent for an issue after it fired for it, minutes.
fn frequency_minutes(data: &Value) -> i64 {
    data.get("frequency").and_then(Value::as_i64).filter(|it| *it > 0).unwrap_or(FREQUENCY_MINUTES_DEFAULT)
}

/// The rules of a project, newest first.
pub async fn list(
    ctx: &Ctx,
    access: &ProjectAccess,
    shown: Shown,
    page: PageRequest,
) -> Result<Page<wire::Rule>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let rows = store::of_project(&mut conn, access.project.id, slice(&window)).await?;
    let page = window.page(rows);
    let rules = json::rules(&mut conn, ctx, &access.org, page.rows.clone(), shown).await?;
    Ok(page.replace(|_| rules))
}

async fn find(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<Rule> {
    let found = store::by_id(&mut *ctx.store.read().await?, access.project.id, id).await?;
    found.ok_or(Error::NoSuchResource)
}

/// Refuses a rule that is not there.
pub async fn require_rule(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<()> {
    find(ctx, access, id).await.map(drop)
}

/// One rule. The apps behind its actions are asked for what can be chosen.
pub async fn get(ctx: &Ctx, access: &ProjectAccess, id: RuleId, shown: Shown) -> Result<wire::Rule> {
    let row = find(ctx, access, id).await?;
    let data = row.data.clone();
    let mut rule = show(ctx, access, row, shown).await?;
    component::prepare(ctx, access, &data, &mut rule).await?;
    Ok(rule)
}

/// One rule as it is kept: no app is asked for the choices of its settings.
pub async fn stored(ctx: &Ctx, access: &ProjectAccess, id: RuleId, shown: Shown) -> Result<wire::Rule> {
    show(ctx, access, find(ctx, access, id).await?, shown).await
}

async fn show(ctx: &Ctx, access: &ProjectAccess, row: Rule, shown: Shown) -> Result<wire::Rule> {
    let mut conn = ctx.store.read().await?;
    let rules = json::rules(&mut conn, ctx, &access.org, vec![row], shown).await?;
    rules.into_iter().next().ok_or(Error::NoSuchResource)
}

/// Makes a rule from `{name, actionMatch, conditions?, filterMatch?, filters?, actions, frequency, environment?, owner?}`.
pub async fn create(ctx: &Ctx, access: &ProjectAccess, fields: Fields) -> Result<wire::Rule> {
    let new = read(ctx, access, fields, None).await?;
    let (project, now) = (access.project.id, ctx.now());
    let log = Log::of(access);
    let id = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::lock_project(tx, project).await?;
            input::admit(tx, project, &new, None).await?;
            log.check_reach(tx, &new).await?;
            let id = store::insert(tx, project, &new, log.user, now).await?;
            log.record(tx, AuditEvent::RuleAdd, id, &new, now).await?;
            Ok::<_, Error>(id)
        })
    });
    let id = id.await?;
    ctx.ingest().rules_changed();
    stored(ctx, access, id, Shown::default()).await
}

/// Replaces a rule by what the body says, all of it; only a pause that it does not name stays. A disabled rule is active
/// again.
pub async fn update(ctx: &Ctx, access: &ProjectAccess, id: RuleId, fields: Fields) -> Result<wire::Rule> {
    let old = find(ctx, access, id).await?;
    let new = read(ctx, access, fields, Some(&old)).await?;
    let (project, now) = (access.project.id, ctx.now());
    let log = Log::of(access);
    let updated = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::lock_project(tx, project).await?;
            store::by_id(tx, project, id).await?.ok_or(Error::NoSuchResource)?;
            input::admit(tx, project, &new, Some(id)).await?;
            log.check_reach(tx, &new).await?;
            store::update(tx, id, &new, log.user, now).await?;
            log.record(tx, AuditEvent::RuleEdit, id, &new, now).await
        })
    });
    updated.await?;
    ctx.ingest().rules_changed();
    stored(ctx, access, id, Shown::default()).await
}

/// Reads a rule, holds it against the others of the project, and asks the apps that it concerns.
async fn read(ctx: &Ctx, access: &ProjectAccess, fields: Fields, old: Option<&Rule>) -> Result<RuleContent> {
    let mut conn = ctx.store.read().await?;
    let frequency = old.map(|old| frequency_minutes(&old.data));
    let new = input::read(ctx, &mut conn, access, fields, frequency).await?;
    input::admit(&mut conn, access.project.id, &new, old.map(|old| old.id)).await?;
    drop(conn);
    component::announce(ctx, access, &new.data).await?;
    Ok(new)
}

/// Deletes a rule: it is gone at once, what it did is removed later.
pub async fn delete(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<()> {
    let rule = find(ctx, access, id).await?;
    let (log, now) = (Log::of(access), ctx.now());
    let deleted = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::delete(tx, id, log.user, now).await?;
            log.record(tx, AuditEvent::RuleRemove, id, &content(&rule), now).await
        })
    });
    deleted.await?;
    ctx.ingest().rules_changed();
    Ok(())
}

/// Switches a disabled rule on again.
pub async fn enable(ctx: &Ctx, access: &ProjectAccess, id: RuleId) -> Result<()> {
    find(ctx, access, id).await?;
    let (project, log, now) = (access.project.id, Log::of(access), ctx.now());
    let enabled = ctx.store.write(move |tx| {
        Box::pin(async move {
            store::lock_project(tx, project).await?;
            let rule = store::by_id(tx, project, id).await?.ok_or(Error::NoSuchResource)?;
            if rule.status != ObjectStatus::Disabled.number() {
                return Err(Error::invalid(NOT_DISABLED));
            }
            if !orphans::has_action(tx, log.org, &rule.data).await? {
                return Err(Error::invalid(NO_ACTION));
            }
            let rule = content(&rule);
            let others = store::active(tx, project).await?;
            if let Some(same) = input::duplicate(&others, &rule) {
                return Err(Error::invalid(format!(
                    "This rule is an exact duplicate of '{}' in this project and may not be enabled unless it's edited.",
                    same.label
                )));
            }
            store::enable(tx, id, log.user, now).await?;
            log.record(tx, AuditEvent::RuleEdit, id, &rule, now).await
        })
    });
    enabled.await?;
    ctx.ingest().rules_changed();
    Ok(())
}

fn content(rule: &Rule) -> RuleContent {
    RuleContent {
        label: rule.label.clone(),
        environment_id: rule.environment_id,
        owner_user_id: rule.owner_user_id,
        owner_team_id: rule.owner_team_id,
        data: rule.data.clone(),
    }
}

/// Removes what is left of deleted rules. How many rows.
pub async fn remove_deleted(ctx: &Ctx) -> Result<u64> {
    let mut total = 0;
    loop {
        let removed = ctx
            .store
            .write(move |tx| Box::pin(async move { store::remove_some(tx, REMOVE_ROWS_MAX).await }))
            .await?;
        if removed == 0 {
            return Ok(total);
        }
        total += removed;
    }
}

/// Writes what happens to rules into the audit log.
#[derive(Debug, Clone)]
struct Log {
    actor: audit::Actor,
    user: Option<UserId>,
    org: OrgId,
}

impl Log {
    fn of(access: &ProjectAccess) -> Self {
        let caller = &access.org.caller;
        Self { actor: audit::Actor::of(caller), user: caller.user_id(), org: access.org.org.id }
    }

    /// Refuses a rule whose apps all left while it was read.
    async fn check_reach(&self, tx: &mut Tx, new: &RuleContent) -> Result<()> {
        match orphans::still_has_action(tx, self.org, &new.data).await? {
            true => Ok(()),
            false => Err(Error::field("actions", input::NO_ACTION)),
        }
    }

    async fn record(
        &self,
        tx: &mut Tx,
        event: AuditEvent,
        id: RuleId,
        rule: &RuleContent,
        now: Time,
    ) -> Result<()> {
        audit::record(tx, &self.actor, &entry(self.org, event, id, rule), now).await
    }
}

fn entry(org: OrgId, event: AuditEvent, id: RuleId, rule: &RuleContent) -> audit::Entry {
    let environment = rule.environment_id.map(mortise_domain::EnvironmentId::get);
    let data = json!({"label": rule.label, "data": rule.data, "environment": environment});
    audit::Entry::new(org, event, data).target(id.get())
}
