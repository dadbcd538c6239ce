//! `GET /api/0/projects/{org}/{proj}/keys/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, keys};
use mortise_wire::key::ProjectKey;

use crate::{
    Result,
    edge::Paged,
    extract::{Paging, ProjectOf, Query},
    openapi::ProjectPath,
};

/// The client keys of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/keys/", tag = "Client keys",
    params(ProjectPath, ("status" = Option<String>, Query, description = "`active` or `inactive`")),
    responses((status = 200, description = "The keys", body = [ProjectKey])))]
pub(crate) async fn list_keys(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<ProjectKey>>> {
    let page = keys::list(&ctx, &access, query.one("status"), paging.request()?).await?;
    Ok(paging.answer(page))
}
