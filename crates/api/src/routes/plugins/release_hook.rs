//! `/api/hooks/release/{plugin}/{project}/{signature}/`. The signature is the permission.

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use mortise_service::{
    Ctx,
    plugins::{ReleaseCall, Told, take_release},
};

use crate::{Result, extract::Segments};

/// Takes what somebody outside tells of a release.
#[utoipa::path(post, path = "/api/hooks/release/{plugin}/{project}/{signature}/", tag = "Plugins",
    params(("plugin" = String, Path, description = "`builtin` or `heroku`"),
        ("project" = String, Path, description = "Id of the project"),
        ("signature" = String, Path, description = "64 hex digits")),
    request_body = serde_json::Value, security(()),
    responses((status = 201, description = "A new release"), (status = 208, description = "A release that was there"),
        (status = 204, description = "Taken")))]
pub(crate) async fn post_release(
    path: Segments,
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response> {
    let call = ReleaseCall {
        plugin: path.text("plugin")?,
        project: path.text("project")?,
        signature: path.text("signature")?,
        body_signature: headers.get("heroku-webhook-hmac-sha256").and_then(|value| value.to_str().ok()),
        body: &body,
    };
    Ok(match take_release(&ctx, &call).await? {
        Told::Unknown => StatusCode::NOT_FOUND.into_response(),
        Told::Refused => StatusCode::FORBIDDEN.into_response(),
        Told::Taken => StatusCode::NO_CONTENT.into_response(),
        Told::Invalid(body) => (StatusCode::BAD_REQUEST, crate::edge::Json(body)).into_response(),
        Told::Release(release, true) => (StatusCode::CREATED, crate::edge::Json(release)).into_response(),
        Told::Release(release, false) => {
            (StatusCode::ALREADY_REPORTED, crate::edge::Json(release)).into_response()
        }
    })
}
