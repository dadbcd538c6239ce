//! Access of a visit to what its path names. The permission classes are those of the API: a page asks for the class of
//! the resource it shows, with the method that the API would be called with.

use mortise_domain::ScopeSet;
use mortise_service::access::{self, Class, IdOrSlug, IssueAccess, OrgAccess, ProjectAccess, TeamAccess};

use crate::edge::{Outcome, Visit};

fn required(class: Class, method: &str) -> ScopeSet {
    class.scopes(method).unwrap_or(ScopeSet::EMPTY)
}

/// Access to an organization.
pub async fn org(visit: &Visit, org: &str, class: Class, method: &str) -> Outcome<OrgAccess> {
    let caller = visit.caller.clone();
    Ok(access::organization(&visit.ctx, caller, &IdOrSlug::parse(org), required(class, method)).await?)
}

/// Access to a project.
pub async fn project(
    visit: &Visit,
    org: &str,
    project: &str,
    class: Class,
    method: &str,
) -> Outcome<ProjectAccess> {
    let (org, project) = (IdOrSlug::parse(org), IdOrSlug::parse(project));
    Ok(access::project(&visit.ctx, visit.caller.clone(), &org, &project, required(class, method)).await?)
}

/// Access to a team.
pub async fn team(visit: &Visit, org: &str, team: &str, class: Class, method: &str) -> Outcome<TeamAccess> {
    let (org, team) = (IdOrSlug::parse(org), IdOrSlug::parse(team));
    Ok(access::team(&visit.ctx, visit.caller.clone(), &org, &team, required(class, method)).await?)
}

/// Access to an issue by its id or short id.
pub async fn issue(
    visit: &Visit,
    org: &str,
    issue: &str,
    class: Class,
    method: &str,
) -> Outcome<IssueAccess> {
    let caller = visit.caller.clone();
    Ok(access::issue(&visit.ctx, caller, Some(&IdOrSlug::parse(org)), issue, required(class, method)).await?)
}
