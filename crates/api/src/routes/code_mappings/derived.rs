//! `/api/0/organizations/{org}/derive-code-mappings/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use mortise_service::{Ctx, access::class, code_mappings};
use mortise_wire::code_mapping::{CodeMapping, DerivedMapping};

use crate::{
    Result,
    edge::{Created, NoContent},
    extract::{Body, Org, Query},
    openapi::OrgPath,
};

/// The files of repositories that a frame can come from.
#[utoipa::path(get, path = "/api/0/organizations/{org}/derive-code-mappings/", tag = "Code mappings",
    params(OrgPath, ("stacktraceFilename" = Option<String>, Query, description = "The file of the frame")),
    responses((status = 200, description = "The files", body = [DerivedMapping]),
        (status = 204, description = "There is none")))]
pub(crate) async fn list_derived_mappings(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Response> {
    let file = query.one("stacktraceFilename").unwrap_or_default();
    let found = code_mappings::list_derived_mappings(&ctx, &access, file).await?;
    let none = found.is_empty();
    Ok(if none { NoContent.into_response() } else { crate::edge::Json(found).into_response() })
}

/// Stores a code mapping that was proposed.
#[utoipa::path(post, path = "/api/0/organizations/{org}/derive-code-mappings/", tag = "Code mappings",
    params(OrgPath), request_body = serde_json::Value,
    responses((status = 201, description = "The mapping", body = CodeMapping)))]
pub(crate) async fn create_derived_mapping(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Created<CodeMapping>> {
    let sent = body.and_then(|body| Ok(body.0.object()?));
    let sent = Body::after(sent, code_mappings::require_derivable(&ctx, &access)).await?;
    Ok(Created(code_mappings::create_derived_mapping(&ctx, &access, sent).await?))
}
