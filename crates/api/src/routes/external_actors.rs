//! The names that users and teams have at other services.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    external_actors::{self as actors, Added},
};
use mortise_wire::external_actor::ExternalActor;
use utoipa_axum::routes;

use crate::{
    Result, Routes,
    edge::{Empty, Json, NoContent},
    extract::{Body, Org, Segments, TeamOf},
    openapi::{OrgPath, TeamPath},
};

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Organization>(routes!(add_external_user));
    r.class::<class::Organization>(routes!(update_external_user, remove_external_user));
    r.class::<class::Team>(routes!(add_external_team));
    r.class::<class::Team>(routes!(update_external_team, remove_external_team));
}

fn answer(added: Added) -> Response {
    let status = if added.is_new { StatusCode::CREATED } else { StatusCode::OK };
    match added.actor {
        Some(actor) => (status, Json(actor)).into_response(),
        None => Empty(status).into_response(),
    }
}

/// Notes the name of a member: `userId`, `externalName`, `provider`, `integrationId`, `externalId`.
#[utoipa::path(post, path = "/api/0/organizations/{org}/external-users/", tag = "Integrations", params(OrgPath),
    request_body = Object, responses((status = 201, description = "The name", body = ExternalActor),
        (status = 200, description = "It was there; no body when it is that of a team", body = ExternalActor)))]
pub(crate) async fn add_external_user(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let body = Body::after(body, async { actors::require_feature(&access) }).await?;
    Ok(answer(actors::add_external_user(&ctx, &access, &body.0).await?))
}

/// Changes the name of a member.
#[utoipa::path(put, path = "/api/0/organizations/{org}/external-users/{external}/", tag = "Integrations",
    params(OrgPath, ("external" = String, Path, description = "Its id")), request_body = Object,
    responses((status = 200, description = "The name", body = ExternalActor)))]
pub(crate) async fn update_external_user(
    access: Org<class::Organization>,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<ExternalActor>> {
    let id = path.text("external")?;
    let body = Body::after(body, actors::require_external_actor(&ctx, &access, id)).await?;
    let changed = actors::update_external_user(&ctx, &access, id, &body.0).await?;
    Ok(Json(changed))
}

/// Forgets the name of a member.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/external-users/{external}/", tag = "Integrations",
    params(OrgPath, ("external" = String, Path, description = "Its id")),
    responses((status = 204, description = "Forgotten")))]
pub(crate) async fn remove_external_user(
    access: Org<class::Organization>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    actors::remove_external_actor(&ctx, &access, path.text("external")?).await?;
    Ok(NoContent)
}

/// Notes the name of a team: `externalName`, `provider`, `integrationId`, `externalId`.
#[utoipa::path(post, path = "/api/0/teams/{org}/{team}/external-teams/", tag = "Integrations", params(TeamPath),
    request_body = Object, responses((status = 201, description = "The name", body = ExternalActor),
        (status = 200, description = "It was there; no body when it is that of a user", body = ExternalActor)))]
pub(crate) async fn add_external_team(
    access: TeamOf<class::Team>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let body = Body::after(body, async { actors::require_feature(&access.org) }).await?;
    Ok(answer(actors::add_external_team(&ctx, &access, &body.0).await?))
}

/// Changes the name of a team, and makes it the one of this team.
#[utoipa::path(put, path = "/api/0/teams/{org}/{team}/external-teams/{external}/", tag = "Integrations",
    params(TeamPath, ("external" = String, Path, description = "Its id")), request_body = Object,
    responses((status = 200, description = "The name", body = ExternalActor)))]
pub(crate) async fn update_external_team(
    access: TeamOf<class::Team>,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<ExternalActor>> {
    let id = path.text("external")?;
    let body = Body::after(body, actors::require_external_actor(&ctx, &access.org, id)).await?;
    let changed = actors::update_external_team(&ctx, &access, id, &body.0).await?;
    Ok(Json(changed))
}

/// Forgets the name of a team.
#[utoipa::path(delete, path = "/api/0/teams/{org}/{team}/external-teams/{external}/", tag = "Integrations",
    params(TeamPath, ("external" = String, Path, description = "Its id")),
    responses((status = 204, description = "Forgotten")))]
pub(crate) async fn remove_external_team(
    access: TeamOf<class::Team>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    actors::remove_external_actor(&ctx, &access.org, path.text("external")?).await?;
    Ok(NoContent)
}
