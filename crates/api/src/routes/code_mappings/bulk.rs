//! `/api/0/organizations/{org}/code-mappings/bulk/`

use axum::extract::State;
use http::StatusCode;
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
    responses((status = 200, description = "What became of each", body = BulkAnswer),
        (status = 207, description = "Some could not be stored", body = BulkAnswer)))]
pub(crate) async fn put_code_mappings(
    access: Org<class::OrganizationCodeMappings>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<(StatusCode, Json<BulkAnswer>)> {
    let answer = code_mappings::put_code_mappings(&ctx, &access, body.0.object_of_either_case()?).await?;
    let status = if answer.errors > 0 { StatusCode::MULTI_STATUS } else { StatusCode::OK };
    Ok((status, Json(answer)))
}
