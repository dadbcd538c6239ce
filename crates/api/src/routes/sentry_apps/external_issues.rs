//! Links between issues and items of an app: made by asking the app, or by whoever knows the item.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    apps::{
        self, Use,
        components::{self, IssueAction},
    },
};
use mortise_wire::sentry_app::ExternalIssue;

use crate::{
    Result,
    edge::Empty,
    extract::{Asker, Body, Segments},
};

/// Every key of the body besides the three that are named becomes a field of what the app is sent.
#[utoipa::path(post, path = "/api/0/sentry-app-installations/{uuid}/external-issue-actions/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")), request_body = Object,
    responses((status = 200, description = "The link to the item that the app made or chose", body = ExternalIssue),
        (status = 400, description = "groupId, action or uri is missing (an empty body), or the app failed"),
        (status = 404, description = "No such issue; an empty body")))]
pub(crate) async fn act_on_issue(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Act).await?;
    let Some(action) = IssueAction::read(&body?.0) else {
        return Ok(Empty(StatusCode::BAD_REQUEST).into_response());
    };
    Ok(link_or_missing(components::act_on_issue(&ctx, &access, action).await?))
}

#[utoipa::path(post, path = "/api/0/sentry-app-installations/{uuid}/external-issues/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation")), request_body = Object,
    responses((status = 200, description = "The link, new or changed", body = ExternalIssue),
        (status = 404, description = "No such issue; an empty body")))]
pub(crate) async fn put_external_issue(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Link).await?;
    Ok(link_or_missing(components::put_external_issue(&ctx, &access, &body?.0).await?))
}

#[utoipa::path(delete, path = "/api/0/sentry-app-installations/{uuid}/external-issues/{link}/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "The uuid of the installation"),
        ("link" = String, Path, description = "The id of the link")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such link; an empty body")))]
pub(crate) async fn remove_external_issue(
    asker: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Empty> {
    let access = apps::installation_for(&ctx, asker.0, path.text("uuid")?, Use::Unlink).await?;
    Ok(match components::remove_external_issue(&ctx, &access, path.text("link")?).await? {
        true => Empty(StatusCode::NO_CONTENT),
        false => Empty(StatusCode::NOT_FOUND),
    })
}

fn link_or_missing(link: Option<ExternalIssue>) -> Response {
    match link {
        Some(link) => crate::edge::Json(link).into_response(),
        None => Empty(StatusCode::NOT_FOUND).into_response(),
    }
}
