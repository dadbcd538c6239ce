//! `PUT /api/0/organizations/{org}/members/{member}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};
use mortise_wire::member::Member;

use crate::{
    Result,
    edge::Json,
    extract::{Body, Org, Segments},
    openapi::OrgPath,
};

/// Changes role and teams, or sends an invitation again.
#[utoipa::path(put, path = "/api/0/organizations/{org}/members/{member}/", tag = "Members", params(OrgPath, ("member" = String, Path, description = "An id, or `me`")), request_body = serde_json::Value,
    responses((status = 200, description = "The member", body = Member)))]
pub(crate) async fn update_member(
    access: Org<class::MemberDetail>,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<Member>> {
    let member = path.text("member")?;
    let body = Body::after(body, members::get_member(&ctx, &access, member, false)).await?;
    Ok(Json(members::update_member(&ctx, &access, member, &body.0).await?))
}
