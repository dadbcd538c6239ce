//! `/api/0/projects/{org}/{proj}/rules/{rule}/snooze/`

use axum::extract::State;
use mortise_service::{Ctx, Error, access::class, rules};
use mortise_wire::rule::RuleSnooze;

use crate::{
    Result,
    edge::{Created, NoContent},
    extract::{Body, ProjectOf, Segments},
    openapi::ProjectPath,
};

/// Mutes an alert rule, for the caller or for everybody.
#[utoipa::path(post, path = "/api/0/projects/{org}/{proj}/rules/{rule}/snooze/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")), request_body = serde_json::Value,
    responses((status = 201, description = "How it is mute", body = RuleSnooze)))]
pub(crate) async fn snooze_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Created<RuleSnooze>> {
    let id = id(&path)?;
    let rule = async { rules::require_rule(&ctx, &access, id).await.map_err(rules::no_such_rule) };
    let body = Body::after(body, rule).await?;
    Ok(Created(rules::snooze(&ctx, &access, id, body.fields()).await?))
}

/// Lets an alert rule be heard again.
#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/rules/{rule}/snooze/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule")),
    responses((status = 204, description = "It is not mute any more")))]
pub(crate) async fn unsnooze_rule(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<NoContent> {
    rules::unsnooze(&ctx, &access, id(&path)?).await?;
    Ok(NoContent)
}

fn id(path: &Segments) -> Result<mortise_domain::RuleId, Error> {
    path.id("rule").map_err(rules::no_such_rule)
}
