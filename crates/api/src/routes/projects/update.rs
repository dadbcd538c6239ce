//! `PUT /api/0/projects/{org}/{proj}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::project::ProjectDetail;

use crate::{
    Result,
    edge::Json,
    extract::{Body, ProjectOf},
    openapi::ProjectPath,
};

/// Changes what the body names. Whoever may only read the project may set `isBookmarked`.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/", tag = "Projects", params(ProjectPath),
    request_body = serde_json::Value,
    responses((status = 200, description = "The project", body = ProjectDetail)))]
pub(crate) async fn update_project(
    access: ProjectOf<class::ProjectDetail>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Json<ProjectDetail>> {
    Ok(Json(projects::update(&ctx, &access, body.fields()).await?))
}
