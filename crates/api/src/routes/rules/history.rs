//! `/api/0/projects/{org}/{proj}/rules/{rule}/group-history/` and `.../stats/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, issues::scope::ScopeQuery, rules};
use mortise_wire::rule::{RuleGroup, RuleHour};

use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Paging, ProjectOf, Query, Segments},
    openapi::ProjectPath,
};

fn window(query: &Query) -> ScopeQuery {
    let text = |name: &str| query.one(name).map(str::to_owned);
    ScopeQuery {
        stats_period: text("statsPeriod"),
        start: text("start"),
        end: text("end"),
        ..ScopeQuery::default()
    }
}

/// The issues for which an alert rule fired, most often first.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rules/{rule}/group-history/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule"),
        ("statsPeriod" = Option<String>, Query, description = "`14d`; 90 days at most"),
        ("start" = Option<String>, Query, description = "With `end`"),
        ("end" = Option<String>, Query, description = "With `start`")),
    responses((status = 200, description = "The issues", body = [RuleGroup])))]
pub(crate) async fn get_rule_history(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<RuleGroup>>> {
    let page =
        rules::group_history(&ctx, &access, path.id("rule")?, &window(&query), paging.request()?).await?;
    Ok(paging.answer(page))
}

/// How often an alert rule fired in each hour.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rules/{rule}/stats/", tag = "Alert rules",
    params(ProjectPath, ("rule" = String, Path, description = "Id of the rule"),
        ("statsPeriod" = Option<String>, Query, description = "`14d`; 90 days at most"),
        ("start" = Option<String>, Query, description = "With `end`"),
        ("end" = Option<String>, Query, description = "With `start`")),
    responses((status = 200, description = "The hours, oldest first", body = [RuleHour])))]
pub(crate) async fn get_rule_stats(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    query: Query,
) -> Result<Json<Vec<RuleHour>>> {
    Ok(Json(rules::stats(&ctx, &access, path.id("rule")?, &window(&query)).await?))
}
