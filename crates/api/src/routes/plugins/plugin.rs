//! `/api/0/projects/{org}/{proj}/plugins/{plugin}/`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    plugins::{self, Posted},
};
use mortise_wire::plugin::Plugin;
use serde_json::json;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// A plugin with its settings.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/plugins/{plugin}/", tag = "Plugins",
    params(ProjectPath, ("plugin" = String, Path, description = "The word that names it")),
    responses((status = 200, description = "The plugin", body = Plugin)))]
pub(crate) async fn get_plugin(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Plugin>> {
    Ok(Json(plugins::get_plugin(&ctx, &access, path.text("plugin")?).await?))
}

/// Switches a plugin on; tries it out with `test`, forgets its settings with `reset`.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/plugins/{plugin}/", tag = "Plugins",
    params(ProjectPath, ("plugin" = String, Path, description = "The word that names it")),
    request_body = serde_json::Value,
    responses((status = 200, description = "What came of trying it out, or the plugin without settings"),
        (status = 201, description = "It is on")))]
pub(crate) async fn post_plugin(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Response> {
    let slug = path.text("plugin")?;
    let sent = body.and_then(|body| Ok(body.0.object()?));
    let sent = Body::after(sent, async { plugins::require_plugin(slug) }).await?;
    let posted = plugins::post_plugin(&ctx, &access, slug, &sent).await?;
    Ok(match posted {
        Posted::Enabled => StatusCode::CREATED.into_response(),
        Posted::Tested(text) => Json(json!({ "detail": text })).into_response(),
        Posted::Reset(plugin) => Json(plugin).into_response(),
    })
}

/// Changes the settings of a plugin.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/plugins/{plugin}/", tag = "Plugins",
    params(ProjectPath, ("plugin" = String, Path, description = "The word that names it")),
    request_body = serde_json::Value, responses((status = 200, description = "The plugin", body = Plugin)))]
pub(crate) async fn update_plugin(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Plugin>> {
    let slug = path.text("plugin")?;
    let sent = body.and_then(|body| Ok(body.0.object()?));
    let sent = Body::after(sent, async { plugins::require_plugin(slug) }).await?;
    let plugin = plugins::update_plugin(&ctx, &access, slug, &sent).await?;
    Ok(Json(plugin))
}

/// Switches a plugin off.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/plugins/{plugin}/", tag = "Plugins",
    params(ProjectPath, ("plugin" = String, Path, description = "The word that names it")),
    responses((status = 204, description = "It is off")))]
pub(crate) async fn disable_plugin(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    plugins::disable_plugin(&ctx, &access, path.text("plugin")?).await?;
    Ok(NoContent)
}
