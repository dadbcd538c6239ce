//! What stands below a release: `commits/`, `commitfiles/`, `repositories/`, `previous-with-commits/`.

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    releases::{self, OfRepository, Place},
};
use mortise_wire::{
    release::{CommitFile, PreviousRelease},
    repository::{Commit, Repository},
};

use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Org, Paging, ProjectOf, Query, Segments},
    openapi::{OrgPath, ProjectPath},
};

/// The repository that a list is narrowed to.
fn of_repository(query: &Query) -> OfRepository<'_> {
    OfRepository {
        external_id: query.one("repo_id").unwrap_or_default(),
        name: query.one("repo_name").unwrap_or_default(),
    }
}

/// The newest release with commits that shares a project with this one and is no younger; it may be this one.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/previous-with-commits/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release")),
    responses((status = 200, description = "That release, or an empty object", body = PreviousRelease)))]
pub(crate) async fn get_previous_release(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<PreviousRelease>> {
    let (place, version) = (Place::Organization(&access), path.text("version")?);
    Ok(Json(releases::previous_with_commits(&ctx, place, version).await?))
}

/// The commits of a release, newest first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/commits/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release"),
        ("repo_name" = Option<String>, Query, description = "Only those of this repository"),
        ("repo_id" = Option<String>, Query, description = "Its id on the other side instead")),
    responses((status = 200, description = "The commits", body = [Commit])))]
pub(crate) async fn list_commits(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Commit>>> {
    let (place, version, of) = (Place::Organization(&access), path.text("version")?, of_repository(&query));
    Ok(paging.answer(releases::list_release_commits(&ctx, place, version, of, paging.request()?).await?))
}

/// The files that the commits of a release touched, by path.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/commitfiles/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release"),
        ("repo_name" = Option<String>, Query, description = "Only those of this repository"),
        ("repo_id" = Option<String>, Query, description = "Its id on the other side instead")),
    responses((status = 200, description = "The files", body = [CommitFile])))]
pub(crate) async fn list_commit_files(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<CommitFile>>> {
    let (place, version, of) = (Place::Organization(&access), path.text("version")?, of_repository(&query));
    Ok(paging.answer(releases::list_commit_files(&ctx, place, version, of, paging.request()?).await?))
}

/// The repositories that the commits of a release are in.
#[utoipa::path(get, path = "/api/0/organizations/{org}/releases/{version}/repositories/", tag = "Releases",
    params(OrgPath, ("version" = String, Path, description = "The version of the release")),
    responses((status = 200, description = "The repositories", body = [Repository])))]
pub(crate) async fn list_repositories(
    access: Org<class::OrganizationReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Vec<Repository>>> {
    Ok(Json(
        releases::list_release_repositories(&ctx, Place::Organization(&access), path.text("version")?)
            .await?,
    ))
}

/// The commits of a release of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/{version}/commits/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "The version of the release"),
        ("repo_name" = Option<String>, Query, description = "Only those of this repository"),
        ("repo_id" = Option<String>, Query, description = "Its id on the other side instead")),
    responses((status = 200, description = "The commits", body = [Commit])))]
pub(crate) async fn list_project_commits(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Commit>>> {
    let (place, version, of) = (Place::Project(&access), path.text("version")?, of_repository(&query));
    Ok(paging.answer(releases::list_release_commits(&ctx, place, version, of, paging.request()?).await?))
}

/// The files that the commits of a release of a project touched, by path.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/{version}/commitfiles/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "The version of the release"),
        ("repo_name" = Option<String>, Query, description = "Only those of this repository"),
        ("repo_id" = Option<String>, Query, description = "Its id on the other side instead")),
    responses((status = 200, description = "The files", body = [CommitFile])))]
pub(crate) async fn list_project_commit_files(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<CommitFile>>> {
    let (place, version, of) = (Place::Project(&access), path.text("version")?, of_repository(&query));
    Ok(paging.answer(releases::list_commit_files(&ctx, place, version, of, paging.request()?).await?))
}

/// The repositories that the commits of a release of a project are in.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/releases/{version}/repositories/", tag = "Releases",
    params(ProjectPath, ("version" = String, Path, description = "The version of the release")),
    responses((status = 200, description = "The repositories", body = [Repository])))]
pub(crate) async fn list_project_repositories(
    access: ProjectOf<class::ProjectReleases>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Vec<Repository>>> {
    Ok(Json(releases::list_release_repositories(&ctx, Place::Project(&access), path.text("version")?).await?))
}
