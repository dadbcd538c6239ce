//! Actions of apps that have a component for them. Their settings are checked against the component, then the app itself
//! is asked; where such an action is shown or offered, its app is asked for the choices.

use futures_util::future::try_join_all;
use mortise_domain::OrgId;
use mortise_wire::{
    python::{is_truthy, text},
    rule as wire,
};
use serde_json::{Map, Value, json};

use super::{check::Node, input::nodes, nodes::COMPONENT};
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    apps::{
        facade::{self, AlertApp, InstalledComponent},
        schema::ALERT_RULE_ACTION,
    },
};

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
    node.retain(|_, value| is_truthy(value));
    if !node.get("hasSchemaFormConfig").is_some_and(is_truthy) {
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
        if value_of(field).is_none_or(|value| !is_truthy(value)) {
            let field = field.get("name").map(text).unwrap_or_default();
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

/// A value of a select whose options are in the schema is one of them.
fn check_choice(app: &str, field: &Value, value: Option<&Value>) -> Result<(), String> {
    let is_select = field.get("type").and_then(Value::as_str) == Some("select");
    let is_remote = field.get("uri").is_some_and(is_truthy);
    let Some(value) = value.filter(|value| is_truthy(value) && is_select && !is_remote) else {
        return Ok(());
    };
    let options = field.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let allowed: Vec<&Value> = options.iter().filter_map(|option| option.get(0)).collect();
    if allowed.contains(&value) {
        return Ok(());
    }
    let label = field.get("label").map(text).unwrap_or_default();
    let allowed: Vec<String> = allowed.into_iter().map(text).collect();
    // The quote at the end is part of the text.
    Err(format!(
        "{app} received {} for {label} setting. Allowed values are {}'",
        text(value),
        allowed.join(", ")
    ))
}

fn is_component(action: &Node) -> bool {
    action.get("id").and_then(Value::as_str) == Some(COMPONENT)
}

/// Tells the apps behind the actions of a rule that it is saved with these settings. The first that refuses is what
/// becomes of it.
pub(super) async fn announce(ctx: &Ctx, access: &ProjectAccess, data: &Value) -> Result<()> {
    for action in nodes(data, "actions").filter(|action| is_component(action)) {
        let uuid = installation_uuid(action).unwrap_or_default();
        let settings = action.get("settings").unwrap_or(&Value::Null);
        let outcome = facade::run_alert_action(ctx, access.org.org.id, uuid, settings).await?;
        if !outcome.success {
            return Err(Error::field("actions", outcome.message));
        }
    }
    Ok(())
}

/// Gives the actions of a rule the fields of their components, with choices. One whose app cannot be asked is marked, and
/// the rule says which app that is; so it does of apps that are gone or have no component any more. `data` is the rule as
/// it is stored.
pub(super) async fn prepare(
    ctx: &Ctx,
    access: &ProjectAccess,
    data: &Value,
    rule: &mut wire::Rule,
) -> Result<()> {
    if !nodes(data, "actions").any(is_component) {
        return Ok(());
    }
    let all = facade::alert_actions(ctx, access.org.org.id).await?;
    let find = |uuid: Option<&str>| all.iter().find(|it| Some(it.callee.installation.uuid.as_str()) == uuid);
    let slug = access.project.slug.as_str();
    let asked = rule.actions.iter().map(async |action| {
        let Some(installed) = find(installation_uuid(action)) else { return Ok(None) };
        let values: Vec<(String, Value)> =
            settings(action).into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        let prepared = facade::prepare(ctx, installed, Some(slug), &values).await?;
        Ok::<_, Error>(Some((installed.callee.app.name.clone(), prepared)))
    });
    let prepared = try_join_all(asked).await?;
    for (action, prepared) in rule.actions.iter_mut().zip(prepared) {
        match prepared {
            Some((_, prepared)) if prepared.failure.is_none() => {
                action.insert("formFields".to_owned(), fields_of(&prepared.schema));
            }
            Some((app, _)) => {
                rule.errors.push(not_fetched(&app));
                action.insert("disabled".to_owned(), true.into());
            }
            None if is_component(action) => {
                action.insert("disabled".to_owned(), true.into());
            }
            None => {}
        }
    }
    let uuids = nodes(data, "actions").filter(|action| is_component(action)).filter_map(installation_uuid);
    let gone: Vec<&str> = uuids.filter(|uuid| find(Some(uuid)).is_none()).collect();
    let names =
        facade::names_of_installations(&mut *ctx.store.read().await?, access.org.org.id, &gone).await?;
    rule.errors.extend(names.iter().map(|(_, name)| not_fetched(name)));
    Ok(())
}

fn not_fetched(app: &str) -> wire::RuleError {
    wire::RuleError { detail: format!("Could not fetch details from {app}") }
}

fn fields_of(schema: &Value) -> Value {
    schema.get("settings").cloned().unwrap_or_else(|| json!({}))
}

/// The actions of all apps that are installed and can be asked, as they are offered.
pub(super) async fn offered(ctx: &Ctx, access: &ProjectAccess) -> Result<Vec<Map<String, Value>>> {
    let ours = OfferedAs { id: COMPONENT, action_type: "sentryapp", is_enabled: true };
    offered_actions(ctx, access.org.org.id, Some(&access.project.slug), &ours).await
}

/// As what the actions of apps are offered.
#[derive(Debug, Clone, Copy)]
pub struct OfferedAs<'a> {
    /// The kind of action that it becomes in a rule.
    pub id: &'a str,
    /// What pages know it by.
    pub action_type: &'a str,
    /// Whether it can be chosen.
    pub is_enabled: bool,
}

/// The same for the rest of a host, which says as what.
pub async fn offered_actions(
    ctx: &Ctx,
    org: OrgId,
    project_slug: Option<&str>,
    offered_as: &OfferedAs<'_>,
) -> Result<Vec<Map<String, Value>>> {
    let all = facade::prepared_components(ctx, org, ALERT_RULE_ACTION, project_slug).await?;
    Ok(all.iter().map(|(installed, schema)| offer(installed, schema, offered_as)).collect())
}

fn offer(installed: &InstalledComponent, schema: &Value, offered_as: &OfferedAs<'_>) -> Map<String, Value> {
    let app = &installed.callee.app;
    let title = schema.get("title").and_then(Value::as_str).filter(|title| !title.is_empty());
    let label = format!("{} with these ", title.unwrap_or(&app.name));
    let listed = [
        ("id", Value::from(offered_as.id)),
        ("enabled", offered_as.is_enabled.into()),
        ("actionType", offered_as.action_type.into()),
        ("service", app.slug.clone().into()),
        ("sentryAppInstallationUuid", installed.callee.installation.uuid.clone().into()),
        ("prompt", app.name.clone().into()),
        ("label", label.into()),
        ("formFields", fields_of(schema)),
    ];
    listed.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
