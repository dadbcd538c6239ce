//! `POST /api/0/projects/{org}/{proj}/keys/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, keys};
use mortise_wire::key::ProjectKey;

use crate::{
    Result,
    edge::Created,
    extract::{Body, ProjectOf},
    openapi::ProjectPath,
};

/// Makes a client key.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/keys/", tag = "Client keys", params(ProjectPath),
    request_body = serde_json::Value, responses((status = 201, description = "The new key", body = ProjectKey)))]
pub(crate) async fn create_key(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<ProjectKey>> {
    Ok(Created(keys::create(&ctx, &access, body.fields()).await?))
}
