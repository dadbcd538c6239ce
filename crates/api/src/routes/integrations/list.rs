//! `/api/0/organizations/{org}/integrations/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, integrations};
use mortise_wire::integration::OrganizationIntegration;

use crate::{
    Result,
    edge::Paged,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// The integrations of an organization, by name.
#[utoipa::path(get, path = "/api/0/organizations/{org}/integrations/", tag = "Integrations",
    params(OrgPath, ("providerKey" = Option<String>, Query, description = "Only those of this provider"),
        ("provider_key" = Option<String>, Query, description = "The same"),
        ("features" = Option<Vec<String>>, Query, description = "Only those with any of these features"),
        ("includeConfig" = Option<String>, Query, description = "`0` leaves settings out")),
    responses((status = 200, description = "The integrations", body = [OrganizationIntegration])))]
pub(crate) async fn list_integrations(
    access: Org<class::OrganizationIntegrations>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<OrganizationIntegration>>> {
    let wanted = integrations::ListRequest {
        provider: query.one("providerKey").or_else(|| query.one("provider_key")).unwrap_or_default(),
        features: query.all("features").collect(),
        without_config: query.one("includeConfig") == Some("0"),
    };
    let page = integrations::list_integrations(&ctx, &access, &wanted, paging.request()?).await?;
    Ok(paging.answer(page))
}
