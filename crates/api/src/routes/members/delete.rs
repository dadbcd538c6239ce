//! `DELETE /api/0/organizations/{org}/members/{member}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, members};

use crate::{
    Result,
    edge::NoContent,
    extract::{Org, Segments},
    openapi::OrgPath,
};

/// Removes a member, takes back an invitation, or leaves.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/members/{member}/", tag = "Members", params(OrgPath, ("member" = String, Path, description = "An id, or `me`")),
    responses((status = 204, description = "No longer a member")))]
pub(crate) async fn remove_member(
    access: Org<class::MemberDetail>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    members::remove_member(&ctx, &access, path.text("member")?).await?;
    Ok(NoContent)
}
