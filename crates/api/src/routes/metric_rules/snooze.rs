//! `/api/0/projects/{org}/{proj}/alert-rules/{rule}/snooze/`

use axum::extract::State;
use mortise_domain::MetricRuleId;
use mortise_service::{Ctx, Error, access::class, metric_rules, rules};
use mortise_wire::rule::RuleSnooze;

use crate::{
    Result,
    edge::{Created, NoContent},
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Mutes a metric alert rule, for the caller or for everybody.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/alert-rules/{rule}/snooze/", tag = "Metric alerts",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")), request_body = serde_json::Value,
    responses((status = 201, description = "How it is mute", body = RuleSnooze)))]
pub(crate) async fn snooze_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Created<RuleSnooze>> {
    let id = id(&path)?;
    let body = Body::after(body, metric_rules::require_rule(&ctx, &access, id)).await?;
    Ok(Created(metric_rules::snooze(&ctx, &access, id, body.fields()).await?))
}

/// Lets a metric alert rule be heard again.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/alert-rules/{rule}/snooze/", tag = "Metric alerts",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 204, description = "It is not mute any more")))]
pub(crate) async fn unsnooze_metric_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    metric_rules::unsnooze(&ctx, &access, id(&path)?).await?;
    Ok(NoContent)
}

fn id(path: &Segments) -> Result<MetricRuleId, Error> {
    path.id("rule").map_err(rules::no_such_rule)
}
