//! `/api/0/organizations/{org}/incidents/`

use axum::extract::State;
use mortise_service::{Ctx, Error, access::class, metric_rules};
use serde_json::Value;

use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Body, Org, Paging, Query, Segments},
    openapi::OrgPath,
};

/// Incidents of metric alert rules, newest first.
#[utoipa::path(get, path = "/api/0/organizations/{org}/incidents/", tag = "Metric alerts",
    params(OrgPath, ("status" = Option<String>, Query, description = "`open` or `closed`"),
        ("project" = Option<String>, Query, description = "Id of a project; repeated")),
    responses((status = 200, description = "The incidents", body = serde_json::Value)))]
pub(crate) async fn list_incidents(
    access: Org<class::OrganizationAlertRule>,
    State(ctx): State<Ctx>,
    query: Query,
    paging: Paging,
) -> Result<Paged<Vec<Value>>> {
    let projects: Vec<String> = query.all("project").map(str::to_owned).collect();
    let request = paging.request()?;
    let page = metric_rules::list_incidents(&ctx, &access, &projects, query.one("status"), request).await?;
    Ok(paging.answer(page))
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
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(metric_rules::close_incident(&ctx, &access, number(&path)?, body.fields()).await?))
}

fn number(path: &Segments) -> Result<i64, Error> {
    path.text("incident")?.parse().map_err(|_| Error::NoSuchResource)
}
