//! Reading a metric alert rule from a body.

use mortise_domain::ProjectId;
use mortise_store::{
    Conn,
    metric_rule::{Content, NewTrigger},
    project,
};
use mortise_wire::{
    Fields,
    errors::{ErrorBody, FieldErrors},
};
use serde_json::{Value, json};

use super::action;
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    apps::facade::{self, AlertApp},
    rules,
};

/// Most rules of an organization.
pub(super) const RULES_MAX: i64 = 1000;
/// Longest name.
const NAME_CHARACTERS_MAX: usize = 256;
/// Longest query, and other texts that are kept.
const TEXT_CHARACTERS_MAX: usize = 1000;
/// The time over which events are counted, minutes.
const WINDOW_MINUTES_MAX: i64 = 24 * 60;
/// How many times in a row a threshold must be crossed at most.
const PERIOD_MAX: i64 = 20;
/// Most actions of a threshold.
const ACTIONS_MAX: usize = 100;
/// Most projects of a rule.
const PROJECTS_MAX: usize = 100;

const DATASETS: &[&str] =
    &["events", "transactions", "sessions", "metrics", "generic_metrics", "events_analytics_platform"];
const EVENT_TYPES: &[&str] = &["error", "default", "transaction"];
const LABELS: [&str; 2] = ["critical", "warning"];

const NO_PROJECT: &str = "Invalid project";
const THRESHOLD_TYPE: &str = "Invalid threshold type, valid values are [0, 1]";
const NO_TRIGGER: &str = "Must include at least one trigger";
const TOO_MANY_TRIGGERS: &str =
    "Must send 1 or 2 triggers - A critical trigger, and an optional warning trigger";

/// Reads a rule, and asks the apps that its actions concern. `only` is the project of the path, in place of `projects`;
/// `kept` are those of the rule, which stay where the body names none.
pub(super) async fn read(
    ctx: &Ctx,
    access: &OrgAccess,
    only: Option<ProjectId>,
    kept: &[ProjectId],
    mut fields: Fields,
) -> Result<Content> {
    let mut conn = ctx.store.read().await?;
    let name = fields.string("name").max(NAME_CHARACTERS_MAX).required();
    let dataset = fields.string("dataset").or("events".to_owned());
    if !DATASETS.contains(&dataset.as_str()) {
        fields.error("dataset", format!("Invalid dataset, valid values are {DATASETS:?}").replace('"', "'"));
    }
    let query = fields.string("query").max(TEXT_CHARACTERS_MAX).allow_blank().required();
    let aggregate = fields.string("aggregate").max(TEXT_CHARACTERS_MAX).required();
    let time_window = fields.int("timeWindow").min(1).max(WINDOW_MINUTES_MAX).required();
    let threshold_type = fields.int("thresholdType").required();
    if fields.has("thresholdType") && !(0..=1).contains(&threshold_type) {
        fields.error("thresholdType", THRESHOLD_TYPE);
    }
    let resolve = fields.number("resolveThreshold").nullable().flatten();
    let period = fields.int("thresholdPeriod").min(1).max(PERIOD_MAX).nullable().flatten();
    let comparison = fields.int("comparisonDelta").min(1).nullable().flatten();
    let query_type = fields.int("queryType").min(0).max(2).nullable().flatten().unwrap_or(0);
    let event_types = fields.strings("eventTypes").nullable().flatten().unwrap_or_default();
    if let Some(unknown) = event_types.iter().find(|kind| !EVENT_TYPES.contains(&kind.as_str())) {
        fields
            .error("eventTypes", format!("Invalid event_type, valid values are {EVENT_TYPES:?}: {unknown}"));
    }
    let description =
        fields.string("description").max(TEXT_CHARACTERS_MAX).allow_blank().nullable().flatten();
    let environment_id = rules::environment_of(&mut conn, access.org.id, &mut fields).await?;
    let (owner_user_id, owner_team_id) = rules::owner_of(&mut conn, access.org.id, &mut fields).await?;
    let projects = match fields.has("projects") || kept.is_empty() {
        true => projects_of(&mut conn, access, only, &mut fields).await?,
        false => only.map_or_else(|| kept.to_vec(), |project| vec![project]),
    };
    let triggers = fields.any("triggers").required();
    fields.finish()?;
    let apps = facade::alert_apps(&mut conn, access.org.id).await?;
    let mut triggers = triggers_of(&triggers, threshold_type, resolve, &apps)?;
    for action in triggers.iter_mut().flat_map(|trigger| &mut trigger.actions) {
        action::check_reader(&mut conn, access, action).await?;
    }
    drop(conn);
    announce(ctx, access, &triggers).await?;
    let data = json!({
        "dataset": dataset, "query": query, "aggregate": aggregate, "time_window": time_window,
        "threshold_type": threshold_type, "resolve_threshold": resolve, "threshold_period": period.unwrap_or(1),
        "comparison_delta": comparison, "query_type": query_type, "event_types": event_types,
        "description": description,
    });
    Ok(Content { name, environment_id, owner_user_id, owner_team_id, data, projects, triggers })
}

