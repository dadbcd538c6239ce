//! `/api/0/organizations/{org}/releases/{version}/deploys/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    releases::{self, Place},
};
use mortise_wire::release::Deploy;

use crate::{
    Result,
    edge::{Created, Paged},
    extract::{Body, Org, Paging, Segments},
    openapi::OrgPath,
};

/// The deploys of a release, those that were done last first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/deploys/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release")),
    responses((status = 200, description = "The deploys", body = [Deploy])))]
pub(crate) async fn list_deploys(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    paging: Paging,
) -> Result<Paged<Vec<Deploy>>> {
    let (place, version) = (Place::Organization(&access), path.text("version")?);
    Ok(paging.answer(releases::list_deploys(&ctx, place, version, paging.request()?).await?))
}

/// Tells that a release was brought to an environment.
#[utoipa::path(post, path = "/api/0/organizations/{org}/releases/{version}/deploys/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release")),
    request_body = serde_json::Value,
    responses((status = 201, description = "The deploy", body = Deploy)))]
pub(crate) async fn create_deploy(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Created<Deploy>> {
    let (place, version) = (Place::Organization(&access), path.text("version")?);
    let body = Body::after(body, releases::require_writable(&ctx, place, version)).await?;
    Ok(Created(releases::create_deploy(&ctx, place, version, body.fields()).await?))
}
