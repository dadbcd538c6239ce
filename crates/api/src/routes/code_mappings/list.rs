//! `/api/0/organizations/{org}/code-mappings/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    code_mappings::{self, Selection},
};
use mortise_wire::code_mapping::CodeMapping;

use crate::{
    Result,
    edge::{Created, Paged},
    extract::{Body, Org, Paging, Query},
    openapi::OrgPath,
};

/// The code mappings of an organization.
#[utoipa::path(get, path = "/api/0/organizations/{org}/code-mappings/", tag = "Code mappings",
    params(OrgPath, ("integrationId" = Option<String>, Query, description = "Only those of this integration"),
        ("project" = Option<Vec<i64>>, Query, description = "Only those of these projects; -1 for all"),
        ("projectSlug" = Option<Vec<String>>, Query, description = "Their slugs instead")),
    responses((status = 200, description = "The mappings", body = [CodeMapping])))]
pub(crate) async fn list_code_mappings(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<CodeMapping>>> {
    let wanted = match query.one("integrationId").filter(|id| !id.is_empty()) {
        Some(id) => Selection::Integration(id.to_owned()),
        None => Selection::Projects(query.projects()),
    };
    let page = code_mappings::list_code_mappings(&ctx, &access, &wanted, paging.request()?).await?;
    Ok(paging.answer(page))
}

/// Adds a code mapping.
#[utoipa::path(post, path = "/api/0/organizations/{org}/code-mappings/", tag = "Code mappings", params(OrgPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The mapping", body = CodeMapping)))]
pub(crate) async fn create_code_mapping(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<CodeMapping>> {
    Ok(Created(code_mappings::create_code_mapping(&ctx, &access, body.0.object_of_either_case()?).await?))
}
