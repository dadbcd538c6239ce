//! Metric alert rules, to be looked at: the list, and one rule with its incidents. They are changed over the API.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_domain::{MetricRuleId, Time};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    metric_rules::{self, CLOSED, Place, WARNING},
    projects::Named,
};
use serde_json::Value;

use crate::{
    edge::{Outcome, Problem, Signed, Visit, page},
    pages::{access_to, paging},
    routes::path,
    view::{
        Section, State as Badge, Tone, When,
        rule::{IncidentRow, MetricRulePage, MetricRuleRow, MetricRulesPage},
    },
};

/// The type of a threshold that is crossed from above.
const BELOW: i64 = 1;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::metric_rules, get(list)).route(path::metric_rule, get(one))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationAlertRule::CLASS, "GET").await?;
    let place = Place { org: access, only: None };
    let access = &place.org;
    let request = paging::request(&visit, paging::ROWS)?;
    let found = metric_rules::list(&ctx, &place, &Named::default(), request).await?;
    let ids: Vec<_> = found.rows.iter().filter_map(id_of).collect();
    let newest: HashMap<_, _> = metric_rules::newest_incidents(&ctx, access, &ids)
        .await?
        .into_iter()
        .map(|incident| (incident.rule_id, incident))
        .collect();
    let last = |rule: &Value| id_of(rule).and_then(|id| newest.get(&id)).map(|it| incident(&visit, it));
    page(&MetricRulesPage {
        shell: visit.org_shell(access, "Metric alert rules", Section::Alerts).await?,
        rows: found.rows.iter().map(|rule| row(rule, last(rule))).collect(),
        pager: paging::pager(&visit, &found, ""),
    })
}

async fn one(visit: Signed, State(ctx): State<Ctx>, Path((org, rule)): Path<(String, String)>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationAlertRule::CLASS, "GET").await?;
    let id: MetricRuleId = rule.parse().map_err(|_| Problem::NotFound)?;
    let place = Place { org: access, only: None };
    let access = &place.org;
    let rule = metric_rules::get(&ctx, &place, id).await?;
    let request = paging::request(&visit, paging::ROWS)?;
    let found = metric_rules::incidents_of_rule(&ctx, access, id, request).await?;
    let newest = metric_rules::newest_incidents(&ctx, access, &[id]).await?;
    let last = newest.first().map(|it| incident(&visit, it));
    page(&MetricRulePage {
        shell: visit.org_shell(access, text(&rule, "name"), Section::Alerts).await?,
        lacks_mail: !ctx.settings.sends_mail && actions(&rule).any(|it| text(it, "type") == "email"),
        not_done: actions(&rule)
            .filter(|it| !metric_rules::is_carried_out(text(it, "type")))
            .map(|it| text(it, "desc").to_owned())
            .collect(),
        is_evaluated: metric_rules::is_evaluated(&rule),
        rule: row(&rule, last),
        incidents: found.rows.iter().map(|it| incident(&visit, it)).collect(),
        pager: paging::pager(&visit, &found, ""),
    })
}

fn id_of(rule: &Value) -> Option<MetricRuleId> {
    text(rule, "id").parse().ok()
}

fn text<'a>(rule: &'a Value, key: &str) -> &'a str {
    rule.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A number without a fraction that says nothing.
fn number(from: &Value, key: &str) -> Option<String> {
    from.get(key).and_then(Value::as_f64).map(|number| number.to_string())
}

fn row(rule: &Value, last: Option<IncidentRow>) -> MetricRuleRow {
    MetricRuleRow {
        id: text(rule, "id").to_owned(),
        name: text(rule, "name").to_owned(),
        projects: items(rule, "projects").filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        aggregate: text(rule, "aggregate").to_owned(),
        query: text(rule, "query").to_owned(),
        environment: text(rule, "environment").to_owned(),
        window_minutes: number(rule, "timeWindow").unwrap_or_default(),
        thresholds: thresholds(rule),
        tells: tells(rule),
        state: match &last {
            Some(last) if last.ended.is_none() => last.state.clone(),
            _ if !metric_rules::is_evaluated(rule) => Badge::new("Not counted", Tone::Warn),
            _ => Badge::new("Quiet", Tone::Good),
        },
        last,
    }
}

fn items<'a>(of: &'a Value, key: &'static str) -> impl Iterator<Item = &'a Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// What all thresholds do.
fn actions(rule: &Value) -> impl Iterator<Item = &Value> {
    items(rule, "triggers").flat_map(|trigger| items(trigger, "actions"))
}

/// "critical: Send an email to members of #core". Actions whose reader is gone tell nobody.
fn tells(rule: &Value) -> Vec<String> {
    let told = |trigger: &Value| {
        let words =
            items(trigger, "actions").map(|action| text(action, "desc")).filter(|words| !words.is_empty());
        words.map(|words| format!("{}: {words}", text(trigger, "label"))).collect::<Vec<_>>()
    };
    items(rule, "triggers").flat_map(told).collect()
}

/// "critical above 300", "resolved at 2 or below".
fn thresholds(rule: &Value) -> Vec<String> {
    let is_below = rule.get("thresholdType").and_then(Value::as_i64) == Some(BELOW);
    let side = if is_below { "below" } else { "above" };
    let trigger = |it: &Value| {
        let threshold = number(it, "alertThreshold").unwrap_or_default();
        format!("{} {side} {threshold}", text(it, "label"))
    };
    let back = if is_below { "above" } else { "below" };
    let resolve = number(rule, "resolveThreshold").map(|threshold| format!("resolved {back} {threshold}"));
    items(rule, "triggers").map(trigger).chain(resolve).collect()
}

fn incident(visit: &Visit, row: &metric_rules::Incident) -> IncidentRow {
    let when = |time: Time| When::new(time, visit.now);
    IncidentRow {
        number: row.identifier.to_string(),
        state: match row.status {
            CLOSED => Badge::new("Over", Tone::Neutral),
            WARNING => Badge::new("Warning", Tone::Warn),
            _ => Badge::new("Critical", Tone::Bad),
        },
        began: when(row.date_started),
        ended: row.date_closed.map(when),
    }
}
