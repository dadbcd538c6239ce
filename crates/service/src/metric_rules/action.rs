//! What a threshold of a metric alert rule does: reading it from a body.

use mortise_domain::{MetricActionId, TeamId, UserId};
use mortise_store::{Conn, member, metric_rule::NewAction, team};
use mortise_wire::{
    Fields,
    errors::ErrorBody,
    python::{is_truthy, text},
};
use serde_json::{Map, Value, json};

use super::input::refused;
use crate::{Error, Result, access::OrgAccess, apps::facade::AlertApp, events::Whom};

/// Largest action as it is stored, bytes.
const ACTION_BYTES_MAX: usize = 16 * 1024;

/// The kinds, and whom each can be for.
const KINDS: &[(&str, &[&str])] = &[
    ("email", &["user", "team"]),
    ("slack", SPECIFIC),
    ("msteams", SPECIFIC),
    ("discord", SPECIFIC),
    ("pagerduty", SPECIFIC),
    ("opsgenie", SPECIFIC),
    ("sentry_app", &["sentry_app"]),
];
/// Whom providers tell: a channel, a service, a team of theirs.
const SPECIFIC: &[&str] = &["specific"];
/// The providers that know priorities, as messages call them, and which.
const PRIORITIES: &[(&str, &str, &[&str])] = &[
    ("pagerduty", "Pagerduty", &["critical", "error", "info", "warning"]),
    ("opsgenie", "Opsgenie", &["P1", "P2", "P3", "P4", "P5"]),
];
const NO_PRIORITY: &str = "Can only be set for Pagerduty or Opsgenie";
const TARGET_TYPES: &[&str] = &["user", "team", "specific", "sentry_app"];

const NO_APP: &str = "SentryApp must be provided for sentry_app";
const NO_INSTALLATION: &str = "Missing parameter: sentry_app_installation_uuid";
const FOREIGN_INSTALLATION: &str = "The installation does not exist.";
const FOREIGN_APP: &str = "No SentryApp found.";
const FOREIGN_TEAM: &str = "Team does not exist";
const FOREIGN_USER: &str = "User does not belong to this organization";

/// Whether this server does what an action of a kind says. Those of providers are kept, so that a rule can be moved here
/// whole.
pub fn is_carried_out(kind: &str) -> bool {
    matches!(kind, "email" | "sentry_app")
}

/// The kinds that tell somebody through an integration, in order.
pub(super) fn providers() -> impl Iterator<Item = &'static str> {
    KINDS.iter().filter(|(_, targets)| *targets == SPECIFIC).map(|(kind, _)| *kind)
}

/// Reads an action. Who is mailed is left to [`check_reader`].
pub(super) fn read(action: &Value, apps: &[AlertApp]) -> Result<NewAction> {
    let (kind, target_type) = kind_of(action)?;
    let given = |key: &str| action.get(key).filter(|value| is_truthy(value));
    let own = |key: &str| action.get(key).cloned().unwrap_or(Value::Null);
    let mut data = Map::new();
    data.insert("type".to_owned(), kind.into());
    data.insert("target_type".to_owned(), target_type.into());
    if kind == "sentry_app" {
        let app = app_of(action, apps)?;
        data.insert("target_identifier".to_owned(), app.app_id.get().into());
        data.insert("sentry_app_id".to_owned(), app.app_id.get().into());
        if let Some(settings) = given("settings") {
            data.insert("settings".to_owned(), settings.clone());
        }
        data.insert("installation_uuid".to_owned(), app.installation_uuid.clone().into());
        data.insert("name".to_owned(), app.name.clone().into());
    } else {
        if ["slack", "discord"].contains(&kind) && given("integrationId").or(given("integration")).is_none() {
            return Err(Error::field("integration", format!("Integration must be provided for {kind}")));
        }
        for (key, from) in [
            ("target_identifier", "targetIdentifier"),
            ("input_channel_id", "inputChannelId"),
            ("priority", "priority"),
        ] {
            data.insert(key.to_owned(), own(from));
        }
        let integration = given("integrationId").or(given("integration")).cloned().unwrap_or_default();
        let number = integration.as_str().and_then(|text| text.trim().parse::<i64>().ok());
        data.insert("integration_id".to_owned(), number.map_or(integration, Value::from));
    }
    let data = Value::Object(data);
    if data.to_string().len() > ACTION_BYTES_MAX {
        return Err(refused(format!("An action may not be larger than {ACTION_BYTES_MAX} bytes.")));
    }
    let id: Option<MetricActionId> = given("id").and_then(|id| text(id).parse().ok());
    Ok(NewAction { id, data })
}

