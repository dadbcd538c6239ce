//! `/api/0/organizations/{org}/incidents/`

use axum::extract::State;
use mortise_service::{
    Ctx, Error,
    access::class,
    metric_rules::{self, IncidentQuery},
};
use serde_json::Value;

use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Body, Org, Paging, Query, Segments},
    openapi::OrgPath,
};

/// Incidents of metric alert rules, those that began last first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/incidents/", tag = "Metric alerts",
    params(OrgPath, ("status" = Option<String>, Query, description = "`open`, `closed`, `warning` or `critical`"),
        ("alertRule" = Option<String>, Query, description = "Id of a rule"),
        ("title" = Option<String>, Query, description = "A part of the title"),
        ("team" = Option<String>, Query, description = "Id of a team, `myteams`, `unassigned`; repeated"),
        ("environment" = Option<String>, Query, description = "Name of an environment; repeated"),
        ("start" = Option<String>, Query, description = "Not over before"),
        ("end" = Option<String>, Query, description = "Not begun after"),
        ("project" = Option<String>, Query, description = "Id of a project; repeated"),
        ("projectSlug" = Option<String>, Query, description = "Its slug instead; repeated")),
    responses((status = 200, description = "The incidents", body = serde_json::Value)))]
pub(crate) async fn list_incidents(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Value>>> {
    let one = |name: &str| query.one(name).map(str::to_owned);
    let all = |name: &str| query.all(name).map(str::to_owned).collect();
    let wanted = IncidentQuery {
        projects: query.projects(),
        environments: all("environment"),
        rule: one("alertRule"),
        teams: all("team"),
        status: one("status"),
        title: one("title"),
        start: one("start"),
        end: one("end"),
    };
    Ok(paging.answer(metric_rules::list_incidents(&ctx, &access, &wanted, paging.request()?).await?))
}

/// One incident.
#[utoipa::path(get, path = "/api/0/organizations/{org}/incidents/{incident}/", tag = "Metric alerts",
    params(OrgPath, ("incident" = String, Path, description = "Number of the incident")),
    responses((status = 200, description = "The incident", body = serde_json::Value)))]
pub(crate) async fn get_incident(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
) -> Result<Json<Value>> {
    Ok(Json(metric_rules::get_incident(&ctx, &access, number(&path)?).await?))
}

/// Closes an incident.
#[utoipa::path(put, path = "/api/0/organizations/{org}/incidents/{incident}/", tag = "Metric alerts",
    params(OrgPath, ("incident" = String, Path, description = "Number of the incident")), request_body = serde_json::Value,
    responses((status = 200, description = "The incident", body = serde_json::Value)))]
pub(crate) async fn close_incident(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
    path: Segments,
    body: Result<Body>,
) -> Result<Json<Value>> {
    let number = number(&path)?;
    let body = Body::after(body, metric_rules::get_incident(&ctx, &access, number)).await?;
    Ok(Json(metric_rules::close_incident(&ctx, &access, number, body.fields()).await?))
}

fn number(path: &Segments) -> Result<i64, Error> {
    path.text("incident")?.parse().map_err(|_| Error::NoSuchResource)
}
