//! `GET /api/0/api-applications/{client_id}/`

use axum::extract::State;
use mortise_service::{Ctx, applications};
use mortise_wire::application::Application;

use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// One application of the caller.
#[utoipa::path(get, path = "/api/0/api-applications/{client_id}/", tag = "OAuth applications",
    params(("client_id" = String, Path, description = "The client id")),
    responses((status = 200, description = "The application", body = Application)))]
pub(crate) async fn get_application(
    caller: Asker,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Application>> {
    Ok(Json(applications::get(&ctx, &caller, path.text("client_id")?).await?))
}
