//! `/api/0/projects/{org}/{proj}/hooks/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, service_hooks};
use mortise_wire::webhook::ServiceHook;

use crate::{
    Result,
    edge::{Created, Paged},
    extract::{Body, Paging, ProjectOf, Query},
    openapi::ProjectPath,
};

/// The hooks of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/hooks/", tag = "Service hooks",
    params(ProjectPath, ("status" = Option<String>, Query, description = "`active` or `disabled`")),
    responses((status = 200, description = "The hooks", body = [ServiceHook])))]
pub(crate) async fn list_hooks(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<ServiceHook>>> {
    let page = service_hooks::list_hooks(&ctx, &access, query.one("status"), paging.request()?).await?;
    Ok(paging.answer(page))
}

/// Makes a hook: `url`, `events` of `event.alert` and `event.created`, `isActive`.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/hooks/", tag = "Service hooks", params(ProjectPath),
    request_body = serde_json::Value, responses((status = 201, description = "The new hook", body = ServiceHook)))]
pub(crate) async fn create_hook(
    access: ProjectOf<class::Project>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Created<ServiceHook>> {
    let body = Body::after(body, async { service_hooks::person(&access) }).await?;
    Ok(Created(service_hooks::create_hook(&ctx, &access, body.fields()).await?))
}
