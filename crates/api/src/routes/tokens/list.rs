//! `GET /api/0/api-tokens/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};
use mortise_wire::token::Token;

use super::answer;
use crate::{Result, edge::Json, extract::Asker};

/// The tokens that the caller made, newest first.
#[utoipa::path(get, path = "/api/0/api-tokens/", tag = "Tokens",
    responses((status = 200, description = "The tokens", body = [Token])))]
pub(crate) async fn list_tokens(caller: Asker, State(ctx): State<Ctx>) -> Result<Response> {
    answer(&ctx, user::list(&ctx, &caller).await.map(Json))
}
