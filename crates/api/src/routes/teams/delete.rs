//! `DELETE /api/0/teams/{org}/{team}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, teams};

use crate::{Result, edge::NoContent, extract::TeamOf, openapi::TeamPath};

/// Deletes a team; its slug is free at once.
#[utoipa::path(delete, path = "/api/0/teams/{org}/{team}/", tag = "Teams", params(TeamPath),
    responses((status = 204, description = "The team is gone")))]
pub(crate) async fn delete_team(access: TeamOf<class::Team>, State(ctx): State<Ctx>) -> Result<NoContent> {
    teams::delete_team(&ctx, &access).await?;
    Ok(NoContent)
}
