//! `/api/0/organizations/{org}/repos/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use mortise_service::{
    Ctx,
    access::class,
    repositories::{self, ListRequest},
};
use mortise_wire::repository::{ExpandedRepository, Repository};

use crate::{
    Result,
    edge::{Created, Json},
    extract::{Body, Org, Paging, Query},
    openapi::OrgPath,
};

/// The repositories of an organization, by name.
#[utoipa::path(get, path = "/api/0/organizations/{org}/repos/", tag = "Repositories",
    params(OrgPath, ("query" = Option<String>, Query, description = "Only names that contain this"),
        ("integration_id" = Option<String>, Query, description = "Only those of this integration"),
        ("status" = Option<String>, Query, description = "`active` (default), `deleted`, `unmigratable` or empty for all"),
        ("expand" = Option<Vec<String>>, Query, description = "`settings`")),
    responses((status = 200, description = "The repositories", body = [ExpandedRepository])))]
pub(crate) async fn list_repositories(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Response> {
    let status = query.one("status");
    if status == Some("unmigratable") {
        let found: Json<_> = Json(repositories::list_unmigratable(&ctx, &access).await?);
        return Ok(found.into_response());
    }
    let wanted = ListRequest {
        query: query.one("query").unwrap_or_default(),
        integration: query.one("integration_id"),
        status,
        with_settings: query.all("expand").any(|word| word == "settings"),
    };
    let page = repositories::list_repositories(&ctx, &access, &wanted, paging.request()?).await?;
    Ok(paging.answer(page).into_response())
}

/// Adds a repository through an integration.
#[utoipa::path(post, path = "/api/0/organizations/{org}/repos/", tag = "Repositories", params(OrgPath),
    request_body = serde_json::Value,
    responses((status = 201, description = "The repository", body = Repository)))]
pub(crate) async fn create_repository(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Created<Repository>> {
    let sent = body.and_then(|body| Ok(body.0.object()?));
    let sent = Body::after(sent, async { repositories::require_person(&access) }).await?;
    Ok(Created(repositories::create_repository(&ctx, &access, sent).await?))
}
