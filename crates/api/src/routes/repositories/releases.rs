//! `/api/0/projects/{org}/{proj}/releases/{version}/repositories/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, repositories};
use mortise_wire::repository::Repository;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Segments},
    openapi::ProjectPath,
};

/// The repositories that the commits of a release are in.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/{version}/repositories/", tag = "Repositories",
    params(ProjectPath, ("version" = String, Path, description = "The version of the release")),
    responses((status = 200, description = "The repositories", body = [Repository])))]
pub(crate) async fn list_release_repositories(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Vec<Repository>>> {
    let version = path.text("version")?;
    Ok(Json(repositories::list_release_repositories(&ctx, &access, version).await?))
}
