//! `GET /api/0/organizations/{org}/members/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Paged,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// Members and pending invitations, by address.
#[utoipa::path(get, path = "/api/0/organizations/{org}/members/", tag = "Members", params(OrgPath, ("query" = Option<String>, Query, description = "`email:`, `id:`, `user.id:`, `scope:`, `role:`, `isInvited:`, `ssoLinked:`, `has2fa:`, `hasExternalUsers:` and free text"), ("expand" = Option<Vec<String>>, Query, description = "`externalUsers`")),
    responses((status = 200, description = "The members", body = [Member])))]
pub(crate) async fn list_members(
    access: Org<class::Member>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Member>>> {
    let expand = query.all("expand").any(|part| part == "externalUsers");
    let text = query.one("query").unwrap_or_default();
    let page = members::list_members(&ctx, &access, text, expand, &paging.request()?).await?;
    Ok(paging.answer(page))
}
