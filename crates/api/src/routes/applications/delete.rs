//! `DELETE /api/0/api-applications/{client_id}/`

use axum::extract::State;
use mortise_service::{Ctx, applications};

use crate::{
    Result,
    edge::NoContent,
    extract::{Asker, Segments},
};

/// Removes an application; its tokens end.
#[utoipa::path(delete, path = "/api/0/api-applications/{client_id}/", tag = "OAuth applications",
    params(("client_id" = String, Path, description = "The client id")),
    responses((status = 204, description = "The application is gone")))]
pub(crate) async fn delete_application(
    caller: Asker,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    applications::delete(&ctx, &caller, path.text("client_id")?).await?;
    Ok(NoContent)
}
