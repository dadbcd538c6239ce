//! `PUT /api/0/api-tokens/{token}/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};
use mortise_wire::token::Token;

use super::answer;
use crate::{
    Result,
    edge::Json,
    extract::{Asker, Body, Segments},
};

/// Names a token of the caller.
#[utoipa::path(put, path = "/api/0/api-tokens/{token}/", tag = "Tokens",
    params(("token" = String, Path, description = "The id of the token")),
    request_body = serde_json::Value,
    responses((status = 200, description = "The token", body = Token)))]
pub(crate) async fn rename_token(
    caller: Asker,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Body,
) -> Result<Response> {
    answer(&ctx, user::rename(&ctx, &caller, path.id("token")?, body.fields()).await.map(Json))
}
