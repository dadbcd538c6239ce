//! Changing issues: one, or up to a thousand at once. What a request may ask for is a [`Change`]; names in it are looked
//! up first, then everything happens in one transaction, the status before the assignee before the rest.

pub mod change;
mod flags;
mod plan;
mod select;
pub mod state;

pub use change::{Change, Conditions, StatusChange};
pub use select::{BULK_ISSUES_MAX, Selection};
pub(super) use select::{select, select_in_project};

use mortise_domain::{IssueId, ProjectId, Scope};
use mortise_store::{
    Tx,
    issue::{self, Issue, beside, remove, write},
};
use mortise_wire::issue as wire;
use serde_json::{Map, Value, json};

use self::{
    plan::{Plan, plan},
    state::Archive,
};
use super::{ListOptions, act::ids, assign, delete, list_json, merge, resolve};
use crate::{
    Ctx, Error, Result,
    access::{IssueAccess, OrgAccess, ProjectAccess},
};

const MERGE_ACROSS: &str = "Merging across multiple projects is not supported";
const DISCARD_REFUSED: &str = "You do not have permission to discard events";

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// What is different now.
    Changed(Map<String, Value>),
    /// There was nothing to change.
    Nothing,
    /// The issues are gone, and what comes of them later is dropped.
    Discarded,
}

/// Changes one issue.
pub async fn update_issue(ctx: &Ctx, access: &IssueAccess, change: Change) -> Result<Outcome> {
    let may_discard = access.project.scopes.contains(Scope::EventAdmin);
    // One issue cannot be merged.
    let change = Change { merge: false, ..change };
    update(ctx, &access.project.org, may_discard, vec![access.issue.clone()], change).await
}

/// The issue as it is after a change: what lists show without counts by time.
pub async fn updated_issue(ctx: &Ctx, access: &IssueAccess) -> Result<wire::Issue> {
    let mut conn = ctx.store.read().await?;
    let issue = issue::by_id(&mut conn, access.issue.id).await?.ok_or(Error::NoSuchResource)?;
    let viewer = access.project.org.caller.user_id();
    let mut shown = list_json(&mut conn, ctx, viewer, &[issue], &ListOptions::default()).await?;
    shown.pop().ok_or(Error::NoSuchResource)
}

/// Changes issues of an organization.
pub async fn bulk_update(
    ctx: &Ctx,
    access: &OrgAccess,
    selection: &Selection,
    read: impl FnOnce() -> Result<Change>,
) -> Result<Outcome> {
    let issues = select(ctx, access, selection).await?;
    if issues.is_empty() {
        return Ok(Outcome::Nothing);
    }
    update(ctx, access, access.scopes.contains(Scope::EventAdmin), issues, read()?).await
}

/// Changes issues of a project.
pub async fn bulk_update_project(
    ctx: &Ctx,
    access: &ProjectAccess,
    selection: &Selection,
    read: impl FnOnce() -> Result<Change>,
) -> Result<Outcome> {
    let issues = select_in_project(ctx, access, selection).await?;
    if issues.is_empty() {
        return Ok(Outcome::Nothing);
    }
    update(ctx, &access.org, access.scopes.contains(Scope::EventAdmin), issues, read()?).await
}

async fn update(
    ctx: &Ctx,
    access: &OrgAccess,
    may_discard: bool,
    issues: Vec<Issue>,
    change: Change,
) -> Result<Outcome> {
    if change.discard && !may_discard {
        return Err(Error::field("discard", DISCARD_REFUSED));
    }
    let projects = projects_of(&issues);
    if change.merge && projects.len() > 1 {
        let detail = [("detail".to_owned(), Value::from(MERGE_ACROSS))];
        return Ok(Outcome::Changed(detail.into_iter().collect()));
    }
    let is_discarded = change.discard;
    let plan = plan(ctx, access, &projects, &issues, change).await?;
    let wanted = ids(&issues);
    let answer = ctx.store.write(move |tx| Box::pin(apply(tx, plan, wanted))).await?;
    Ok(match is_discarded {
        true => Outcome::Discarded,
        false => Outcome::Changed(answer),
    })
}

fn projects_of(issues: &[Issue]) -> Vec<ProjectId> {
    let mut projects: Vec<ProjectId> = issues.iter().map(|issue| issue.project_id).collect();
    projects.sort_unstable();
    projects.dedup();
    projects
}

async fn apply(tx: &mut Tx, mut plan: Plan, wanted: Vec<IssueId>) -> Result<Map<String, Value>> {
    let act = &plan.act;
    let issues = write::lock(tx, &wanted).await?;
    if plan.change.discard {
        remove::discard_hashes(tx, &ids(&issues)).await?;
        delete::hide(tx, act, &plan.actor, &issues).await?;
        return Ok(plan.answer);
    }
    match &plan.change.status {
        Some(StatusChange::Resolved(_)) => {
            if let Some(resolution) = &plan.resolution {
                resolve::resolve(tx, act, &issues, resolution).await?;
            }
        }
        Some(StatusChange::Unresolved(asked)) => state::unresolve(tx, act, &issues, *asked).await?,
        Some(StatusChange::Ignored(asked, conditions)) => {
            state::archive(tx, act, &issues, Archive::new(*asked, *conditions)).await?;
        }
        None => {}
    }
    assignees(tx, &mut plan, &issues).await?;
    flags::set(tx, &plan.act, plan.ctx.ids.as_ref(), &issues, &plan.change, &mut plan.answer).await?;
    if plan.change.merge {
        // One issue is merged already.
        let merged = if issues.len() > 1 { merge::merge(tx, &plan.act, &issues).await? } else { json!(true) };
        plan.answer.insert("merge".to_owned(), merged);
    }
    Ok(plan.answer)
}

async fn assignees(tx: &mut Tx, plan: &mut Plan, issues: &[Issue]) -> Result<()> {
    match &plan.assignee {
        Some(Some(assignee)) => {
            assign::assign(tx, &plan.act, issues, assignee).await?;
            plan.answer.insert("assignedTo".to_owned(), json!(assignee.json()));
        }
        Some(None) => {
            assign::unassign(tx, &plan.act, issues).await?;
            plan.answer.insert("assignedTo".to_owned(), Value::Null);
        }
        None => {}
    }
    if let Some(assignee) = &plan.self_assigned {
        let assigned = beside::assignees(tx, &ids(issues)).await?;
        let is_free = |issue: &&Issue| assigned.iter().all(|row| row.issue_id != issue.id);
        let free: Vec<Issue> = issues.iter().filter(is_free).cloned().collect();
        if !free.is_empty() {
            assign::assign(tx, &plan.act, &free, assignee).await?;
            plan.answer.insert("assignedTo".to_owned(), json!(assignee.json()));
        }
    }
    Ok(())
}
