//! `POST /api/0/organizations/{org}/teams/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::team::Team;

use crate::{
    Result,
    edge::Created,
    extract::{Body, Org},
    openapi::OrgPath,
};

/// Makes a team; a person who does joins it.
#[utoipa::path(post, path = "/api/0/organizations/{org}/teams/", tag = "Teams", params(OrgPath), request_body = serde_json::Value,
    responses((status = 201, description = "The team", body = Team)))]
pub(crate) async fn create_team(
    access: Org<class::OrganizationTeams>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<Team>> {
    Ok(Created(teams::create_team(&ctx, access.0, &body.0).await?))
}
