//! `GET /api/0/organizations/{org}/projects-count/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::project::ProjectCounts;

use crate::{Result, edge::Json, extract::Org, openapi::OrgPath};

/// How many projects there are, and how many are the caller's.
#[utoipa::path(get, path = "/api/0/organizations/{org}/projects-count/", tag = "Projects", params(OrgPath),
    responses((status = 200, description = "The numbers", body = ProjectCounts)))]
pub(crate) async fn count_projects(
    access: Org<class::OrganizationRead>,
    State(ctx): State<Ctx>,
) -> Result<Json<ProjectCounts>> {
    Ok(Json(projects::count(&ctx, &access).await?))
}
