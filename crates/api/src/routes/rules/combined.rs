//! `GET /api/0/organizations/{org}/combined-rules/`

use axum::extract::State;
use mortise_service::{
    Ctx,
    access::class,
    rules::{self, CombinedQuery},
};
use mortise_wire::rule::CombinedRule;

use super::shown;
use crate::{
    Result,
    edge::Paged,
    extract::{Org, Paging, Query},
    openapi::OrgPath,
};

/// The alert rules of all projects of an organization, about issues and about metrics.
#[utoipa::path(get, path = "/api/0/organizations/{org}/combined-rules/", tag = "Alert rules",
    params(OrgPath, ("name" = Option<String>, Query, description = "A part of the name"),
        ("project" = Option<String>, Query, description = "Id of a project; repeated"),
        ("projectSlug" = Option<String>, Query, description = "Its slug instead; repeated"),
        ("team" = Option<String>, Query, description = "Id of a team, `myteams`, `unassigned`; repeated"),
        ("alertType" = Option<String>, Query, description = "`rule`, `alert_rule`; repeated"),
        ("sort" = Option<String>, Query, description = "`date_added`, `name`, `date_triggered`, `incident_status`"),
        ("asc" = Option<String>, Query, description = "`1` for the smallest first"),
        ("expand" = Option<String>, Query, description = "`lastTriggered`")),
    responses((status = 200, description = "The rules", body = [CombinedRule])))]
pub(crate) async fn list_combined_rules(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<CombinedRule>>> {
    let all = |name: &str| query.all(name).map(str::to_owned).collect();
    let wanted = CombinedQuery {
        name: query.one("name").map(str::to_owned),
        projects: query.projects(),
        teams: all("team"),
        kinds: all("alertType"),
        sorts: all("sort"),
        ascending: query.is_on("asc"),
        shown: shown(&query),
    };
    Ok(paging.answer(rules::list_of_organization(&ctx, &access, &wanted, paging.request()?).await?))
}
