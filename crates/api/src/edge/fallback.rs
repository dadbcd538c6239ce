//! Paths that no route has.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::json;

/// The answer below `/api/0/` for a path without route: a hint when only the slash at its end may be missing.
pub(super) fn unmatched(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    if path.ends_with('/') {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html; charset=utf-8")]).into_response();
    }
    let with_slash = format!("{path}/");
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
