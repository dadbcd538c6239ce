//! `/api/0/organizations/{org}/releases/{version}/` and `/api/0/projects/{org}/{proj}/releases/{version}/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    releases::{self, Place},
};
use mortise_wire::release::Release;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, Org, ProjectOf, Segments},
    openapi::{OrgPath, ProjectPath},
};

/// A release.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "Its version")),
    responses((status = 200, description = "The release", body = Release)))]
pub(crate) async fn get_release(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Release>> {
    Ok(Json(releases::get_release(&ctx, Place::Organization(&access), path.text("version")?).await?))
}

/// Changes a release.
#[utoipa::path(put, path = "/api/0/organizations/{org}/releases/{version}/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "Its version")), request_body = serde_json::Value,
    responses((status = 200, description = "The release", body = Release)))]
pub(crate) async fn update_release(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Release>> {
    let (place, version) = (Place::Organization(&access), path.text("version")?);
    let body = Body::after(body, releases::require_writable(&ctx, place, version)).await?;
    Ok(Json(releases::update_release(&ctx, place, version, body.fields()).await?))
}

/// Removes a release, unless an issue was first seen in it.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/releases/{version}/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "Its version")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_release(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    releases::delete_release(&ctx, Place::Organization(&access), path.text("version")?).await?;
    Ok(NoContent)
}

/// A release of a project, with its issues and events there.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/{version}/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "Its version")),
    responses((status = 200, description = "The release", body = Release)))]
pub(crate) async fn get_project_release(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Release>> {
    Ok(Json(releases::get_release(&ctx, Place::Project(&access), path.text("version")?).await?))
}

/// Changes a release of a project.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/releases/{version}/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "Its version")), request_body = serde_json::Value,
    responses((status = 200, description = "The release", body = Release)))]
pub(crate) async fn update_project_release(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Release>> {
    let (place, version) = (Place::Project(&access), path.text("version")?);
    let body = Body::after(body, releases::require_writable(&ctx, place, version)).await?;
    Ok(Json(releases::update_release(&ctx, place, version, body.fields()).await?))
}

/// Removes a release of a project, unless an issue was first seen in it.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/releases/{version}/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "Its version")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_project_release(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    releases::delete_release(&ctx, Place::Project(&access), path.text("version")?).await?;
    Ok(NoContent)
}
