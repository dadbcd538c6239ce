//! `GET /api/0/projects/{org}/{proj}/members/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::member::Member;

use crate::{Result, edge::Json, extract::ProjectOf, openapi::ProjectPath};

/// The members of a project's teams, by address.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/members/", tag = "Projects", params(ProjectPath),
    responses((status = 200, description = "The members", body = [Member])))]
pub(crate) async fn list_project_members(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<Member>>> {
    Ok(Json(projects::list_members(&ctx, &access).await?))
}
