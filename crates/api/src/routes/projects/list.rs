//! `GET /api/0/projects/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::project::ProjectWithOrganization;

use crate::{
    Result,
    edge::Paged,
    extract::{Anyone, Paging, Query},
};

/// The projects of the caller in all organizations, newest first.
#[utoipa::path(get, path = "/api/0/projects/", tag = "Projects",
    params(("query" = Option<String>, Query, description = "`id:`, `slug:`, `name:`, `platform:`, `dsn:` and text")),
    responses((status = 200, description = "The projects", body = [ProjectWithOrganization])))]
pub(crate) async fn list_projects(
    caller: Anyone<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<ProjectWithOrganization>>> {
    let search = query.one("query").unwrap_or_default();
    let page = projects::list_all(&ctx, &caller, search, &paging.request()?).await?;
    Ok(paging.answer(page))
}
