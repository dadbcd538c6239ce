//! Pictures of apps.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx, Error as Refusal,
    access::{Permission, class},
    apps,
};
use mortise_wire::sentry_app::SentryApp;

use super::segment::AppSegment;
use crate::{
    Result,
    edge::{Empty, Json},
    extract::{Anyone, Body, Query},
};

/// A photo never changes under its name.
const FOREVER: &str = "max-age=315360000";

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/avatar/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The app with its pictures", body = SentryApp)))]
pub(crate) async fn get_avatar(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<SentryApp>> {
    let access = apps::app_for_reading(&ctx, caller.0, &app).await?;
    Ok(axum::Json(apps::get_app(&ctx, &access).await?))
}

/// `color`, `avatar_type` (`default`, `upload`), and `avatar_photo`: a PNG in base64.
#[utoipa::path(put, path = "/api/0/sentry-apps/{app}/avatar/", tag = "Sentry Apps", request_body = Object,
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The app with its pictures", body = SentryApp),
        (status = 413, description = "The photo is larger than 5,000,000 bytes")))]
pub(crate) async fn set_avatar(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<SentryApp>> {
    let needed = class::SentryApp::CLASS.scopes("PUT").unwrap_or(ScopeSet::EMPTY);
    let access = apps::app_for_changing(&ctx, caller.0, &app, needed).await?;
    Ok(axum::Json(apps::set_avatar(&ctx, &access, &body?.0).await?))
}

/// The photo for browsers: anybody may see it.
#[utoipa::path(get, path = "/sentry-app-avatar/{ident}/", tag = "Sentry Apps",
    params(("ident" = String, Path, description = "`avatarUuid`"),
        ("s" = Option<i64>, Query, description = "Pixels; the nearest size there is")),
    responses((status = 200, description = "The picture as PNG"), (status = 404, description = "There is none")))]
pub(crate) async fn get_photo(
    Path(ident): Path<String>,
    query: Query,
    headers: HeaderMap,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let asked = query.one("s").filter(|text| !text.is_empty());
    let side = asked.map(|text| text.trim().parse::<i64>());
    let photo = match apps::avatar_photo(&ctx, &ident, side.clone().and_then(Result::ok)).await {
        Err(Refusal::NotFound) => return Ok(Empty(StatusCode::NOT_FOUND).into_response()),
        found => found?,
    };
    if side.is_some_and(|side| side.is_err()) {
        return Ok(Empty(StatusCode::BAD_REQUEST).into_response());
    }
    let origin = headers.get(header::ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::VARY, HeaderValue::from_static("Origin")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, photo).into_response())
}
