//! `/api/0/organizations/{org}/alert-rules/`, and the same under `/api/0/projects/{org}/{proj}/` for one project.

use axum::extract::State;
use mortise_service::{Ctx, access::class, metric_rules};
use serde_json::Value;

use super::Place;
use crate::{
    Result,
    edge::{Created, Json, NoContent, Paged},
    extract::{Body, Org, Paging, Query, Segments},
    openapi::OrgPath,
};

/// The metric alert rules of the projects that the caller reaches, newest first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/alert-rules/", tag = "Metric alerts",
    params(OrgPath, ("project" = Option<String>, Query, description = "Id of a project; repeated"),
        ("projectSlug" = Option<String>, Query, description = "Its slug instead; repeated")),
    responses((status = 200, description = "The rules", body = serde_json::Value)))]
pub(crate) async fn list_metric_rules(
    place: Place,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Value>>> {
    Ok(paging.answer(metric_rules::list(&ctx, &place, &query.projects(), paging.request()?).await?))
}

/// Makes a metric alert rule.
#[utoipa::path(post, path = "/api/0/organizations/{org}/alert-rules/", tag = "Metric alerts",
    params(OrgPath), request_body = serde_json::Value,
    responses((status = 201, description = "The new rule", body = serde_json::Value)))]
pub(crate) async fn create_metric_rule(
    place: Place,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<Value>> {
    Ok(Created(metric_rules::create(&ctx, &place, body.fields()).await?))
}

/// What metric alert rules can do.
#[utoipa::path(get, path = "/api/0/organizations/{org}/alert-rules/available-actions/", tag = "Metric alerts",
    params(OrgPath),
    responses((status = 200, description = "Kinds of actions", body = serde_json::Value)))]
pub(crate) async fn list_available_actions(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
) -> Result<Json<Vec<Value>>> {
    Ok(Json(metric_rules::available_actions(&ctx, &access).await?))
}

/// One metric alert rule.
#[utoipa::path(get, path = "/api/0/organizations/{org}/alert-rules/{rule}/", tag = "Metric alerts",
    params(OrgPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 200, description = "The rule", body = serde_json::Value)))]
pub(crate) async fn get_metric_rule(
    place: Place,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Value>> {
    Ok(Json(metric_rules::get(&ctx, &place, path.id("rule")?).await?))
}

/// Replaces a metric alert rule by what the body says.
#[utoipa::path(put, path = "/api/0/organizations/{org}/alert-rules/{rule}/", tag = "Metric alerts",
    params(OrgPath, ("rule" = String, Path, description = "Id of the rule")), request_body = serde_json::Value,
    responses((status = 200, description = "The rule", body = serde_json::Value)))]
pub(crate) async fn update_metric_rule(
    place: Place,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Value>> {
    let id = path.id("rule")?;
    let body = Body::after(body, metric_rules::get(&ctx, &place, id)).await?;
    Ok(Json(metric_rules::update(&ctx, &place, id, body.fields()).await?))
}

/// Deletes a metric alert rule with its incidents.
#[utoipa::path(delete, path = "/api/0/organizations/{org}/alert-rules/{rule}/", tag = "Metric alerts",
    params(OrgPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 204, description = "The rule is gone")))]
pub(crate) async fn delete_metric_rule(
    place: Place,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    metric_rules::delete(&ctx, &place, path.id("rule")?).await?;
    Ok(NoContent)
}
