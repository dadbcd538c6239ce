//! `PUT /api/0/teams/{org}/{team}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::team::Team;

use crate::{
    Result,
    edge::Json,
    extract::{Body, TeamOf},
    openapi::TeamPath,
};

/// Changes slug and name.
#[utoipa::path(put, path = "/api/0/teams/{org}/{team}/", tag = "Teams", params(TeamPath), request_body = serde_json::Value,
    responses((status = 200, description = "The team", body = Team)))]
pub(crate) async fn update_team(
    access: TeamOf<class::Team>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Json<Team>> {
    Ok(Json(teams::update_team(&ctx, &access, &body.0).await?))
}
