//! Metric alert rules and incidents as clients see them. Webhooks say the same with keys in snake case.

use std::collections::HashMap;

use mortise_domain::{
    MetricRuleId, OrgId, Time, UserId,
    status::{AppStatus, ObjectStatus},
};
use mortise_store::{
    Conn, Slice,
    integration::installed::{self, Installed},
    metric_rule::{self as store, Action, Incident, MetricRule, Trigger},
    rule::snooze::{self, Muted},
    user::{self, User},
};
use mortise_wire::{
    WireTime,
    python::{is_truthy, text},
};
use serde_json::{Map, Value, json};

use super::{
    action::{providers, reader},
    readers::Readers,
};
use crate::{
    Ctx, Result,
    access::OrgAccess,
    apps::{
        facade::{self, InstalledComponent},
        schema::ALERT_RULE_ACTION,
    },
    integrations,
};

/// Minutes between two looks at a rule.
const RESOLUTION_MINUTES: i64 = 1;

/// Who looks at rules: sees what is mute for that person.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reader(Option<UserId>);

impl Reader {
    pub(crate) fn of(access: &OrgAccess) -> Self {
        Self(access.caller.user_id())
    }
}

/// Rules of an organization, in their order.
pub(crate) async fn rules(
    conn: &mut Conn,
    org: OrgId,
    rows: &[MetricRule],
    Reader(reader): Reader,
    now: Time,
) -> Result<Vec<Value>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MetricRuleId> = rows.iter().map(|row| row.id).collect();
    let projects = store::projects(conn, &ids).await?;
    let triggers = store::triggers(conn, &ids).await?;
    let trigger_ids: Vec<_> = triggers.iter().map(|trigger| trigger.id).collect();
    let actions = store::actions(conn, &trigger_ids).await?;
    let readers = Readers::of(conn, org, &actions).await?;
    let muted: Vec<_> = ids.iter().copied().map(Muted::Metric).collect();
    let snoozes = snooze::of_rules(conn, &muted, reader, now).await?;
    let people = rows.iter().filter_map(|row| row.created_by_id);
    let people: Vec<UserId> = people.chain(snoozes.iter().filter_map(|it| it.owner_id)).collect();
    let people = user::by_ids(conn, &people).await?;
    let people: HashMap<UserId, User> = people.into_iter().map(|user| (user.id, user)).collect();
    let json = |row: &MetricRule| {
        let slugs: Vec<&str> =
            projects.iter().filter(|(id, ..)| *id == row.id).map(|(_, _, slug)| slug.as_str()).collect();
        let own = triggers.iter().filter(|trigger| trigger.rule_id == row.id);
        let own: Vec<Value> = own.map(|it| trigger(row, it, &actions, &readers)).collect();
        let mut json = rule(row, org, &slugs, &own, row.created_by_id.and_then(|id| people.get(&id)));
        if let Some(snooze) = snoozes.iter().find(|it| it.metric_rule_id == Some(row.id)) {
            json["snooze"] = true.into();
            if let Some(by) = snooze.owner_id.and_then(|id| people.get(&id)) {
                let is_reader = reader == Some(by.id);
                json["snoozeCreatedBy"] = if is_reader { "You" } else { by.display_name() }.into();
                json["snoozeForEveryone"] = snooze.user_id.is_none().into();
            }
        }
        json
    };
    Ok(rows.iter().map(json).collect())
}

fn rule(row: &MetricRule, org: OrgId, slugs: &[&str], triggers: &[Value], by: Option<&User>) -> Value {
    let data = &row.data;
    let user = row.owner_user_id.map(|id| format!("user:{id}"));
    json!({
        "id": row.id.to_string(),
        "name": row.name,
        "organizationId": org.to_string(),
        "status": 0,
        "queryType": data["query_type"],
        "dataset": data["dataset"],
        "query": data["query"],
        "aggregate": data["aggregate"],
        "thresholdType": data["threshold_type"],
        "resolveThreshold": data["resolve_threshold"],
        "timeWindow": data["time_window"],
        "environment": row.environment,
        "resolution": RESOLUTION_MINUTES,
        "thresholdPeriod": data["threshold_period"],
        "triggers": triggers,
        "projects": slugs,
        "includeAllProjects": false,
        "owner": user.or_else(|| row.owner_team_id.map(|id| format!("team:{id}"))),
        "originalAlertRuleId": null,
        "comparisonDelta": data["comparison_delta"],
        "dateModified": WireTime::new(row.date_modified),
        "dateCreated": WireTime::new(row.date_added),
        "createdBy": by.map(|by| json!({"id": by.id.get(), "name": by.display_name(), "email": by.email})),
        "monitorType": 0,
        "activationCondition": null,
        "activations": [],
        "description": data["description"].as_str().unwrap_or_default(),
        "snooze": false,
    })
}

fn trigger(rule: &MetricRule, row: &Trigger, actions: &[Action], readers: &Readers) -> Value {
    let own = actions.iter().filter(|action| action.trigger_id == row.id);
    json!({
        "id": row.id.to_string(),
        "alertRuleId": row.rule_id.to_string(),
        "label": row.label,
        "thresholdType": rule.data["threshold_type"],
        "alertThreshold": row.threshold,
        "resolveThreshold": rule.data["resolve_threshold"],
        "dateCreated": WireTime::new(row.date_added),
        "actions": own.map(|row| action(row, readers)).collect::<Vec<_>>(),
    })
}

