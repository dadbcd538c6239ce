//! `/api/0/organizations/{org}/code-mappings/bulk/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, code_mappings};
use mortise_wire::code_mapping::BulkAnswer;

use crate::{
    Result,
    edge::Json,
    extract::{Body, Org},
    openapi::OrgPath,
};

/// Puts many code mappings of one project and repository.
#[utoipa::path(post, path = "/api/0/organizations/{org}/code-mappings/bulk/", tag = "Code mappings",
    params(OrgPath), request_body = serde_json::Value,
    responses((status = 200, description = "What became of each", body = BulkAnswer)))]
pub(crate) async fn put_code_mappings(
    access: Org<class::OrganizationCodeMappings>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Json<BulkAnswer>> {
    Ok(axum::Json(code_mappings::put_code_mappings(&ctx, &access, body.0.object()?).await?))
}
