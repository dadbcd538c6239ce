//! `/api/0/projects/{org}/{proj}/alert-rules/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, metric_rules};
use serde_json::Value;

use crate::{
    Result,
    edge::{Created, Json, NoContent, Paged},
    extract::{Body, Paging, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// The metric alert rules of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/alert-rules/", tag = "Metric alerts",
    params(ProjectPath),
    responses((status = 200, description = "The rules", body = serde_json::Value)))]
pub(crate) async fn list_project_metric_rules(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<Value>>> {
    let project = [access.project.id.to_string()];
    Ok(paging.answer(metric_rules::list(&ctx, &access.org, &project, paging.request()?).await?))
}

/// Makes a metric alert rule of a project.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/alert-rules/", tag = "Metric alerts",
    params(ProjectPath), request_body = serde_json::Value,
    responses((status = 201, description = "The new rule", body = serde_json::Value)))]
pub(crate) async fn create_project_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<Value>> {
    let project = Some(access.project.id);
    Ok(Created(metric_rules::create(&ctx, &access.org, project, body.fields()).await?))
}

/// One metric alert rule of a project.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/alert-rules/{rule}/", tag = "Metric alerts",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 200, description = "The rule", body = serde_json::Value)))]
pub(crate) async fn get_project_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Value>> {
    let project = Some(access.project.id);
    Ok(axum::Json(metric_rules::get(&ctx, &access.org, project, path.id("rule")?).await?))
}

/// Replaces a metric alert rule of a project by what the body says.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/alert-rules/{rule}/", tag = "Metric alerts",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")), request_body = serde_json::Value,
    responses((status = 200, description = "The rule", body = serde_json::Value)))]
pub(crate) async fn update_project_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Body,
) -> Result<Json<Value>> {
    let (project, id) = (Some(access.project.id), path.id("rule")?);
    Ok(axum::Json(metric_rules::update(&ctx, &access.org, project, id, body.fields()).await?))
}

/// Deletes a metric alert rule of a project with its incidents.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/alert-rules/{rule}/", tag = "Metric alerts",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 204, description = "The rule is gone")))]
pub(crate) async fn delete_project_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    metric_rules::delete(&ctx, &access.org, Some(access.project.id), path.id("rule")?).await?;
    Ok(NoContent)
}
