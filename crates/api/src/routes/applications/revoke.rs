//! `DELETE /api/0/api-authorizations/`

use axum::extract::State;
use http::StatusCode;
use mortise_service::{Ctx, Error as Refusal, applications};

use crate::{
    Result,
    edge::Empty,
    extract::{Asker, Body},
};

/// Takes back what the caller let an application do; its tokens end.
#[utoipa::path(delete, path = "/api/0/api-authorizations/", tag = "OAuth applications",
    request_body = serde_json::Value,
    responses((status = 204, description = "The authorization is gone"),
        (status = 404, description = "The caller has no such authorization")))]
pub(crate) async fn revoke_authorization(caller: Asker, State(ctx): State<Ctx>, body: Body) -> Result<Empty> {
    match applications::revoke(&ctx, &caller, body.fields()).await {
        Ok(()) => Ok(Empty(StatusCode::NO_CONTENT)),
        Err(Refusal::NoSuchResource) => Ok(Empty(StatusCode::NOT_FOUND)),
        Err(other) => Err(other.into()),
    }
}
