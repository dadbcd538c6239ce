//! `GET /api/0/organizations/{org}/environments/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, environments};
use mortise_wire::environment::Environment;

use crate::{
    Result,
    edge::Json,
    extract::{Org, Query},
    openapi::OrgPath,
};

/// The environments of an organization, by name: those of the projects that `project` means.
#[utoipa::path(get, path = "/api/0/organizations/{org}/environments/", tag = "Environments",
    params(OrgPath, ("visibility" = Option<String>, Query, description = "`visible`, `hidden` or `all`"),
        ("project" = Option<Vec<String>>, Query, description = "Ids of projects; -1 for all"),
        ("projectSlug" = Option<Vec<String>>, Query, description = "Their slugs instead")),
    responses((status = 200, description = "The environments", body = [Environment])))]
pub(crate) async fn list_environments(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<Environment>>> {
    let visibility = environments::visibility(query.one("visibility"))?;
    Ok(Json(environments::of_organization(&ctx, &access, &query.projects(), visibility).await?))
}
