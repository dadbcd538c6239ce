//! `/api/0/projects/{org}/{proj}/rules/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, rules};
use mortise_wire::rule::Rule;

use super::shown;
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Body, Paging, ProjectOf, Query},
    openapi::ProjectPath,
};

/// The alert rules of a project, newest first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rules/", tag = "Alert rules",
    params(ProjectPath, ("expand" = Option<String>, Query, description = "`lastTriggered`")),
    responses((status = 200, description = "The rules", body = [Rule])))]
pub(crate) async fn list_rules(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Rule>>> {
    Ok(paging.answer(rules::list(&ctx, &access, shown(&query), paging.request()?).await?))
}

/// Makes an alert rule.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/rules/", tag = "Alert rules", params(ProjectPath),
    request_body = serde_json::Value, responses((status = 200, description = "The new rule", body = Rule)))]
pub(crate) async fn create_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Json<Rule>> {
    Ok(Json(rules::create(&ctx, &access, body.fields()).await?))
}