/// What it does, and for what sort of target.
fn kind_of(action: &Value) -> Result<(&'static str, &'static str)> {
    let mut fields = Fields::of_value(action);
    let kind = fields.string("type").required();
    let target_type = fields.string("targetType").required();
    let found = KINDS.iter().find(|(it, _)| *it == kind);
    let target = TARGET_TYPES.iter().find(|it| **it == target_type);
    if found.is_none() && !kind.is_empty() {
        let all: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        fields.error("type", format!("Invalid type, valid values are {all:?}").replace('"', "'"));
    }
    if target.is_none() && !target_type.is_empty() {
        let all = TARGET_TYPES.join(", ");
        fields.error("targetType", format!("Invalid targetType, valid values are [{all}]"));
    }
    if let (Some((kind, targets)), Some(target)) = (found, target)
        && !targets.contains(target)
    {
        let all = targets.join(",");
        fields.error("targetType", format!("Invalid target type for {kind}. Valid types are [{all}]"));
    }
    if kind != "sentry_app" {
        fields.any("targetIdentifier").required_nullable();
    }
    check_priority(&mut fields, &kind);
    fields.finish()?;
    found
        .zip(target)
        .map(|((kind, _), target)| (*kind, *target))
        .ok_or_else(|| Error::Internal("an action of a known kind that is not known".to_owned()))
}

/// Two providers know priorities, each its own.
fn check_priority(fields: &mut Fields, kind: &str) {
    let Some(priority) = fields.string("priority").nullable().flatten() else { return };
    let text = match PRIORITIES.iter().find(|(provider, ..)| *provider == kind) {
        None => NO_PRIORITY.to_owned(),
        Some((.., known)) if known.contains(&priority.as_str()) => return,
        Some((_, name, known)) => {
            let known = format!("{known:?}").replace('[', "{").replace(']', "}").replace('"', "'");
            format!("Allowed priorities for {name} are {known}")
        }
    };
    fields.error("priority", text);
}

fn app_of<'a>(action: &Value, apps: &'a [AlertApp]) -> Result<&'a AlertApp> {
    let given = |key: &str| action.get(key).filter(|value| is_truthy(value));
    let refused = |text: &str| Error::field("sentryApp", text);
    let id = given("sentryAppId").or_else(|| given("sentryApp")).map(text).ok_or_else(|| refused(NO_APP))?;
    let uuid = given("sentryAppInstallationUuid").and_then(Value::as_str);
    if given("settings").is_some() && uuid.is_none() {
        return Err(refused(NO_INSTALLATION));
    }
    if !apps.is_empty() && uuid.is_some_and(|uuid| !apps.iter().any(|app| app.installation_uuid == uuid)) {
        return Err(refused(FOREIGN_INSTALLATION));
    }
    let found = apps.iter().find(|app| app.app_id.to_string() == id);
    found.ok_or_else(|| Error::Invalid(ErrorBody::Other(json!([FOREIGN_APP]))))
}

/// Whom a stored action mails; nobody where it does something else.
pub(super) fn reader(data: &Value) -> Option<Whom> {
    if data["type"] != "email" {
        return None;
    }
    let id: i64 = text(&data["target_identifier"]).parse().ok()?;
    match data["target_type"].as_str()? {
        "team" => Some(Whom::Team { id }),
        "user" => Some(Whom::Member { id }),
        _ => None,
    }
}

/// Whoever is mailed belongs to the organization, and a team is one that the caller reaches.
pub(super) async fn check_reader(conn: &mut Conn, access: &OrgAccess, action: &NewAction) -> Result<()> {
    if action.data["type"] != "email" {
        return Ok(());
    }
    let org = access.org.id;
    let is_here = match reader(&action.data) {
        Some(Whom::Team { id }) if access.reaches(&[TeamId::new(id)]) => {
            team::by_id(conn, org, TeamId::new(id)).await?.is_some()
        }
        Some(Whom::Member { id }) => member::of_user(conn, org, UserId::new(id)).await?.is_some(),
        _ => false,
    };
    let refusal = if action.data["target_type"] == "team" { FOREIGN_TEAM } else { FOREIGN_USER };
    if is_here { Ok(()) } else { Err(refused(refusal)) }
}
