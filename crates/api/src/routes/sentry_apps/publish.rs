//! `POST /api/0/sentry-apps/{app}/publish-request/`.

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

use crate::routes::segment::AppSegment;
use crate::{
    Result,
    edge::Empty,
    extract::{Anyone, Body},
};

/// `questionnaire` is a list of `{"question", "answer"}`.
#[utoipa::path(post, path = "/api/0/sentry-apps/{app}/publish-request/", tag = "Sentry Apps", request_body = Object,
    params(("app" = String, Path, description = "Id or slug")),
    responses((status = 201, description = "Asked; a superuser decides")))]
pub(crate) async fn request_publication(
    caller: Anyone<class::SentryApp>,
    AppSegment(app): AppSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let needed = class::SentryApp::CLASS.scopes("POST").unwrap_or(ScopeSet::EMPTY);
    let access = apps::app_for_changing(&ctx, caller.0, &app, needed).await?;
    match body {
        Ok(body) => apps::request_publication(&ctx, &access, &body.0).await?,
        // What is wrong with the app is said before what is wrong with the body.
        Err(error) => {
            apps::require_publishable(&ctx, &access).await?;
            return Err(error);
        }
    }
    Ok(Empty(StatusCode::CREATED).into_response())
}
