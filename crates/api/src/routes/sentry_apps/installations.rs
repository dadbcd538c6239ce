//! `/api/0/organizations/{org}/sentry-app-installations/`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_domain::ScopeSet;
use mortise_service::{
    Ctx,
    access::{Permission, class},
    apps,
};
use mortise_wire::sentry_app::Installation;

use crate::routes::segment::OrgSegment;
use crate::{
    Result,
    edge::{Empty, Paged},
    extract::{Anyone, Body, Paging},
};

type Class = class::OrganizationIntegrations;

fn required(method: &str) -> ScopeSet {
    Class::CLASS.scopes(method).unwrap_or(ScopeSet::EMPTY)
}

#[utoipa::path(get, path = "/api/0/organizations/{org}/sentry-app-installations/", tag = "Sentry Apps",
    params(("org" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "What is installed, newest first", body = [Installation])))]
pub(crate) async fn list_installations(
    caller: Anyone<Class>,
    OrgSegment(org): OrgSegment,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<Installation>>> {
    let access = apps::org_for_installations(&ctx, caller.0, &org, required("GET")).await?;
    Ok(paging.answer(apps::list_installations(&ctx, &access, paging.request()?).await?))
}

#[utoipa::path(post, path = "/api/0/organizations/{org}/sentry-app-installations/", tag = "Sentry Apps",
    params(("org" = String, Path, description = "Id or slug")), request_body = Object,
    responses((status = 200, description = "The installation, new or present", body = Installation),
        (status = 404, description = "No such app for this organization; an empty body")))]
pub(crate) async fn install_app(
    caller: Anyone<Class>,
    OrgSegment(org): OrgSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Response> {
    let access = apps::org_for_installations(&ctx, caller.0, &org, required("POST")).await?;
    Ok(match apps::install_app(&ctx, &access, &body?.0).await? {
        Some(installation) => crate::edge::Json(installation).into_response(),
        None => Empty(StatusCode::NOT_FOUND).into_response(),
    })
}
