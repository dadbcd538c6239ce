//! Changing and removing an app, another secret for it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx,
    access::{Permission, class},
    apps,
};
use mortise_wire::{application::ClientSecret, sentry_app::SentryApp};

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::{Empty, Json},
    extract::{Anyone, JsonBody},
};

fn needed(method: &str) -> ScopeSet {
    class::SentryApp::CLASS.scopes(method).unwrap_or(ScopeSet::EMPTY)
}

/// Changes what the body names; null leaves things as they are.
#[utoipa::path(put, path = "/api/0/sentry-apps/{app}/", tag = "Sentry Apps", request_body = Object,
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The app as it is now", body = SentryApp)))]
pub(crate) async fn update_app(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
    body: Result<JsonBody>,
) -> Result<Json<SentryApp>> {
    let access = apps::app_for_changing(&ctx, caller.0, &app, needed("PUT")).await?;
    Ok(Json(apps::update_app(&ctx, &access, body?.0.as_ref()).await?))
}

#[utoipa::path(delete, path = "/api/0/sentry-apps/{app}/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 204, description = "Removed, everywhere it was installed"),
        (status = 403, description = "It is published")))]
pub(crate) async fn remove_app(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    let access = apps::app_for_changing(&ctx, caller.0, &app, needed("DELETE")).await?;
    apps::remove_app(&ctx, &access).await?;
    Ok(Empty(StatusCode::NO_CONTENT).into_response())
}

#[utoipa::path(post, path = "/api/0/sentry-apps/{app}/rotate-secret/", tag = "Sentry Apps",
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The new secret; the old one ends at once", body = ClientSecret)))]
pub(crate) async fn rotate_secret(
    caller: Anyone<class::AppSecret>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<ClientSecret>> {
    let access = apps::app_for_secret(&ctx, caller.0, &app).await?;
    Ok(Json(apps::rotate_secret(&ctx, &access).await?))
}
