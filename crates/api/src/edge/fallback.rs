//! Paths that no route has.

use axum::{
    Json,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use mortise_domain::PublicUrl;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::cors;

/// The whole answer to a request for a path without route.
pub(super) fn answer(request: &Request, public: &PublicUrl) -> Response {
    let mut response = match *request.method() {
        Method::OPTIONS => cors::preflight(),
        _ => unmatched(request.uri(), request.headers()),
    };
    cors::decorate(&mut response, request.headers().get(header::ORIGIN), "OPTIONS", public);
    response
}

/// The answer below `/api/0/` for a path without route: a hint when only the slash at its end may be missing.
fn unmatched(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    if path.ends_with('/') {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")]).into_response();
    }
    let with_slash = format!("{}/", percent_decode_str(path).decode_utf8_lossy());
    let hint = "Route not found, did you forget a trailing slash?";
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return (StatusCode::NOT_FOUND, Json(json!({"info": format!("{hint} try: {with_slash}")})))
            .into_response();
    }
    let suggestion = format!("try: {with_slash}");
    let pointer = format!("{}^", " ".repeat(suggestion.chars().count() - 1));
    let text = format!("{hint}\n\n{suggestion}\n{pointer}\n");
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain")], text).into_response()
}
