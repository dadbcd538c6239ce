//! `DELETE /api/0/api-tokens/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};

use super::answer;
use crate::{
    Result,
    edge::NoContent,
    extract::{Asker, Body},
};

/// Ends the token that the body names.
#[utoipa::path(delete, path = "/api/0/api-tokens/", tag = "Tokens",
    request_body = serde_json::Value,
    responses((status = 204, description = "The token has ended")))]
pub(crate) async fn delete_named_token(
    caller: Asker,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Response> {
    answer(&ctx, user::delete_named(&ctx, &caller, body.fields()).await.map(|()| NoContent))
}
