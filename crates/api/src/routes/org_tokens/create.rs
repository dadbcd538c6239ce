//! `POST /api/0/organizations/{org}/org-auth-tokens/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, tokens::org};
use mortise_wire::token::OrgToken;

use crate::{
    Result,
    edge::Created,
    extract::{Body, Org},
    openapi::OrgPath,
};

/// Makes a token of an organization. Its text is in the answer and nowhere else.
#[utoipa::path(post, path = "/api/0/organizations/{org}/org-auth-tokens/", tag = "Tokens",
    params(OrgPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The new token", body = OrgToken)))]
pub(crate) async fn create_org_token(
    access: Org<class::OrgAuthToken>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<OrgToken>> {
    Ok(Created(org::create(&ctx, &access, body.fields()).await?))
}
