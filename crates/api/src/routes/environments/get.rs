//! `GET /api/0/projects/{org}/{proj}/environments/{environment}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, environments};
use mortise_wire::environment::ProjectEnvironment;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Segments},
    openapi::ProjectPath,
};

/// One environment of a project.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/environments/{environment}/", tag = "Environments",
    params(ProjectPath, ("environment" = String, Path, description = "Its name; `none` for events without one")),
    responses((status = 200, description = "The environment", body = ProjectEnvironment)))]
pub(crate) async fn get_project_environment(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<ProjectEnvironment>> {
    Ok(Json(environments::get(&ctx, &access, path.text("environment")?).await?))
}
