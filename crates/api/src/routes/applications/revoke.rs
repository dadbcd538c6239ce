//! `DELETE /api/0/api-authorizations/`

use axum::extract::State;
use mortise_service::{Ctx, applications};

use crate::{
    Result,
    edge::NoContent,
    extract::{Asker, Body},
};

/// Takes back what the caller let an application do; its tokens end.
#[utoipa::path(delete, path = "/api/0/api-authorizations/", tag = "OAuth applications",
    request_body = serde_json::Value,
    responses((status = 204, description = "The authorization is gone")))]
pub(crate) async fn revoke_authorization(
    caller: Asker,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<NoContent> {
    applications::revoke(&ctx, &caller, body.fields()).await?;
    Ok(NoContent)
}
