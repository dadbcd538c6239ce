//! `GET`, `POST`, `PUT` and `DELETE /api/0/organizations/{org}/members/{member}/teams/{team}/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    teams::{self, Added},
};
use mortise_wire::{member::TeamMembership, team::Team};

use crate::{
    Result,
    edge::{Created, Empty, Json},
    extract::{Body, Org, Segments},
    openapi::OrgPath,
};

/// The role of a member in a team.
#[utoipa::path(get, path = "/api/0/organizations/{org}/members/{member}/teams/{team}/", tag = "Teams",
    params(OrgPath, ("member" = String, Path, description = "An id, or `me`"),
        ("team" = String, Path, description = "Slug or id of a team of the organization")),
    responses((status = 200, description = "The member's place in the team", body = TeamMembership)))]
pub(crate) async fn get_team_role(
    access: Org<class::MemberTeam>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<TeamMembership>> {
    let (member, team) = (path.text("member")?, path.text("team")?);
    Ok(Json(teams::get_member_role(&ctx, &access, member, team).await?))
}

/// Puts a member into a team. In an organization without open membership somebody who runs the team has to approve.
#[utoipa::path(post, path = "/api/0/organizations/{org}/members/{member}/teams/{team}/", tag = "Teams",
    params(OrgPath, ("member" = String, Path, description = "An id, or `me`"),
        ("team" = String, Path, description = "Slug or id of a team of the organization")),
    responses((status = 201, description = "The team", body = Team),
        (status = 202, description = "Somebody has to approve"), (status = 204, description = "A member already"),
        (status = 401, description = "A key or a token of an organization asks, who is nobody")))]
pub(crate) async fn join_team(
    access: Org<class::MemberTeam>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    if access.caller.user.is_none() {
        return Ok(Empty(StatusCode::UNAUTHORIZED).into_response());
    }
    let added = teams::add_member(&ctx, access.0, path.text("member")?, path.text("team")?).await?;
    Ok(match added {
        Added::Joined(team) => Created(*team).into_response(),
        Added::Already => Empty(StatusCode::NO_CONTENT).into_response(),
        Added::Requested => Empty(StatusCode::ACCEPTED).into_response(),
    })
}

/// Changes the role of a member in a team.
#[utoipa::path(put, path = "/api/0/organizations/{org}/members/{member}/teams/{team}/", tag = "Teams",
    params(OrgPath, ("member" = String, Path, description = "An id, or `me`"),
        ("team" = String, Path, description = "Slug or id of a team of the organization")),
    request_body = serde_json::Value,
    responses((status = 200, description = "The member's place in the team", body = TeamMembership)))]
pub(crate) async fn set_team_role(
    access: Org<class::MemberTeam>,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<TeamMembership>> {
    let (member, team) = (path.text("member")?, path.text("team")?);
    let body = Body::after(body, teams::get_member_role(&ctx, &access, member, team)).await?;
    Ok(Json(teams::set_member_role(&ctx, &access, member, team, &body.0).await?))
}

/// Takes a member out of a team.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/members/{member}/teams/{team}/", tag = "Teams",
    params(OrgPath, ("member" = String, Path, description = "An id, or `me`"),
        ("team" = String, Path, description = "Slug or id of a team of the organization")),
    responses((status = 200, description = "The team", body = Team)))]
pub(crate) async fn leave_team(
    access: Org<class::MemberTeam>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Team>> {
    Ok(Json(teams::remove_member(&ctx, access.0, path.text("member")?, path.text("team")?).await?))
}
