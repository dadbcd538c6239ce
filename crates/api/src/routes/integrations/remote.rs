//! What the other side of an integration has: `/api/0/organizations/{org}/integrations/{integration}/...`

use axum::extract::State;
use http::StatusCode;
use mortise_service::{Ctx, access::class, integrations};
use mortise_wire::integration::{RemoteFunction, RemoteRepositories};

use crate::{
    Result,
    edge::{Empty, Json},
    extract::{Body, Org, Query, Segments},
    openapi::OrgPath,
};

/// The repositories that an integration sees and that were not added yet.
#[utoipa::path(get, path = "/api/0/organizations/{org}/integrations/{integration}/repos/", tag = "Integrations",
    params(OrgPath, ("integration" = String, Path, description = "Its id"),
        ("search" = Option<String>, Query, description = "Only those that match, where they are found by typing")),
    responses((status = 200, description = "The repositories", body = RemoteRepositories)))]
pub(crate) async fn list_remote_repositories(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
) -> Result<Json<RemoteRepositories>> {
    let id = path.text("integration")?;
    let found = integrations::list_remote_repositories(&ctx, &access, id, query.one("search")).await?;
    Ok(Json(found))
}

/// Lets the integration take over from the legacy plugin for the same other side, in all projects that use it: it ignores
/// the same fields, and the plugin is switched off.
#[utoipa::path(put, path = "/api/0/organizations/{org}/integrations/{integration}/issues/", tag = "Integrations",
    params(OrgPath, ("integration" = String, Path, description = "Its id")),
    responses((status = 204, description = "Done"), (status = 400, description = "It does not")))]
pub(crate) async fn migrate_issues(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Empty> {
    let can = integrations::migrate_issues(&ctx, &access, path.text("integration")?).await?;
    Ok(Empty(if can { StatusCode::NO_CONTENT } else { StatusCode::BAD_REQUEST }))
}

/// Moves what projects set of the legacy plugin for Opsgenie into the integration, where it is one of Opsgenie.
#[utoipa::path(put, path = "/api/0/organizations/{org}/integrations/{integration}/migrate-opsgenie/",
    tag = "Integrations", params(OrgPath, ("integration" = String, Path, description = "Its id")),
    responses((status = 202, description = "Done"), (status = 400, description = "It is not one of Opsgenie")))]
pub(crate) async fn migrate_opsgenie(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Empty> {
    let can = integrations::migrate_opsgenie(&ctx, &access, path.text("integration")?).await?;
    Ok(Empty(if can { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST }))
}

/// The functions that an integration sees.
#[utoipa::path(get, path = "/api/0/organizations/{org}/integrations/{integration}/serverless-functions/",
    tag = "Integrations", params(OrgPath, ("integration" = String, Path, description = "Its id")),
    responses((status = 200, description = "The functions", body = [RemoteFunction])))]
pub(crate) async fn list_functions(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Vec<RemoteFunction>>> {
    Ok(Json(integrations::list_functions(&ctx, &access, path.text("integration")?).await?))
}

/// Adds our layer to a function, takes it away or brings it up to date: `action` and `target`.
#[utoipa::path(post, path = "/api/0/organizations/{org}/integrations/{integration}/serverless-functions/",
    tag = "Integrations", params(OrgPath, ("integration" = String, Path, description = "Its id")),
    request_body = Object, responses((status = 200, description = "The function", body = RemoteFunction)))]
pub(crate) async fn change_function(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<RemoteFunction>> {
    let id = path.text("integration")?;
    let body = Body::after(body, integrations::require_functions(&ctx, &access, id)).await?;
    Ok(Json(integrations::change_function(&ctx, &access, id, &body.0).await?))
}
