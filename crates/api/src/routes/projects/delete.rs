//! `DELETE /api/0/projects/{org}/{proj}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};

use crate::{Result, edge::NoContent, extract::ProjectOf, openapi::ProjectPath};

/// Schedules the end of a project. Sessions must have entered their password recently.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/", tag = "Projects", params(ProjectPath),
    responses((status = 204, description = "The project is being removed")))]
pub(crate) async fn delete_project(
    access: ProjectOf<class::ProjectDetail>,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    projects::delete_project(&ctx, &access).await?;
    Ok(NoContent)
}
