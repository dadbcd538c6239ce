//! `GET /api/0/organizations/{org}/teams/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::team::Team;

use crate::{
    Result,
    edge::Paged,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// The teams of an organization, by slug.
#[utoipa::path(get, path = "/api/0/organizations/{org}/teams/", tag = "Teams", params(OrgPath, ("query" = Option<String>, Query, description = "`slug:`, `id:`, `query:`, `hasExternalTeams:` and free text"), ("detailed" = Option<String>, Query, description = "`0` leaves out projects and teams at other services")),
    responses((status = 200, description = "The teams", body = [Team])))]
pub(crate) async fn list_teams(
    access: Org<class::OrganizationTeams>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Team>>> {
    let is_detailed = query.one("detailed") != Some("0");
    let text = query.one("query").unwrap_or_default();
    let page = teams::list_teams(&ctx, &access, text, is_detailed, &paging.request()?).await?;
    Ok(paging.answer(page))
}
