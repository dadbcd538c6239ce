//! `GET /api/0/projects/{org}/{proj}/keys/{key}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, keys};
use mortise_wire::key::ProjectKey;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Segments},
    openapi::ProjectPath,
};

/// One client key.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/keys/{key}/", tag = "Client keys",
    params(ProjectPath, ("key" = String, Path, description = "The public half of the key")),
    responses((status = 200, description = "The key", body = ProjectKey)))]
pub(crate) async fn get_key(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<ProjectKey>> {
    Ok(Json(keys::get(&ctx, &access, path.text("key")?).await?))
}
