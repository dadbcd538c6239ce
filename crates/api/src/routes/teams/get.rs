//! `GET /api/0/teams/{org}/{team}/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    teams::{self, Form},
};
use mortise_wire::team::Team;

use crate::{
    Result,
    edge::Json,
    extract::{Query, TeamOf},
    openapi::TeamPath,
};

/// One team.
#[utoipa::path(get, path = "/api/0/teams/{org}/{team}/", tag = "Teams", params(TeamPath, ("expand" = Option<Vec<String>>, Query, description = "`projects`, `externalTeams`"), ("collapse" = Option<Vec<String>>, Query, description = "`organization`")),
    responses((status = 200, description = "The team", body = Team)))]
pub(crate) async fn get_team(
    access: TeamOf<class::Team>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Team>> {
    let expands = |name: &str| query.all("expand").any(|part| part == name);
    let form = Form {
        external_teams: expands("externalTeams"),
        organization: !query.all("collapse").any(|part| part == "organization"),
        projects: expands("projects"),
    };
    Ok(Json(teams::get_team(&ctx, &access, form).await?))
}
