//! `DELETE /api/0/api-tokens/{token}/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, tokens::user};

use super::answer;
use crate::{
    Result,
    edge::NoContent,
    extract::{Asker, Segments},
};

/// Ends a token of the caller.
#[utoipa::path(delete, path = "/api/0/api-tokens/{token}/", tag = "Tokens",
    params(("token" = String, Path, description = "The id of the token")),
    responses((status = 204, description = "The token has ended")))]
pub(crate) async fn delete_token(caller: Asker, State(ctx): State<Ctx>, path: Segments) -> Result<Response> {
    answer(&ctx, user::delete(&ctx, &caller, path.id("token")?).await.map(|()| NoContent))
}
