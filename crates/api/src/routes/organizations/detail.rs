//! `GET`, `PUT` and `DELETE /api/0/organizations/{org}/`: also while the organization waits to be deleted, so that it
//! can be brought back.

use axum::extract::State;
use http::Method;
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, class, organization_in_any_state},
    organizations::{self, Form},
};
use mortise_wire::organization::OrganizationDetail;

use crate::{
    Result,
    edge::{Accepted, Json},
    extract::{Anyone, Body, Query, Segments},
    openapi::OrgPath,
};

type Admitted = Anyone<class::Organization>;

/// One organization.
#[utoipa::path(get, path = "/api/0/organizations/{org}/", tag = "Organizations",
    params(OrgPath,
        ("detailed" = Option<String>, Query, description = "`0` leaves out teams and projects"),
        ("include_feature_flags" = Option<String>, Query, description = "`1` adds the features")),
    responses((status = 200, description = "The organization", body = OrganizationDetail)))]
pub(crate) async fn get_organization(
    admitted: Admitted,
    path: Segments,
    State(ctx): State<Ctx>,
    query: Query,
    method: Method,
) -> Result<Json<OrganizationDetail>> {
    // HEAD comes here, too: no class lists it, so that it is refused to superusers as well.
    let access = find(&ctx, admitted, &path, method.as_str()).await?;
    Ok(Json(organizations::get_organization(&ctx, &access, form(&query)).await?))
}

/// Changes an organization: what the body names.
#[utoipa::path(put, path = "/api/0/organizations/{org}/", tag = "Organizations", params(OrgPath),
    request_body = serde_json::Value,
    responses((status = 200, description = "The organization", body = OrganizationDetail)))]
pub(crate) async fn update_organization(
    admitted: Admitted,
    path: Segments,
    State(ctx): State<Ctx>,
    query: Query,
    body: Result<Body>,
) -> Result<Json<OrganizationDetail>> {
    let access = find(&ctx, admitted, &path, "PUT").await?;
    Ok(Json(organizations::update_organization(&ctx, access, &body?.0, form(&query)).await?))
}

/// Has an organization deleted; for a day it can be brought back.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/", tag = "Organizations", params(OrgPath),
    responses((status = 202, description = "The organization, waiting to be deleted", body = OrganizationDetail)))]
pub(crate) async fn delete_organization(
    admitted: Admitted,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Accepted<OrganizationDetail>> {
    let access = find(&ctx, admitted, &path, "DELETE").await?;
    Ok(Accepted(organizations::delete_organization(&ctx, access).await?))
}

async fn find(ctx: &Ctx, admitted: Admitted, path: &Segments, method: &str) -> Result<OrgAccess> {
    let required = class::Organization::CLASS.scopes(method).unwrap_or_default();
    Ok(organization_in_any_state(ctx, admitted.0, &path.get("org")?, required).await?)
}

fn form(query: &Query) -> Form {
    Form { children: query.one("detailed") != Some("0"), features: query.is_on("include_feature_flags") }
}
