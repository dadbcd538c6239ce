//! `/api/0/organizations/{org}/config/integrations/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, integrations};
use mortise_wire::integration::Catalog;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Query},
    openapi::OrgPath,
};

/// The providers that there are, by key.
#[utoipa::path(get, path = "/api/0/organizations/{org}/config/integrations/", tag = "Integrations",
    params(OrgPath, ("provider_key" = Option<String>, Query, description = "Only this one"),
        ("providerKey" = Option<String>, Query, description = "The same")),
    responses((status = 200, description = "The catalog", body = Catalog)))]
pub(crate) async fn list_providers(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Catalog>> {
    let key = query.one("provider_key").or_else(|| query.one("providerKey"));
    Ok(Json(integrations::list_providers(&ctx, &access, key)?))
}
