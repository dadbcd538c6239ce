//! `GET /api/0/organizations/{org}/org-auth-tokens/{token}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, tokens::org};
use mortise_wire::token::OrgToken;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Segments},
    openapi::OrgPath,
};

/// One active token of an organization.
#[utoipa::path(get, path = "/api/0/organizations/{org}/org-auth-tokens/{token}/", tag = "Tokens",
    params(OrgPath, ("token" = String, Path, description = "The id of the token")),
    responses((status = 200, description = "The token", body = OrgToken)))]
pub(crate) async fn get_org_token(
    access: Org<class::OrgAuthToken>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<OrgToken>> {
    Ok(Json(org::get(&ctx, &access, path.id("token")?).await?))
}
