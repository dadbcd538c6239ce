//! `GET /api/0/teams/{org}/{team}/projects/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, projects};
use mortise_wire::project::ProjectSummary;

use crate::{
    Result,
    edge::Paged,
    extract::{Paging, TeamOf},
    openapi::TeamPath,
};

/// The projects of a team, by slug.
#[utoipa::path(get, path = "/api/0/teams/{org}/{team}/projects/", tag = "Projects", params(TeamPath),
    responses((status = 200, description = "The projects", body = [ProjectSummary])))]
pub(crate) async fn list_team_projects(
    access: TeamOf<class::TeamProject>,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<ProjectSummary>>> {
    let page = projects::list_of_team(&ctx, &access, &paging.request()?).await?;
    Ok(paging.answer(page))
}
