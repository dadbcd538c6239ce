//! Which issues a change of many means.

use mortise_domain::{IssueId, ProjectId};
use mortise_store::{
    Conn,
    issue::{self, Issue, search::Search},
};

use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    issues::{
        scope::{self, Scope, ScopeQuery},
        search::{self, Surroundings},
    },
};

/// Issues that one request changes at most.
pub const BULK_ISSUES_MAX: usize = 1_000;
const NO_NUMBER: &str = "Group ids must be integers";
/// What is meant when nothing is named.
const DEFAULT_QUERY: &str = "is:unresolved";

/// The parameters that name issues.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `id`, repeated. When there is any, nothing else is looked at.
    pub ids: Vec<String>,
    /// `status`.
    pub status: Option<String>,
    /// `query`.
    pub query: Option<String>,
    /// `project`, `environment`, `statsPeriod`, `start`, `end`.
    pub scope: ScopeQuery,
}

/// Those of an organization that the caller reaches.
pub async fn select(ctx: &Ctx, access: &OrgAccess, selection: &Selection) -> Result<Vec<Issue>> {
    let ids = read_ids(&selection.ids)?;
    let mut conn = ctx.store.read().await?;
    let scope = scope::read(&mut conn, access, ctx.now(), &selection.scope).await?;
    find(&mut conn, ctx, access, selection, &ids, scope).await
}

/// Those of a project.
pub async fn select_in_project(
    ctx: &Ctx,
    access: &ProjectAccess,
    selection: &Selection,
) -> Result<Vec<Issue>> {
    let ids = read_ids(&selection.ids)?;
    let mut conn = ctx.store.read().await?;
    let environments = scope::environments(&mut conn, &access.org, &selection.scope.environments).await?;
    let scope = Scope { projects: vec![access.project.id], environments, ..Scope::default() };
    find(&mut conn, ctx, &access.org, selection, &ids, scope).await
}

fn read_ids(texts: &[String]) -> Result<Vec<IssueId>> {
    let mut ids: Vec<IssueId> = texts
        .iter()
        .map(|text| text.trim().parse())
        .collect::<Result<_, _>>()
        .map_err(|_| Error::invalid(NO_NUMBER))?;
    ids.truncate(BULK_ISSUES_MAX);
    Ok(ids)
}

async fn find(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &OrgAccess,
    selection: &Selection,
    ids: &[IssueId],
    scope: Scope,
) -> Result<Vec<Issue>> {
    if !ids.is_empty() {
        return named(conn, ids, &scope.projects).await;
    }
    let text = match (selection.query.as_deref(), selection.status.as_deref()) {
        (Some(query), Some(status)) => format!("{query} is:{status}"),
        (Some(query), None) => query.to_owned(),
        (None, Some(status)) => format!("is:{status}"),
        (None, None) => DEFAULT_QUERY.to_owned(),
    };
    let wanted = search::read(&text, ctx.now())?;
    let viewer_teams: Vec<_> = access.teams.iter().map(|membership| membership.team_id).collect();
    let around = Surroundings {
        org: access.org.id,
        viewer: access.caller.user_id(),
        viewer_teams: &viewer_teams,
        projects: &scope.projects,
    };
    let terms = search::resolve(conn, around, wanted).await?;
    let (projects, environments) = (scope.projects.clone(), scope.environments);
    let search = Search { projects, environments, since: scope.since, until: scope.until, terms };
    let found = issue::search::find_ids(conn, &search, BULK_ISSUES_MAX as i64).await?;
    named(conn, &found, &scope.projects).await
}

async fn named(conn: &mut Conn, ids: &[IssueId], projects: &[ProjectId]) -> Result<Vec<Issue>> {
    let mut issues = issue::by_ids(conn, ids).await?;
    issues.retain(|issue| projects.contains(&issue.project_id));
    issues.sort_by_key(|issue| issue.id);
    Ok(issues)
}
