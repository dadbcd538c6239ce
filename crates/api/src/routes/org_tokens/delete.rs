//! `DELETE /api/0/organizations/{org}/org-auth-tokens/{token}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, tokens::org};

use crate::{
    Result,
    edge::NoContent,
    extract::{Org, Segments},
    openapi::OrgPath,
};

/// Ends a token of an organization.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/org-auth-tokens/{token}/", tag = "Tokens",
    params(OrgPath, ("token" = String, Path, description = "The id of the token")),
    responses((status = 204, description = "The token has ended")))]
pub(crate) async fn delete_org_token(
    access: Org<class::OrgAuthToken>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    org::deactivate(&ctx, &access, path.id("token")?).await?;
    Ok(NoContent)
}
