//! `/api/0/organizations/{org}/codeowners-associations/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, code_owners};
use serde_json::{Map, Value};

use crate::{
    Result,
    edge::Json,
    extract::{Org, Query},
    openapi::OrgPath,
};

/// Whom the names of all files of owners of an organization stand for, by project.
#[utoipa::path(get, path = "/api/0/organizations/{org}/codeowners-associations/", tag = "Code owners",
    params(OrgPath, ("provider" = Option<String>, Query, description = "Only files of this provider")),
    responses((status = 200, description = "By slug of a project", body = serde_json::Value)))]
pub(crate) async fn list_associations(
    access: Org<class::OrganizationIntegrationsLoose>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Map<String, Value>>> {
    let provider = query.one("provider").filter(|provider| !provider.is_empty());
    Ok(Json(code_owners::list_associations(&ctx, &access, provider).await?))
}
