//! `PUT /api/0/api-applications/{client_id}/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::Application;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Body, Segments},
};

/// Changes what the body names.
#[utoipa::path(put, path = "/api/0/api-applications/{client_id}/", tag = "OAuth applications",
    params(("client_id" = String, Path, description = "The client id")),
    request_body = serde_json::Value,
    responses((status = 200, description = "The application", body = Application)))]
pub(crate) async fn update_application(
    caller: Asker,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Application>> {
    let client_id = path.text("client_id")?;
    let body = Body::after(body, applications::get(&ctx, &caller, client_id)).await?;
    Ok(Json(applications::update(&ctx, &caller, client_id, body.fields()).await?))
}
