//! `/api/0/projects/{org}/{proj}/rules/{rule}/` and `.../enable/`

use axum::extract::State;
use http::StatusCode;
use mortise_service::{Ctx, access::class, rules};
use mortise_wire::rule::Rule;

use super::shown;
use crate::{
    Result,
    edge::{Empty, Json},
    extract::{Body, ProjectOf, Query, Segments},
    openapi::ProjectPath,
};

/// One alert rule.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rules/{rule}/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule"),
        ("expand" = Option<String>, Query, description = "`lastTriggered`")),
    responses((status = 200, description = "The rule", body = Rule)))]
pub(crate) async fn get_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
) -> Result<Json<Rule>> {
    Ok(Json(rules::get(&ctx, &access, path.id("rule")?, shown(&query)).await?))
}

/// Replaces an alert rule by what the body says, all of it.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/rules/{rule}/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    request_body = serde_json::Value, responses((status = 200, description = "The rule", body = Rule)))]
pub(crate) async fn update_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Rule>> {
    let id = path.id("rule")?;
    let body = Body::after(body, rules::require_rule(&ctx, &access, id)).await?;
    Ok(Json(rules::update(&ctx, &access, id, body.fields()).await?))
}

/// Deletes an alert rule.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/rules/{rule}/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 202, description = "The rule is gone; what it did is removed later")))]
pub(crate) async fn delete_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Empty> {
    rules::delete(&ctx, &access, path.id("rule")?).await?;
    Ok(Empty(StatusCode::ACCEPTED))
}

/// Switches a disabled alert rule on again.
#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/rules/{rule}/enable/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 202, description = "The rule is active")))]
pub(crate) async fn enable_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Empty> {
    rules::enable(&ctx, &access, path.id("rule")?).await?;
    Ok(Empty(StatusCode::ACCEPTED))
}
