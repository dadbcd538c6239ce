//! `GET /api/0/organizations/`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use mortise_service::{
    Ctx,
    organizations::{self, ListRequest},
};
use mortise_wire::organization::OrganizationSummary;

use crate::{
    Result,
    extract::{Asker, Paging, Query},
};

/// The organizations that the caller sees, newest first. With `owner=1` those that the caller owns, each with whether
/// nobody else does.
#[utoipa::path(get, path = "/api/0/organizations/", tag = "Organizations",
    params(
        ("query" = Option<String>, Query,
            description = "`slug:`, `id:`, `email:`, `status:`, `member_id:`, `platform:` and free text"),
        ("sortBy" = Option<String>, Query, description = "`members`, `projects` or `events`"),
        ("member" = Option<String>, Query, description = "`1`: where the caller is a member; always so but for superusers"),
        ("owner" = Option<String>, Query, description = "`1`: what the caller owns"),
        ("show" = Option<String>, Query, description = "`all`: every organization, for superusers")),
    responses((status = 200, description = "The organizations", body = [OrganizationSummary])))]
pub(crate) async fn list_organizations(
    asker: Asker,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Response> {
    // Keys and tokens of organizations own nothing and see what is theirs.
    if query.is_on("owner") && asker.user.is_some() {
        return Ok(Json(organizations::list_owned(&ctx, &asker).await?).into_response());
    }
    let request = ListRequest {
        query: query.one("query").unwrap_or_default(),
        sort_by: query.one("sortBy"),
        all: query.one("show") == Some("all") && !query.is_on("member"),
    };
    let page = organizations::list_organizations(&ctx, &asker, &request, &paging.request()?).await?;
    Ok(paging.answer(page).into_response())
}
