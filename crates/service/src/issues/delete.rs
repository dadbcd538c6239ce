//! Deleting issues. The request hides them and frees their hashes in its transaction, with an entry in the audit log per
//! issue; their rows go later, in small steps, by the periodic job [`remove_hidden`]. So neither the request nor other
//! writers wait for an issue with a million events.

use mortise_domain::AuditEvent;
use mortise_store::{
    Tx,
    issue::{Issue, remove, write},
};
use serde_json::json;

use super::update::{self, Selection};
use crate::{
    Ctx, Error, Result,
    access::{IssueAccess, OrgAccess, ProjectAccess},
    audit::{self, Actor, Entry},
    issues::act::{Act, ids},
};

/// Events that one transaction removes.
const STEP_EVENTS: i64 = 500;
const NOTHING_NAMED: &str = "Name the issues to delete by id, status or query.";

/// Deletes an issue.
pub async fn delete_issue(ctx: &Ctx, access: &IssueAccess) -> Result<()> {
    hide_all(ctx, &access.project.org, vec![access.issue.clone()]).await
}

/// Deletes issues of an organization.
pub async fn delete_issues(ctx: &Ctx, access: &OrgAccess, selection: &Selection) -> Result<()> {
    require_named(selection)?;
    let issues = update::select(ctx, access, selection).await?;
    hide_all(ctx, access, issues).await
}

/// Deletes issues of a project.
pub async fn delete_project_issues(ctx: &Ctx, access: &ProjectAccess, selection: &Selection) -> Result<()> {
    require_named(selection)?;
    let issues = update::select_in_project(ctx, access, selection).await?;
    hide_all(ctx, &access.org, issues).await
}

/// A request that names nothing must not delete everything that is unresolved.
fn require_named(selection: &Selection) -> Result<()> {
    let is_named = !selection.ids.is_empty() || selection.status.is_some() || selection.query.is_some();
    if is_named { Ok(()) } else { Err(Error::invalid(NOTHING_NAMED)) }
}

async fn hide_all(ctx: &Ctx, access: &OrgAccess, issues: Vec<Issue>) -> Result<()> {
    let act = Act::of(access.org.id, &access.caller, ctx.now());
    let actor = Actor::of(&access.caller);
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let issues = write::lock(tx, &ids(&issues)).await?;
                hide(tx, &act, &actor, &issues).await
            })
        })
        .await
}

/// Hides issues, which are locked, and writes it down.
pub(super) async fn hide(tx: &mut Tx, act: &Act, actor: &Actor, issues: &[Issue]) -> Result<()> {
    remove::hide(tx, &ids(issues)).await?;
    let mut projects: Vec<_> = issues.iter().map(|issue| issue.project_id).collect();
    projects.sort_unstable();
    projects.dedup();
    let projects = mortise_store::issue::beside::projects(tx, &projects).await?;
    for issue in issues {
        let slug = projects.iter().find(|project| project.id == issue.project_id).map(|p| p.slug.as_str());
        let data = json!({ "issue_id": issue.id.get(), "project_slug": slug });
        let entry = Entry::new(act.org, AuditEvent::IssueDelete, data).target(issue.id.get());
        audit::record(tx, actor, &entry, act.now).await?;
    }
    Ok(())
}

/// Removes the rows of hidden issues; how many issues are gone.
pub async fn remove_hidden(ctx: &Ctx) -> Result<u64> {
    let mut gone = 0;
    loop {
        let Some(id) = remove::next_hidden(&mut *ctx.store.read().await?).await? else { return Ok(gone) };
        let is_gone = ctx
            .store
            .write(move |tx| Box::pin(async move { remove::remove_some(tx, id, STEP_EVENTS).await }))
            .await?;
        gone += u64::from(is_gone);
    }
}