fn action(row: &Action, readers: &Readers) -> Value {
    let data = &row.data;
    let kind = data["type"].as_str().unwrap_or_default();
    let target = text(&data["target_identifier"]);
    let name = data["name"].as_str().unwrap_or_default();
    let description = match kind {
        "sentry_app" => Some(format!("Send a notification via {name}")),
        "email" => reader(data).and_then(|whom| readers.describe(whom)),
        _ => Some(told(kind, data["priority"].as_str(), &target)),
    };
    let mut action = json!({
        "id": row.id.to_string(),
        "alertRuleTriggerId": row.trigger_id.to_string(),
        "type": kind,
        "targetType": data["target_type"],
        "targetIdentifier": target_identifier(kind, &data["target_identifier"]),
        "inputChannelId": Some(&data["input_channel_id"]).filter(|id| kind == "slack" && is_truthy(id)).map(text),
        "integrationId": data["integration_id"],
        "sentryAppId": data["sentry_app_id"],
        "dateCreated": WireTime::new(row.date_added),
        "desc": description,
        "priority": data["priority"],
    });
    for (key, from) in [("settings", "settings"), ("sentryAppInstallationUuid", "installation_uuid")] {
        if let (Some(value), Some(action)) = (data.get(from), action.as_object_mut()) {
            action.insert(key.to_owned(), value.clone());
        }
    }
    action
}

/// Whom an action tells: a number for an app or a service of PagerDuty, and a text everywhere else.
fn target_identifier(kind: &str, stored: &Value) -> Value {
    let number = || text(stored).parse::<i64>().ok();
    match kind {
        "sentry_app" | "pagerduty" => number().map_or_else(|| stored.clone(), Value::from),
        _ if stored.is_null() => Value::Null,
        _ => text(stored).into(),
    }
}

/// What an action through a provider does.
fn told(kind: &str, priority: Option<&str>, target: &str) -> String {
    let name = match kind {
        "slack" => "Slack",
        "msteams" => "Microsoft Teams",
        "discord" => "Discord",
        "pagerduty" => "PagerDuty",
        "opsgenie" => "Opsgenie",
        other => other,
    };
    match priority.filter(|priority| !priority.is_empty()) {
        Some(priority) => format!("Send a {priority} level {name} notification to {target}"),
        None if kind == "opsgenie" => format!("Send an {name} notification to {target}"),
        None => format!("Send a {name} notification to {target}"),
    }
}

/// An incident with its rule.
pub(super) fn incident(row: &Incident, rule: &Value) -> Value {
    json!({
        "id": row.id.to_string(),
        "identifier": row.identifier.to_string(),
        "organizationId": row.organization_id.to_string(),
        "projects": rule["projects"],
        "alertRule": rule,
        "activities": null,
        "seenBy": null,
        "hasSeen": null,
        "status": row.status,
        "statusMethod": 3,
        "type": 2,
        "title": row.title,
        "dateStarted": WireTime::new(row.date_started),
        "dateDetected": WireTime::new(row.date_detected),
        "dateCreated": WireTime::new(row.date_detected),
        "dateClosed": row.date_closed.map(WireTime::new),
        "activation": [],
    })
}

/// The same as webhooks say it: without what depends on the reader.
pub(super) fn hook_incident(row: &Incident, mut rule: Value) -> Value {
    if let Some(rule) = rule.as_object_mut() {
        for key in ["snooze", "snoozeCreatedBy", "snoozeForEveryone"] {
            rule.shift_remove(key);
        }
        rule.insert("createdBy".to_owned(), Value::Null);
    }
    snake(incident(row, &rule))
}

/// The same with keys in snake case, except in the settings of apps.
fn snake(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(snake).collect(),
        Value::Object(map) => {
            let pair = |(key, value): (String, Value)| match key.as_str() {
                "settings" => (key, value),
                _ => (snake_key(&key), snake(value)),
            };
            Value::Object(map.into_iter().map(pair).collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn snake_key(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// What triggers may do: mail, tell somebody through an integration (which is kept only), and tell the alertable apps that
/// are installed, with the fields of their components.
pub async fn available_actions(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<Value>> {
    let mut conn = ctx.store.read().await?;
    let apps = facade::alert_apps(&mut conn, access.org.id).await?;
    let integrations = installed::list(&mut conn, access.org.id, None, Slice::ALL).await?;
    drop(conn);
    let mut actions = vec![json!({"type": "email", "allowedTargetTypes": ["user", "team"]})];
    for provider in providers() {
        let is_active = |row: &&Installed| {
            row.provider == provider && [row.status, row.org_status] == [ObjectStatus::Active.number(); 2]
        };
        for row in integrations.iter().filter(is_active) {
            actions.push(integration_action(ctx, row)?);
        }
    }
    let prepared = facade::prepared_components(ctx, access.org.id, ALERT_RULE_ACTION, None).await?;
    for app in apps.iter().filter(|app| app.is_alertable) {
        let mut entry = json!({
            "type": "sentry_app",
            "allowedTargetTypes": ["sentry_app"],
            "sentryAppName": app.name,
            "sentryAppId": app.app_id.get(),
            "sentryAppInstallationUuid": app.installation_uuid,
            "status": AppStatus::try_from(app.status).map_or("unpublished", AppStatus::as_str),
        });
        let is_it = |it: &InstalledComponent| it.callee.installation.uuid == app.installation_uuid;
        if let Some((_, schema)) = prepared.iter().find(|(component, _)| is_it(component)) {
            entry["settings"] = schema["settings"].clone();
        }
        actions.push(entry);
    }
    Ok(actions)
}

fn integration_action(ctx: &Ctx, row: &Installed) -> Result<Value> {
    let mut entry = json!({
        "type": row.provider,
        "allowedTargetTypes": ["specific"],
        "integrationName": row.name,
        "integrationId": row.id.get(),
    });
    if let Some(receivers) = integrations::receivers(ctx, row)? {
        let option = |(id, name): (Value, Value)| json!({"value": id, "label": name});
        entry["options"] = receivers.into_iter().map(option).collect();
    }
    Ok(entry)
}
