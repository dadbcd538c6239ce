//! The OAuth endpoints that programs call. The one that browsers visit is a page.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mortise_service::{
    Client, Ctx,
    oauth::{self, TokenError},
};
use mortise_wire::application::AccessToken;
use serde_json::json;
use utoipa_axum::routes;

use crate::{Result, Routes, edge::Json, extract::Body};

pub(crate) fn routes(r: &mut Routes) {
    r.plain(routes!(issue_token));
    r.plain(routes!(get_user_info));
}

/// A form with `client_id`, `client_secret` and `grant_type`: `authorization_code` with `code`, or `refresh_token` with
/// `refresh_token`.
#[utoipa::path(post, path = "/oauth/token/", tag = "OAuth", request_body = Object,
    responses((status = 200, description = "The token", body = AccessToken),
        (status = 400, description = "`error` says why not"), (status = 401, description = "`invalid_credentials`")))]
pub(crate) async fn issue_token(State(ctx): State<Ctx>, body: Body) -> Result<Response> {
    let issued = match oauth::issue_token(&ctx, &body.0).await? {
        Ok(token) => Json(token).into_response(),
        Err(error) => {
            let status = match error {
                TokenError::InvalidCredentials => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            (status, Json(json!({ "error": error.as_str() }))).into_response()
        }
    };
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, issued).into_response())
}

#[utoipa::path(get, path = "/oauth/userinfo/", tag = "OAuth",
    responses((status = 200, description = "Who the token's user is", body = Object),
        (status = 403, description = "The token may not tell")))]
pub(crate) async fn get_user_info(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
) -> Result<Json<serde_json::Map<String, serde_json::Value>>> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer =
        bearer.and_then(|text| text.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let client = Client::default();
    Ok(Json(oauth::user_info(&ctx, bearer.map(|(_, token)| token), client).await?))
}
