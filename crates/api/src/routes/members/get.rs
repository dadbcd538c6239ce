//! `GET /api/0/organizations/{org}/members/{member}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Query, Segments},
    openapi::OrgPath,
};

/// One member or invitation.
#[utoipa::path(get, path = "/api/0/organizations/{org}/members/{member}/", tag = "Members", params(OrgPath, ("member" = String, Path, description = "An id, or `me`"), ("expand" = Option<Vec<String>>, Query, description = "`externalUsers`")),
    responses((status = 200, description = "The member", body = Member)))]
pub(crate) async fn get_member(
    access: Org<class::MemberDetail>,
    path: Segments,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Member>> {
    let expand = query.all("expand").any(|part| part == "externalUsers");
    Ok(Json(members::get_member(&ctx, &access, path.text("member")?, expand).await?))
}
