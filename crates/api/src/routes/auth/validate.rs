//! `GET /api/0/auth/validate/`: whether a token is good.

use http::StatusCode;
use mortise_service::Error as Refusal;

use crate::{Result, edge::Empty, extract::Asker};

/// Whether the request's token is good.
#[utoipa::path(get, path = "/api/0/auth/validate/", tag = "Sign-in", responses(
    (status = 200, description = "The token is good"), (status = 403, description = "It is not")))]
pub(crate) async fn validate_token(asker: Asker) -> Result<Empty> {
    if asker.auth.is_some() { Ok(Empty(StatusCode::OK)) } else { Err(Refusal::Forbidden.into()) }
}
