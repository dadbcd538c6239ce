//! `GET /api/0/projects/{org}/{proj}/rules/configuration/`

use axum::extract::State;
use mortise_service::{Ctx, access::class, rules};
use mortise_wire::rule::RuleConfiguration;

use crate::{
    Result,
    edge::Json,
    extract::{ProjectOf, Query},
    openapi::ProjectPath,
};

/// What alert rules of a project may be made of.
#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/rules/configuration/", tag = "Alert rules",
    params(ProjectPath,
        ("includeAllTickets" = Option<String>, Query, description = "Add which actions lack their integration")),
    responses((status = 200, description = "Conditions, filters and actions", body = RuleConfiguration)))]
pub(crate) async fn get_rule_configuration(
    access: ProjectOf<class::ProjectAlertRule>,
    State(ctx): State<Ctx>,
    query: Query,
) -> Result<Json<RuleConfiguration>> {
    let all_tickets = query.one("includeAllTickets").is_some();
    Ok(Json(rules::configuration(&ctx, &access, all_tickets).await?))
}
