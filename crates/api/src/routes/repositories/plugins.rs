//! `/api/0/organizations/{org}/config/repos/`

use mortise_service::{access::class, repositories};
use mortise_wire::repository::RepositoryPlugins;

use crate::{Result, edge::Json, extract::Org, openapi::OrgPath};

/// The legacy plugins through which clients may offer to add repositories.
#[utoipa::path(get, path = "/api/0/organizations/{org}/config/repos/", tag = "Repositories", params(OrgPath),
    responses((status = 200, description = "The plugins", body = RepositoryPlugins)))]
pub(crate) async fn list_repository_plugins(
    _access: Org<class::Organization>,
) -> Result<Json<RepositoryPlugins>> {
    Ok(Json(repositories::repository_plugins()))
}