/// The projects that a body names by slug, which the caller reaches.
async fn projects_of(
    conn: &mut Conn,
    access: &OrgAccess,
    only: Option<ProjectId>,
    fields: &mut Fields,
) -> Result<Vec<ProjectId>> {
    if let Some(project) = only {
        return Ok(vec![project]);
    }
    let slugs = fields.strings("projects").required();
    let reachable = access.reachable_projects(conn).await?;
    let all = project::of_organization(conn, access.org.id).await?;
    let mut projects = Vec::new();
    for slug in slugs.iter().take(PROJECTS_MAX) {
        let found = all.iter().find(|project| project.slug == *slug && reachable.contains(&project.id));
        match found {
            Some(project) if !projects.contains(&project.id) => projects.push(project.id),
            Some(_) => {}
            None => fields.error("projects", NO_PROJECT),
        }
    }
    if fields.is_valid() && projects.is_empty() {
        fields.error("projects", NO_PROJECT);
    }
    Ok(projects)
}

pub(super) fn refused(text: impl Into<String>) -> Error {
    FieldErrors::one("nonFieldErrors", text).into()
}

fn triggers_of(
    triggers: &Value,
    threshold_type: i64,
    resolve: Option<f64>,
    apps: &[AlertApp],
) -> Result<Vec<NewTrigger>> {
    let list = triggers.as_array().map_or(&[][..], Vec::as_slice);
    match list.len() {
        0 => return Err(refused(NO_TRIGGER)),
        1 | 2 => {}
        _ => return Err(refused(TOO_MANY_TRIGGERS)),
    }
    let is_above = threshold_type == 0;
    let mut read: Vec<NewTrigger> = Vec::new();
    for (index, (trigger, label)) in list.iter().zip(LABELS).enumerate() {
        if trigger.get("label").and_then(Value::as_str) != Some(label) {
            return Err(refused(format!("Trigger {} must be labeled \"{label}\"", index + 1)));
        }
        let mut fields = Fields::of_value(trigger);
        let threshold = fields.number("alertThreshold").required();
        fields.finish()?;
        if resolve.is_some_and(|resolve| contradicts(is_above, threshold, resolve)) {
            let side = if is_above { "above" } else { "below" };
            return Err(refused(format!("{label} alert threshold must be {side} resolution threshold")));
        }
        let actions = trigger.get("actions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if actions.len() > ACTIONS_MAX {
            return Err(refused(format!("A trigger may not have more than {ACTIONS_MAX} actions.")));
        }
        let actions = actions.iter().map(|it| action::read(it, apps)).collect::<Result<_>>()?;
        read.push(NewTrigger { label: label.to_owned(), threshold: json!(threshold), actions });
    }
    if let [critical, warning] = read.as_slice() {
        let number = |trigger: &NewTrigger| trigger.threshold.as_f64().unwrap_or_default();
        let (critical, warning) = (number(critical), number(warning));
        if if is_above { critical < warning } else { critical > warning } {
            let side = if is_above { "above" } else { "below" };
            return Err(refused(format!(
                "Critical trigger must have an alert threshold {side} warning trigger"
            )));
        }
    }
    Ok(read)
}

/// Whether an alert would be over before it begins. Counts beyond both thresholds begin and end it, neither counts itself:
/// whole numbers may pass each other by one.
fn contradicts(is_above: bool, alert: f64, resolve: f64) -> bool {
    let (alert, resolve) = if is_above { (alert, resolve) } else { (resolve, alert) };
    let slack = if alert.fract() == 0.0 && resolve.fract() == 0.0 { 2.0 } else { 0.0 };
    alert + slack <= resolve
}

/// Tells the apps whose components are used that the rule is saved; the first that refuses is what becomes of it.
async fn announce(ctx: &Ctx, access: &OrgAccess, triggers: &[NewTrigger]) -> Result<()> {
    for action in triggers.iter().flat_map(|trigger| &trigger.actions) {
        let action = &action.data;
        let Some(settings) = action.get("settings") else { continue };
        let uuid = action.get("installation_uuid").and_then(Value::as_str).unwrap_or_default();
        let outcome = facade::run_alert_action(ctx, access.org.id, uuid, settings).await?;
        if !outcome.success {
            return Err(Error::Invalid(ErrorBody::Other(json!({"sentry_app": outcome.message}))));
        }
    }
    Ok(())
}
