//! `POST /api/0/api-tokens/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};
use mortise_wire::token::Token;

use super::answer;
use crate::{
    Result,
    edge::Created,
    extract::{Asker, Body},
};

/// Makes a token. Its text is in the answer and nowhere else.
#[utoipa::path(post, path = "/api/0/api-tokens/", tag = "Tokens",
    request_body = serde_json::Value,
    responses((status = 201, description = "The new token", body = Token)))]
pub(crate) async fn create_token(caller: Asker, State(ctx): State<Ctx>, body: Body) -> Result<Response> {
    answer(&ctx, user::create(&ctx, &caller, body.fields()).await.map(Created))
}
