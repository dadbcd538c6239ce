//! `POST /api/0/organizations/{org}/integration-requests/`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    integrations::{self, Requested},
};
use serde_json::json;
use utoipa_axum::routes;

use crate::{
    Result, Routes,
    edge::Empty,
    extract::{Body, Org},
    openapi::OrgPath,
};

const NEEDLESS: &str = "User can install integration";

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::IntegrationRequest>(routes!(request_installation));
}

/// `providerType` is `first_party` or `sentry_app`; `providerSlug` names what is wanted, `message` says why.
#[utoipa::path(post, path = "/api/0/organizations/{org}/integration-requests/", tag = "Integrations",
    params(OrgPath), request_body = Object,
    responses((status = 200, description = "Who asks may install it", body = Object),
        (status = 201, description = "The owners are asked")))]
pub(crate) async fn request_installation(
    access: Org<class::IntegrationRequest>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Response> {
    Ok(match integrations::request_installation(&ctx, &access, &body.0).await? {
        Requested::Needless => Json(json!({ "detail": NEEDLESS })).into_response(),
        Requested::Passed => Empty(StatusCode::CREATED).into_response(),
    })
}
