//! `/api/0/organizations/{org}/releases/` and `/api/0/projects/{org}/{proj}/releases/`

use axum::{extract::State, response::Response};
use http::HeaderMap;
use mortise_service::{
    Ctx,
    access::class,
    releases::{self, ListQuery, Place},
};
use mortise_wire::release::Release;

use super::{made, user_agent};
use crate::{
    Result,
    edge::Paged,
    extract::{Body, Org, Paging, ProjectOf, Query},
    openapi::{OrgPath, ProjectPath},
    routes::issues::scope,
};

/// The releases of an organization, newest first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/", tag = "Releases",
    params(OrgPath, ("query" = Option<String>, Query, description = "Only versions that contain this"),
        ("project" = Option<Vec<String>>, Query, description = "Ids of projects; -1 for all"),
        ("projectSlug" = Option<Vec<String>>, Query, description = "Their slugs instead"),
        ("environment" = Option<Vec<String>>, Query, description = "Names of environments"),
        ("status" = Option<String>, Query, description = "`open` (default), `archived` or empty for all"),
        ("statsPeriod" = Option<String>, Query, description = "Length of the window of time, such as `14d`"),
        ("start" = Option<String>, Query, description = "Start of the window of time"),
        ("end" = Option<String>, Query, description = "End of the window of time")),
    responses((status = 200, description = "The releases", body = [Release])))]
pub(crate) async fn list_releases(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Release>>> {
    let wanted = ListQuery {
        query: query.one("query").unwrap_or_default().to_owned(),
        status: query.one("status").map(str::to_owned),
        sort: query.one("sort").unwrap_or_default().to_owned(),
        scope: scope(&query),
    };
    Ok(paging.answer(releases::list_releases(&ctx, &access, &wanted, paging.request()?).await?))
}

/// Makes a release of projects, or adds to the one that is there.
#[utoipa::path(post, path = "/api/0/organizations/{org}/releases/", tag = "Releases", params(OrgPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The release", body = Release),
        (status = 208, description = "It was there in all of these projects", body = Release)))]
pub(crate) async fn create_release(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let place = Place::Organization(&access);
    Ok(made(releases::create_release(&ctx, place, body.fields(), user_agent(&headers)).await?))
}

/// The open releases of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/", tag = "Releases",
    params(ProjectPath, ("query" = Option<String>, Query, description = "Only versions that contain this"),
        ("environment" = Option<String>, Query, description = "Only those that were in this environment")),
    responses((status = 200, description = "The releases", body = [Release])))]
pub(crate) async fn list_project_releases(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Release>>> {
    let text = query.one("query").unwrap_or_default();
    let environment = query.one("environment");
    let page = releases::list_of_project(&ctx, &access, text, environment, paging.request()?).await?;
    Ok(paging.answer(page))
}

/// Makes a release of a project, or adds to the one that is there.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/releases/", tag = "Releases", params(ProjectPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The release", body = Release),
        (status = 208, description = "The project had it", body = Release)))]
pub(crate) async fn create_project_release(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let place = Place::Project(&access);
    Ok(made(releases::create_release(&ctx, place, body.fields(), user_agent(&headers)).await?))
}
