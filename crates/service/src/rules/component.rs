//! Actions of apps that have a component for them: what is checked before the app itself is asked.

use mortise_store::rule::AlertApp;
use serde_json::Value;

use super::check::{Node, is_empty, plain};

/// The name of these actions.
pub const ACTION: &str = "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction";

const NOT_CONFIGURED: &str = "Please configure your integration settings.";
const NO_INSTALLATION: &str = "Missing attribute 'sentryAppInstallationUuid'";
const UNKNOWN_INSTALLATION: &str = "Could not identify integration from the installation uuid.";

/// The installation that an action is for.
pub fn installation_uuid(node: &Node) -> Option<&str> {
    node.get("sentryAppInstallationUuid").and_then(Value::as_str)
}

/// The app behind an action, while it is installed.
pub fn app_of<'a>(node: &Node, apps: &'a [AlertApp]) -> Option<&'a AlertApp> {
    let uuid = installation_uuid(node)?;
    apps.iter().find(|app| app.installation_uuid == uuid)
}

/// What the component is called.
pub fn title(app: &AlertApp) -> &str {
    let title = app.component.as_ref().and_then(|schema| schema.get("title")).and_then(Value::as_str);
    title.filter(|title| !title.is_empty()).unwrap_or(&app.name)
}

/// The settings that were made, as pairs.
fn settings(node: &Node) -> Vec<(&str, &Value)> {
    let items = node.get("settings").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| Some((item.get("name")?.as_str()?, item.get("value")?))).collect()
}

/// Checks an action against the component of its app.
pub fn check(node: &mut Node, apps: &[AlertApp]) -> Result<(), String> {
    node.retain(|_, value| !is_empty(value));
    if !node.get("hasSchemaFormConfig").is_some_and(is_true) {
        return Err(NOT_CONFIGURED.to_owned());
    }
    if installation_uuid(node).is_none() {
        return Err(NO_INSTALLATION.to_owned());
    }
    let app = app_of(node, apps).ok_or(UNKNOWN_INSTALLATION)?;
    let name = &app.name;
    let Some(schema) = &app.component else {
        return Err(format!("Alert Rule Actions are not enabled for the {name} integration."));
    };
    let settings = settings(node);
    if settings.is_empty() {
        return Err(format!("{name} requires settings to configure alert rules."));
    }
    let fields = |list: &str| {
        let fields = schema.get("settings").and_then(|it| it.get(list)).and_then(Value::as_array);
        fields.map_or(&[][..], Vec::as_slice)
    };
    let value_of = |field: &Value| {
        let field_name = field.get("name").and_then(Value::as_str)?;
        settings.iter().find(|(name, _)| *name == field_name).map(|(_, value)| *value)
    };
    for field in fields("required_fields") {
        if value_of(field).is_none_or(|value| !is_true(value)) {
            let field = field.get("name").map(plain).unwrap_or_default();
            return Err(format!("{name} is missing required settings field: '{field}'"));
        }
        check_choice(name, field, value_of(field))?;
    }
    for field in fields("optional_fields") {
        check_choice(name, field, value_of(field))?;
    }
    let is_known = |setting: &str| {
        let mut all = fields("required_fields").iter().chain(fields("optional_fields"));
        all.any(|field| field.get("name").and_then(Value::as_str) == Some(setting))
    };
    let unknown: Vec<&str> = settings.iter().map(|(name, _)| *name).filter(|name| !is_known(name)).collect();
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(format!("Unexpected setting(s) '{}' configured for {name}", unknown.join(", "))),
    }
}

/// Whether a value counts as given.
fn is_true(value: &Value) -> bool {
    !is_empty(value) && value.as_f64() != Some(0.0)
}

/// A value of a select whose options are in the schema is one of them.
fn check_choice(app: &str, field: &Value, value: Option<&Value>) -> Result<(), String> {
    let is_select = field.get("type").and_then(Value::as_str) == Some("select");
    let is_remote = field.get("uri").is_some_and(is_true);
    let Some(value) = value.filter(|value| is_true(value) && is_select && !is_remote) else { return Ok(()) };
    let options = field.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let allowed: Vec<&Value> = options.iter().filter_map(|option| option.get(0)).collect();
    if allowed.contains(&value) {
        return Ok(());
    }
    let label = field.get("label").map(plain).unwrap_or_default();
    let allowed: Vec<String> = allowed.into_iter().map(plain).collect();
    // The quote at the end is part of the text.
    Err(format!(
        "{app} received {} for {label} setting. Allowed values are {}'",
        plain(value),
        allowed.join(", ")
    ))
}
