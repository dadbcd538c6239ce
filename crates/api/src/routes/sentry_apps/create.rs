//! `POST /api/0/sentry-apps/`.

use axum::extract::State;
use mortise_service::{Ctx, access::class, apps};
use mortise_wire::sentry_app::SentryApp;

use crate::{
    Error, Result,
    edge::Created,
    extract::{Anyone, Body},
};

#[utoipa::path(post, path = "/api/0/sentry-apps/", tag = "Sentry Apps", request_body = Object,
    responses((status = 201, description = "The new app, without its credentials", body = SentryApp)))]
pub(crate) async fn create_app(
    caller: Anyone<class::SentryApps>,
    State(ctx): State<Ctx>,
    body: Result<Body, Error>,
) -> Result<Created<SentryApp>> {
    // Only JSON is read here; anything else counts as no body.
    let body = body.ok();
    Ok(Created(apps::create_app(&ctx, &caller, body.as_ref().and_then(Body::json)).await?))
}
