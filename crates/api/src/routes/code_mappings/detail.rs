//! `/api/0/organizations/{org}/code-mappings/{mapping}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, code_mappings};
use mortise_wire::code_mapping::{CodeMapping, RemoteOwners};

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, Org, Segments},
    openapi::OrgPath,
};

/// Replaces what a code mapping says.
#[utoipa::path(put, path = "/api/0/organizations/{org}/code-mappings/{mapping}/", tag = "Code mappings",
    params(OrgPath, ("mapping" = String, Path, description = "Its id")), request_body = serde_json::Value,
    responses((status = 200, description = "The mapping", body = CodeMapping)))]
pub(crate) async fn update_code_mapping(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<CodeMapping>> {
    let id = path.text("mapping")?;
    let sent = body.and_then(|body| Ok(body.0.object_of_either_case()?));
    let sent = Body::after(sent, code_mappings::require_code_mapping(&ctx, &access, id)).await?;
    Ok(Json(code_mappings::update_code_mapping(&ctx, &access, id, sent).await?))
}

/// Removes a code mapping that no code owners use.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/code-mappings/{mapping}/", tag = "Code mappings",
    params(OrgPath, ("mapping" = String, Path, description = "Its id")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn remove_code_mapping(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    code_mappings::remove_code_mapping(&ctx, &access, path.text("mapping")?).await?;
    Ok(NoContent)
}

/// The file of owners in the repository of a code mapping.
#[utoipa::path(get, path = "/api/0/organizations/{org}/code-mappings/{mapping}/codeowners/", tag = "Code mappings",
    params(OrgPath, ("mapping" = String, Path, description = "Its id")),
    responses((status = 200, description = "The file", body = RemoteOwners)))]
pub(crate) async fn get_remote_owners(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<RemoteOwners>> {
    Ok(Json(code_mappings::get_remote_owners(&ctx, &access, path.text("mapping")?).await?))
}
