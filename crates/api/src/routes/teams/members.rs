//! `GET /api/0/teams/{org}/{team}/members/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Paged,
    extract::{Paging, TeamOf},
    openapi::TeamPath,
};

/// The members of a team, by address, with their roles there.
#[utoipa::path(get, path = "/api/0/teams/{org}/{team}/members/", tag = "Teams", params(TeamPath),
    responses((status = 200, description = "The members", body = [Member])))]
pub(crate) async fn list_team_members(
    access: TeamOf<class::Team>,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<Member>>> {
    Ok(paging.answer(teams::list_members(&ctx, &access, &paging.request()?).await?))
}
