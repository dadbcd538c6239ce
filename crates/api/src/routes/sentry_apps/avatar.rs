//! Pictures of apps.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx,
    access::{Permission, class},
    apps,
};
use mortise_wire::sentry_app::SentryApp;

use crate::{
    Result,
    edge::Json,
    extract::{Anyone, Body, Query},
    routes::{photo, segment::AppSegment},
};

#[utoipa::path(get, path = "/api/0/sentry-apps/{app}/avatar/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The app with its pictures", body = SentryApp)))]
pub(crate) async fn get_avatar(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<SentryApp>> {
    let access = apps::app_for_reading(&ctx, caller.0, &app).await?;
    Ok(Json(apps::get_app(&ctx, &access).await?))
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
    Ok(Json(apps::set_avatar(&ctx, &access, &body?.0).await?))
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
    photo::answer(&query, &headers, |side| apps::avatar_photo(&ctx, &ident, side)).await
}
