//! `GET /api/0/organizations/{org}/user-teams/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::team::Team;

use crate::{Result, edge::Json, extract::Org, openapi::OrgPath};

/// The teams that the caller is in.
#[utoipa::path(get, path = "/api/0/organizations/{org}/user-teams/", tag = "Teams", params(OrgPath),
    responses((status = 200, description = "The teams", body = [Team])))]
pub(crate) async fn list_user_teams(
    access: Org<class::OrganizationRead>,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<Team>>> {
    Ok(Json(teams::list_own_teams(&ctx, &access).await?))
}
