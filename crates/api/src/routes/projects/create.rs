//! `POST /api/0/teams/{org}/{team}/projects/` and `POST /api/0/organizations/{org}/projects/`

use axum::extract::State;
use mortise_service::{Ctx, access, access::class, projects};
use mortise_wire::project::{Project, ProjectWithNewTeam};

use crate::{
    Result,
    edge::Created,
    extract::{Anyone, Body, Segments},
    openapi::{OrgPath, TeamPath},
};

/// Makes a project of a team. Members who may only read projects may do it too where their organization lets them.
#[utoipa::path(post, path = "/api/0/teams/{org}/{team}/projects/", tag = "Projects", params(TeamPath),
    request_body = serde_json::Value, responses(
    (status = 201, description = "The new project", body = Project),
    (status = 409, description = "The slug is taken")))]
pub(crate) async fn create_project(
    caller: Anyone<class::TeamProject>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Created<Project>> {
    let (org, team) = (path.get("org")?, path.get("team")?);
    let access = access::team(&ctx, caller.0, &org, &team, projects::READ).await?;
    Ok(Created(projects::create_project(&ctx, &access, body?.fields()).await?))
}

/// Makes a project together with a team of its own, `team-<name of the caller>`, that the caller leads.
#[utoipa::path(post, path = "/api/0/organizations/{org}/projects/", tag = "Projects", params(OrgPath),
    request_body = serde_json::Value, responses(
    (status = 201, description = "The new project", body = ProjectWithNewTeam),
    (status = 403, description = "The organization does not let its members make projects"),
    (status = 409, description = "The slug is taken")))]
pub(crate) async fn create_organization_project(
    caller: Anyone<class::OrganizationProjects>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Created<ProjectWithNewTeam>> {
    let access = access::organization(&ctx, caller.0, &path.get("org")?, projects::READ).await?;
    Ok(Created(projects::create_project_and_team(&ctx, access, body?.fields()).await?))
}
