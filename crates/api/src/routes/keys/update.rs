//! `PUT /api/0/projects/{org}/{proj}/keys/{key}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, keys};
use mortise_wire::key::ProjectKey;

use crate::{
    Result,
    edge::Json,
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Changes what the body names.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/keys/{key}/", tag = "Client keys",
    params(ProjectPath, ("key" = String, Path, description = "The public half of the key")),
    request_body = serde_json::Value, responses((status = 200, description = "The key", body = ProjectKey)))]
pub(crate) async fn update_key(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<ProjectKey>> {
    let key = path.text("key")?;
    let body = Body::after(body, keys::get(&ctx, &access, key)).await?;
    Ok(Json(keys::update(&ctx, &access, key, body.fields()).await?))
}
