//! `/api/0/sentry-app-installations/{uuid}/service-hook-projects/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    apps::{self, Use},
};
use mortise_wire::sentry_app::HookProject;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Asker, Body, Segments},
};

/// The projects that the installation hears of; all when there is none.
#[utoipa::path(get, path = "/api/0/sentry-app-installations/{uuid}/service-hook-projects/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "Of the installation")),
    responses((status = 200, description = "The projects", body = [HookProject])))]
pub(crate) async fn list_hook_projects(
    caller: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<HookProject>>> {
    let access = apps::installation_for(&ctx, caller.0, path.text("uuid")?, Use::Read).await?;
    Ok(Json(apps::list_hook_projects(&ctx, &access).await?))
}

/// `projects` lists ids or slugs, which take the place of the earlier ones.
#[utoipa::path(post, path = "/api/0/sentry-app-installations/{uuid}/service-hook-projects/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "Of the installation")), request_body = serde_json::Value,
    responses((status = 200, description = "The projects", body = [HookProject])))]
pub(crate) async fn set_hook_projects(
    caller: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<Vec<HookProject>>> {
    let access = apps::installation_for(&ctx, caller.0, path.text("uuid")?, Use::Act).await?;
    Ok(Json(apps::set_hook_projects(&ctx, &access, &body?.0).await?))
}

#[utoipa::path(delete, path = "/api/0/sentry-app-installations/{uuid}/service-hook-projects/", tag = "Sentry Apps",
    params(("uuid" = String, Path, description = "Of the installation")),
    responses((status = 204, description = "It hears of all projects again")))]
pub(crate) async fn clear_hook_projects(
    caller: Asker,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    let access = apps::installation_for(&ctx, caller.0, path.text("uuid")?, Use::End).await?;
    apps::clear_hook_projects(&ctx, &access).await?;
    Ok(NoContent)
}
