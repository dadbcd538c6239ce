//! `GET /api/0/projects/{org}/{proj}/environments/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, environments};
use mortise_wire::environment::ProjectEnvironment;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Query},
    openapi::ProjectPath,
};

/// The environments of a project, by name.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/environments/", tag = "Environments",
    params(ProjectPath, ("visibility" = Option<String>, Query, description = "`visible`, `hidden` or `all`")),
    responses((status = 200, description = "The environments", body = [ProjectEnvironment])))]
pub(crate) async fn list_project_environments(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<ProjectEnvironment>>> {
    let visibility = environments::visibility(query.one("visibility"))?;
    Ok(Json(environments::of_project(&ctx, &access, visibility).await?))
}
