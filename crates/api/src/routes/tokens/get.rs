//! `GET /api/0/api-tokens/{token}/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};
use mortise_wire::token::Token;

use super::answer;
use crate::{
    Result,
    edge::Json,
    extract::{Asker, Segments},
};

/// One token of the caller.
#[utoipa::path(get, path = "/api/0/api-tokens/{token}/", tag = "Tokens",
    params(("token" = String, Path, description = "The id of the token")),
    responses((status = 200, description = "The token", body = Token)))]
pub(crate) async fn get_token(caller: Asker, State(ctx): State<Ctx>, path: Segments) -> Result<Response> {
    answer(&ctx, user::get(&ctx, &caller, path.id("token")?).await.map(Json))
}
