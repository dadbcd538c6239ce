//! `GET /api/0/projects/{org}/{proj}/teams/`, `POST` and `DELETE /api/0/projects/{org}/{proj}/teams/{team}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::{project::ProjectWithTeam, team::Team};

use crate::{
    Result,
    edge::{Created, Json, Paged},
    extract::{Paging, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// The teams of a project, by slug.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/teams/", tag = "Projects", params(ProjectPath),
    responses((status = 200, description = "The teams", body = [Team])))]
pub(crate) async fn list_project_teams(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<Team>>> {
    Ok(paging.answer(projects::list_teams(&ctx, &access, &paging.request()?).await?))
}

/// Gives the project to another team.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/teams/{team}/", tag = "Projects",
    params(ProjectPath, ("team" = String, Path, description = "Slug or id of the team")), responses(
    (status = 201, description = "The project", body = ProjectWithTeam),
    (status = 404, description = "There is no such team")))]
pub(crate) async fn add_project_team(
    access: ProjectOf<class::ProjectSetting>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Created<ProjectWithTeam>> {
    Ok(Created(projects::add_team(&ctx, &access, &path.get("team")?).await?))
}

/// Takes the project from a team.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/teams/{team}/", tag = "Projects",
    params(ProjectPath, ("team" = String, Path, description = "Slug or id of the team")), responses(
    (status = 200, description = "The project", body = ProjectWithTeam),
    (status = 404, description = "There is no such team")))]
pub(crate) async fn remove_project_team(
    access: ProjectOf<class::ProjectSetting>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<ProjectWithTeam>> {
    Ok(Json(projects::remove_team(&ctx, &access, &path.get("team")?).await?))
}
