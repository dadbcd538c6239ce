//! `/api/0/projects/{org}/{proj}/hooks/{hook}/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, apps::WindowQuery, service_hooks};
use mortise_wire::webhook::ServiceHook;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Result,
    edge::{Json, NoContent},
    extract::{Body, ProjectOf, Query, Segments},
    openapi::ProjectPath,
};

/// How often a hook was told something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HookPoint {
    /// Epoch seconds.
    ts: i64,
    /// How often.
    total: i64,
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/hooks/{hook}/", tag = "Service hooks",
    params(ProjectPath, ("hook" = String, Path, description = "32 hex digits")),
    responses((status = 200, description = "The hook", body = ServiceHook)))]
pub(crate) async fn get_hook(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<ServiceHook>> {
    Ok(Json(service_hooks::get_hook(&ctx, &access, path.text("hook")?).await?))
}

/// Changes what the body names.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/hooks/{hook}/", tag = "Service hooks",
    params(ProjectPath, ("hook" = String, Path, description = "32 hex digits")),
    request_body = serde_json::Value, responses((status = 200, description = "The hook", body = ServiceHook)))]
pub(crate) async fn update_hook(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<ServiceHook>> {
    let hook = path.text("hook")?;
    let body = Body::after(body, service_hooks::require_hook(&ctx, &access, hook)).await?;
    Ok(Json(service_hooks::update_hook(&ctx, &access, hook, body.fields()).await?))
}

#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/hooks/{hook}/", tag = "Service hooks",
    params(ProjectPath, ("hook" = String, Path, description = "32 hex digits")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn delete_hook(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    service_hooks::delete_hook(&ctx, &access, path.text("hook")?).await?;
    Ok(NoContent)
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/hooks/{hook}/stats/", tag = "Service hooks",
    params(ProjectPath, ("hook" = String, Path, description = "32 hex digits"),
        ("since" = Option<f64>, Query, description = "Epoch seconds"),
        ("until" = Option<f64>, Query, description = "Epoch seconds"),
        ("resolution" = Option<String>, Query, description = "`10s`, `1h` or `1d`")),
    responses((status = 200, description = "How often it was told something", body = [HookPoint])))]
pub(crate) async fn get_hook_stats(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
) -> Result<Json<Vec<HookPoint>>> {
    let window = WindowQuery {
        since: query.one("since"),
        until: query.one("until"),
        resolution: query.one("resolution"),
    };
    let series = service_hooks::hook_stats(&ctx, &access, path.text("hook")?, window).await?;
    Ok(Json(series.into_iter().map(|(ts, total)| HookPoint { ts, total }).collect()))
}
