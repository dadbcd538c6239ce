//! Incidents of metric alert rules.

use mortise_domain::MetricRuleId;
use mortise_store::metric_rule::{self as store, Incident, MetricRule};
use mortise_wire::{Fields, Page, PageRequest};
use serde_json::Value;

use super::json;
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    paging::slice,
    projects::{self, Unnamed},
};

/// The status of an incident that is over, and the only one that a client may set.
const CLOSED: i64 = 2;
const ONLY_CLOSED: &str = "Status cannot be changed to anything other than closed.";

/// Incidents of the projects that the caller reaches, newest first. `status` is `open`, `closed` or nothing.
pub async fn list_incidents(
    ctx: &Ctx,
    access: &OrgAccess,
    projects: &[String],
    status: Option<&str>,
    page: PageRequest,
) -> Result<Page<Value>> {
    let window = page.offset_window()?;
    let is_open = match status {
        Some("open") => Some(true),
        Some("closed") => Some(false),
        _ => None,
    };
    let mut conn = ctx.store.read().await?;
    let projects = projects::selected(&mut conn, access, projects, Unnamed::Reachable).await?;
    let rows = store::incidents(&mut conn, access.org.id, &projects, is_open, slice(&window)).await?;
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
    let status = fields.int("status").required();
    fields.finish()?;
    if status != CLOSED {
        return Err(Error::field("status", ONLY_CLOSED));
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
