//! `/api/0/organizations/{org}/repos/{repository}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, repositories};
use mortise_wire::repository::{Commit, Repository};

use crate::{
    Result,
    edge::{Accepted, Json, Paged},
    extract::{Body, Org, Paging, Segments},
    openapi::OrgPath,
};

/// Changes the state of a repository.
#[utoipa::path(put, path = "/api/0/organizations/{org}/repos/{repository}/", tag = "Repositories",
    params(OrgPath, ("repository" = String, Path, description = "Its id")), request_body = serde_json::Value,
    responses((status = 200, description = "The repository", body = Repository)))]
pub(crate) async fn update_repository(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Repository>> {
    let id = path.text("repository")?;
    let body = Body::after(body, repositories::require_repository(&ctx, &access, id)).await?;
    Ok(Json(repositories::change_repository(&ctx, &access, id, body.fields()).await?))
}

/// Plans the deletion of a repository.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/repos/{repository}/", tag = "Repositories",
    params(OrgPath, ("repository" = String, Path, description = "Its id")),
    responses((status = 202, description = "The repository", body = Repository)))]
pub(crate) async fn remove_repository(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Accepted<Repository>> {
    Ok(Accepted(repositories::remove_repository(&ctx, &access, path.text("repository")?).await?))
}

/// The commits of a repository, newest first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/repos/{repository}/commits/", tag = "Repositories",
    params(OrgPath, ("repository" = String, Path, description = "Its id")),
    responses((status = 200, description = "The commits", body = [Commit])))]
pub(crate) async fn list_commits(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    path: Segments,
    paging: Paging,
) -> Result<Paged<Vec<Commit>>> {
    let id = path.text("repository")?;
    Ok(paging.answer(repositories::list_commits(&ctx, &access, id, paging.request()?).await?))
}
