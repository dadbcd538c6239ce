//! Lists of plugins.

use axum::extract::State;
use mortise_service::{Ctx, access::class, plugins};
use mortise_wire::plugin::Plugin;

use crate::{
    Result,
    edge::Json,
    extract::{Org, ProjectOf, Query},
    openapi::{OrgPath, ProjectPath},
};

/// The plugins that projects switched on or off, one for each project.
#[utoipa::path(get, path = "/api/0/organizations/{org}/plugins/", tag = "Plugins",
    params(OrgPath, ("plugins" = Option<Vec<String>>, Query, description = "Only these; `_all` lists whatever there is")),
    responses((status = 200, description = "The plugins", body = [Plugin])))]
pub(crate) async fn list_organization_plugins(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<Plugin>>> {
    let wanted: Vec<&str> = query.all("plugins").collect();
    Ok(Json(plugins::list_organization_plugins(&ctx, &access, &wanted).await?))
}

/// The plugins that can be configured, with the projects that did.
#[utoipa::path(get, path = "/api/0/organizations/{org}/plugins/configs/", tag = "Plugins",
    params(OrgPath, ("plugins" = Option<Vec<String>>, Query, description = "Only these, in this order")),
    responses((status = 200, description = "The plugins", body = [Plugin])))]
pub(crate) async fn list_configured_plugins(
    access: Org<class::Organization>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<Vec<Plugin>>> {
    let wanted: Vec<&str> = query.all("plugins").collect();
    Ok(Json(plugins::list_configured_plugins(&ctx, &access, &wanted).await?))
}

/// The plugins of a project, by name.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/plugins/", tag = "Plugins", params(ProjectPath),
    responses((status = 200, description = "The plugins", body = [Plugin])))]
pub(crate) async fn list_project_plugins(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<Plugin>>> {
    Ok(Json(plugins::list_project_plugins(&ctx, &access).await?))
}
