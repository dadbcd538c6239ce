//! `/api/0/sentry-app-installations/{uuid}/`, and the tokens of an installation.

use std::convert::Infallible;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, StatusCode, header};
use mortise_service::{
    Ctx,
    apps::{self, Use},
};
use mortise_wire::{sentry_app::Installation, token::Token};

use crate::{
    Error, Result,
    edge::{Created, Empty, Json, endpoint::method_not_allowed},
    extract::{Asker, Body, JsonBody, Segments},
};

#[utoipa::path(get, path = "/api/0/sentry-app-installations/{uuid}/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")),
    responses((status = 200, description = "The installation", body = Installation)))]
pub(crate) async fn get_installation(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Installation>> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Read).await?;
    Ok(Json(apps::get_installation(&ctx, &access).await?))
}

/// Confirms an installation, with a token of the app itself.
#[utoipa::path(put, path = "/api/0/sentry-app-installations/{uuid}/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")), request_body = Object,
    responses((status = 200, description = "The installation", body = Installation)))]
pub(crate) async fn confirm_installation(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<Installation>> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Confirm).await?;
    Ok(Json(apps::confirm_installation(&ctx, &access, &body?.0).await?))
}

#[utoipa::path(delete, path = "/api/0/sentry-app-installations/{uuid}/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")),
    responses((status = 204, description = "Uninstalled; the app is told")))]
pub(crate) async fn uninstall(asker: Asker, path: Segments, State(ctx): State<Ctx>) -> Result<Response> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::End).await?;
    apps::uninstall(&ctx, &access).await?;
    Ok(Empty(StatusCode::NO_CONTENT).into_response())
}

/// Exchanges the code of a grant or a refresh token for a token. The app proves who it is in the body, or with a client
/// assertion as its bearer token.
#[utoipa::path(post, path = "/api/0/sentry-app-installations/{uuid}/authorizations/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")), request_body = Object,
    responses((status = 201, description = "The token and what it is refreshed with", body = Token),
        (status = 401, description = "The client id and secret are wrong"),
        (status = 403, description = "The code or the refresh token is not good")))]
pub(crate) async fn exchange(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    body: Result<Body, Error>,
) -> Result<Created<Token>> {
    // Only JSON is read here; anything else counts as no body.
    let body = body.ok();
    let body = body.as_ref().and_then(Body::json);
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer =
        bearer.and_then(|text| text.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    let (uuid, bearer) = (path.text("uuid")?, bearer.map(|(_, text)| text.trim()));
    Ok(Created(apps::exchange(&ctx, &asker.0.client, uuid, body, bearer).await?))
}

/// Answers the methods that have no handler beside [`exchange`]: the app has to prove who it is first.
pub(crate) async fn refuse_method(
    path: Segments,
    method: Method,
    State(ctx): State<Ctx>,
    JsonBody(body): JsonBody,
) -> Result<Infallible> {
    apps::recognize(&ctx, path.text("uuid")?, body.as_ref()).await?;
    Err(method_not_allowed(&method))
}
