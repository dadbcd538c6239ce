//! `GET /api/0/organizations/{org}/access-requests/` and `PUT ../{request}/`

use axum::extract::State;
use mortise_domain::Id;
use mortise_service::{Ctx, access::class, teams};
use mortise_wire::team::AccessRequest;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, Org, Segments},
    openapi::OrgPath,
};

/// The wishes to join teams that the caller may answer.
#[utoipa::path(get, path = "/api/0/organizations/{org}/access-requests/", tag = "Teams", params(OrgPath),
    responses((status = 200, description = "The wishes", body = [AccessRequest])))]
pub(crate) async fn list_access_requests(
    access: Org<class::MemberTeam>,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<AccessRequest>>> {
    Ok(Json(teams::list_requests(&ctx, &access).await?))
}

/// Lets a member into a team, or not (`isApproved`).
#[utoipa::path(put, path = "/api/0/organizations/{org}/access-requests/{request}/", tag = "Teams",
    params(OrgPath, ("request" = String, Path, description = "The id of the wish")),
    request_body = serde_json::Value, responses((status = 204, description = "Answered")))]
pub(crate) async fn answer_access_request(
    access: Org<class::MemberTeam>,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<NoContent> {
    let id: Id<AccessRequest> = path.id("request")?;
    teams::answer_request(&ctx, &access, id.get(), &body.0).await?;
    Ok(NoContent)
}
