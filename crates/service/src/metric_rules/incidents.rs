//! Incidents of metric alert rules.

use mortise_domain::MetricRuleId;
use mortise_store::{
    Conn,
    metric_rule::{self as store, Incident, IncidentFilter, MetricRule},
};
use mortise_wire::{Fields, Page, PageRequest, errors::ErrorBody};
use serde_json::Value;

use super::{CLOSED, CRITICAL, WARNING, json};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    issues::scope,
    paging::slice,
    projects::{self, Named, Unnamed},
    teams,
};

/// The statuses that clients know: open, closed, warning, critical.
const STATUSES: [i64; 4] = [1, CLOSED, WARNING, CRITICAL];
const ONLY_CLOSED: &str = "Status cannot be changed.";
const NO_STATUS: &str = "Invalid value for status. Valid values: [1, 2, 10, 20]";

/// The parameters, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct IncidentQuery {
    /// `project` and `projectSlug`, repeated.
    pub projects: Named,
    /// `environment`, repeated.
    pub environments: Vec<String>,
    /// `alertRule`.
    pub rule: Option<String>,
    /// `team`, repeated: ids, `myteams`, `unassigned`.
    pub teams: Vec<String>,
    /// `status`: `open`, `closed`, `warning` or `critical`; anything else is all.
    pub status: Option<String>,
    /// `title`: a part of it.
    pub title: Option<String>,
    /// `start`: not over before.
    pub start: Option<String>,
    /// `end`: not begun after.
    pub end: Option<String>,
}

/// Incidents of the projects that the caller reaches, those that began last first.
pub async fn list_incidents(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &IncidentQuery,
    page: PageRequest,
) -> Result<Page<Value>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let filter = filter(&mut conn, access, query).await?;
    let rows = store::incidents(&mut conn, access.org.id, &filter, slice(&window)).await?;
    let page = window.page(rows);
    let mut ids: Vec<MetricRuleId> = page.rows.iter().map(|row| row.rule_id).collect();
    ids.dedup();
    let rules = store::by_ids(&mut conn, access.org.id, &ids).await?;
    let shown = json::rules(&mut conn, access.org.id, &rules, json::Reader::of(access), ctx.now()).await?;
    let rule_of = |row: &Incident| {
        let found = rules.iter().zip(&shown).find(|(rule, _)| rule.id == row.rule_id);
        found.map(|(_, shown)| shown.clone()).unwrap_or_default()
    };
    let rows = page.rows.iter().map(|row| json::incident(row, &rule_of(row))).collect();
    Ok(page.replace(|_| rows))
}

async fn filter(conn: &mut Conn, access: &OrgAccess, query: &IncidentQuery) -> Result<IncidentFilter> {
    let projects = projects::selected(conn, access, &query.projects, Unnamed::Reachable).await?;
    let environments = scope::environments(conn, access, &query.environments).await?;
    let wrong = |name: &str| Error::invalid(format!("Invalid {name} parameter."));
    let rule = query.rule.as_deref().map(|id| id.parse().map_err(|_| wrong("alertRule")));
    let time = |name: &str, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| scope::time(text).ok_or_else(|| wrong(name))).transpose()
    };
    let (is_open, status) = match query.status.as_deref() {
        Some("open") => (Some(true), None),
        Some("closed") => (Some(false), None),
        Some("warning") => (None, Some(WARNING)),
        Some("critical") => (None, Some(CRITICAL)),
        _ => (None, None),
    };
    Ok(IncidentFilter {
        projects,
        environments,
        rule: rule.transpose()?,
        since: time("start", &query.start)?,
        until: time("end", &query.end)?,
        is_open,
        status,
        owners: teams::owners(conn, access, &query.teams).await?,
        title: query.title.clone().filter(|title| !title.is_empty()),
    })
}

/// The newest incident of each of these rules, which the caller was shown.
pub async fn newest_incidents(
    ctx: &Ctx,
    access: &OrgAccess,
    rules: &[MetricRuleId],
) -> Result<Vec<Incident>> {
    Ok(store::newest_incidents(&mut *ctx.store.read().await?, access.org.id, rules).await?)
}

/// The incidents of one rule, newest first.
pub async fn incidents_of_rule(
    ctx: &Ctx,
    access: &OrgAccess,
    rule: MetricRuleId,
    page: PageRequest,
) -> Result<Page<Incident>> {
    super::find(ctx, access, None, rule).await?;
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    Ok(window.page(store::incidents_of(&mut conn, access.org.id, rule, slice(&window)).await?))
}

async fn find(ctx: &Ctx, access: &OrgAccess, identifier: i64) -> Result<(Incident, MetricRule)> {
    let found = store::incident(&mut *ctx.store.read().await?, access.org.id, identifier).await?;
    let found = found.ok_or(Error::NoSuchResource)?;
    let rule = super::find(ctx, access, None, found.rule_id).await?;
    Ok((found, rule))
}

/// One incident.
pub async fn get_incident(ctx: &Ctx, access: &OrgAccess, identifier: i64) -> Result<Value> {
    let (row, rule) = find(ctx, access, identifier).await?;
    Ok(json::incident(&row, &super::show(ctx, access, rule).await?))
}

/// Closes an incident: `{"status": 2}`.
pub async fn close_incident(
    ctx: &Ctx,
    access: &OrgAccess,
    identifier: i64,
    mut fields: Fields,
) -> Result<Value> {
    let (row, _) = find(ctx, access, identifier).await?;
    let known = |status: i64| if STATUSES.contains(&status) { Ok(status) } else { Err(NO_STATUS.to_owned()) };
    let status = fields.int("status").and_then(known).required();
    fields.string("comment").nullable();
    fields.finish()?;
    if status != CLOSED {
        return Err(Error::Invalid(ErrorBody::Text(ONLY_CLOSED.to_owned())));
    }
    if row.status != CLOSED {
        let (id, now) = (row.id, ctx.now());
        let closed = ctx
            .store
            .write(move |tx| Box::pin(async move { store::set_status(tx, id, CLOSED, Some(now)).await }));
        closed.await?;
    }
    get_incident(ctx, access, identifier).await
}
