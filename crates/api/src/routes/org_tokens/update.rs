//! `PUT /api/0/organizations/{org}/org-auth-tokens/{token}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, tokens::org};

use crate::{
    Result,
    edge::NoContent,
    extract::{Body, Org, Segments},
    openapi::OrgPath,
};

/// Names a token of an organization.
#[utoipa::path(put, path = "/api/0/organizations/{org}/org-auth-tokens/{token}/", tag = "Tokens",
    params(OrgPath, ("token" = String, Path, description = "The id of the token")),
    request_body = serde_json::Value,
    responses((status = 204, description = "It has the name")))]
pub(crate) async fn rename_org_token(
    access: Org<class::OrgAuthToken>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<NoContent> {
    let id = path.id("token")?;
    let body = Body::after(body, org::get(&ctx, &access, id)).await?;
    org::rename(&ctx, &access, id, body.fields()).await?;
    Ok(NoContent)
}
