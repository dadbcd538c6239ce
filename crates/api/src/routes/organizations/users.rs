//! `GET /api/0/organizations/{org}/users/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Query},
    openapi::OrgPath,
};

/// The members with an account who are in a team of the selected projects, each with those projects. Not paged.
#[utoipa::path(get, path = "/api/0/organizations/{org}/users/", tag = "Members",
    params(OrgPath, ("project" = Option<Vec<i64>>, Query, description = "Ids; `-1` for all; the caller's own if absent"),
        ("projectSlug" = Option<Vec<String>>, Query, description = "Their slugs instead")),
    responses((status = 200, description = "The members", body = [Member])))]
pub(crate) async fn list_organization_users(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<Member>>> {
    Ok(Json(members::list_with_projects(&ctx, &access, &query.projects()).await?))
}
