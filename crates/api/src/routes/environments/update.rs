//! `PUT /api/0/projects/{org}/{proj}/environments/{environment}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, environments};
use mortise_wire::environment::ProjectEnvironment;

use crate::{
    Result,
    edge::Json,
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Shows or hides an environment in a project.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/environments/{environment}/", tag = "Environments",
    params(ProjectPath, ("environment" = String, Path, description = "Its name; `none` for events without one")),
    request_body = serde_json::Value,
    responses((status = 200, description = "The environment", body = ProjectEnvironment)))]
pub(crate) async fn update_project_environment(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<ProjectEnvironment>> {
    let environment = path.text("environment")?;
    let body = Body::after(body, environments::get(&ctx, &access, environment)).await?;
    Ok(Json(environments::update(&ctx, &access, environment, body.fields()).await?))
}
