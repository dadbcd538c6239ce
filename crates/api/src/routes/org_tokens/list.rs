//! `GET /api/0/organizations/{org}/org-auth-tokens/`

use axum::{extract::State, response::Response};
use mortise_service::{Ctx, access::class, tokens::org};
use mortise_wire::token::OrgToken;

use crate::{
    Result,
    edge::{Json, uncached},
    extract::Org,
    openapi::OrgPath,
};

/// The active tokens of an organization.
#[utoipa::path(get, path = "/api/0/organizations/{org}/org-auth-tokens/", tag = "Tokens",
    params(OrgPath),
    responses((status = 200, description = "The tokens", body = [OrgToken])))]
pub(crate) async fn list_org_tokens(
    access: Org<class::OrgAuthToken>,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    Ok(uncached(&ctx, Json(org::list(&ctx, &access).await?)))
}
