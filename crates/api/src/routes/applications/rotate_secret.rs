//! `POST /api/0/api-applications/{client_id}/rotate-secret/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::ClientSecret;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// Replaces the secret; the old one ends at once.
#[utoipa::path(post, path = "/api/0/api-applications/{client_id}/rotate-secret/", tag = "OAuth applications",
    params(("client_id" = String, Path, description = "The client id")),
    responses((status = 200, description = "The new secret", body = ClientSecret)))]
pub(crate) async fn rotate_application_secret(
    caller: Asker,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<ClientSecret>> {
    Ok(Json(applications::rotate_secret(&ctx, &caller, path.text("client_id")?).await?))
}
