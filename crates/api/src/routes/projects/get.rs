//! `GET /api/0/projects/{org}/{proj}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::project::ProjectDetail;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Query},
    openapi::ProjectPath,
};

/// One project in full; without its organization with `collapse=organization`.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/", tag = "Projects",
    params(ProjectPath, ("collapse" = Option<Vec<String>>, Query, description = "`organization` leaves it out")),
    responses((status = 200, description = "The project", body = ProjectDetail)))]
pub(crate) async fn get_project(
    access: ProjectOf<class::ProjectDetail>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<ProjectDetail>> {
    let with_organization = !query.all("collapse").any(|value| value == "organization");
    Ok(Json(projects::detail(&ctx, &access, with_organization).await?))
}
