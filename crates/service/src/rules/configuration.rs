//! What a rule of a project may be made of.

use mortise_providers::PluginManifest;
use mortise_wire::rule as wire;
use serde_json::{Map, Value, json};

use super::{
    component,
    json::Names,
    nodes::{ATTRIBUTES, Class, Form, Kind, NODES, NodeType},
};
use crate::{Ctx, Result, access::ProjectAccess, apps::facade::alertable_services, plugins::Options};

/// Where people read about actions that make tickets.
const TICKET_DOCS: &str = "https://docs.sentry.io/product/integrations/integration-platform/";

/// Everything that rules of the project may be made of. `all_tickets` adds which actions lack their integration.
pub async fn configuration(
    ctx: &Ctx,
    access: &ProjectAccess,
    all_tickets: bool,
) -> Result<wire::RuleConfiguration> {
    let of_apps = component::offered(ctx, access).await?;
    with_apps(ctx, access, all_tickets, of_apps).await
}

/// The same without the actions of apps that have a form of their own, so no app is asked.
pub async fn configuration_without_forms(
    ctx: &Ctx,
    access: &ProjectAccess,
) -> Result<wire::RuleConfiguration> {
    with_apps(ctx, access, false, Vec::new()).await
}

async fn with_apps(
    ctx: &Ctx,
    access: &ProjectAccess,
    all_tickets: bool,
    mut of_apps: Vec<Map<String, Value>>,
) -> Result<wire::RuleConfiguration> {
    let mut conn = ctx.store.read().await?;
    let names = Names::load(&mut conn, access.org.org.id).await?;
    let options = Options::load(&mut conn, access.project.id).await?;
    drop(conn);
    let plugins: Vec<_> = options.notifying().collect();
    let mut of_kind = |kind: Kind| {
        let mut all = Vec::new();
        for node in NODES.iter().filter(|node| node.kind == kind) {
            match node.class {
                Class::Component => all.append(&mut of_apps),
                _ => all.extend(listed(node, &names, &plugins)),
            }
        }
        all
    };
    let disabled = || {
        let tickets = NODES.iter().filter(|node| matches!(node.class, Class::Ticket(..)));
        let mut missing: Vec<String> =
            tickets.filter(|node| !is_enabled(node, &names)).map(|node| node.id.to_owned()).collect();
        missing.sort_unstable();
        missing
    };
    Ok(wire::RuleConfiguration {
        disabled_ticket_actions: all_tickets.then(disabled),
        actions: of_kind(Kind::Action),
        conditions: of_kind(Kind::Condition),
        filters: of_kind(Kind::Filter),
    })
}

/// A node as it is offered; nothing where it cannot be.
fn listed(node: &NodeType, names: &Names, plugins: &[&'static PluginManifest]) -> Option<Map<String, Value>> {
    if matches!(node.class, Class::Outdated | Class::Component) {
        return None;
    }
    let mut listed = Map::new();
    listed.insert("id".to_owned(), node.id.into());
    listed.insert("label".to_owned(), node.label.into());
    listed.insert("enabled".to_owned(), is_enabled(node, names).into());
    if let Some(prompt) = node.prompt {
        listed.insert("prompt".to_owned(), prompt.into());
    }
    match node.class {
        Class::Service => {
            let plugins = plugins.iter().map(|plugin| json!([plugin.slug, plugin.name]));
            let apps = alertable_services(&names.apps).map(|app| json!([app.slug, app.name]));
            let choices: Vec<Value> = plugins.chain(apps).collect();
            if choices.is_empty() {
                return None;
            }
            listed
                .insert("formFields".to_owned(), json!({"service": {"type": "choice", "choices": choices}}));
        }
        Class::Ticket(made, provider) => {
            let choices = integrations(provider, names);
            let initial = choices.first().and_then(|choice| choice.get(0)).cloned().unwrap_or("".into());
            let integration = json!({
                "choices": choices, "initial": initial, "type": "choice", "resetsForm": true, "updatesForm": true,
            });
            listed.insert("formFields".to_owned(), json!({"integration": integration}));
            listed.insert("actionType".to_owned(), "ticket".into());
            listed.insert("ticketType".to_owned(), made.into());
            listed.insert("link".to_owned(), TICKET_DOCS.into());
        }
        _ => {
            let fields = form_fields(node);
            if !fields.is_empty() {
                listed.insert("formFields".to_owned(), Value::Object(fields));
            }
        }
    }
    Some(listed)
}

fn is_enabled(node: &NodeType, names: &Names) -> bool {
    match node.class {
        Class::Ticket(_, provider) | Class::Notify(provider) => !integrations(provider, names).is_empty(),
        _ => node.is_enabled,
    }
}

/// The integrations of a provider, as choices.
fn integrations(provider: &str, names: &Names) -> Vec<Value> {
    let of_provider = names.integrations.iter().filter(|(kind, ..)| kind == provider);
    of_provider.map(|(_, id, name)| json!([id.to_string(), name])).collect()
}

fn form_fields(node: &NodeType) -> Map<String, Value> {
    let params = node.params.iter().filter(|param| param.is_listed);
    let field = |form: Form| match form {
        Form::Choice(choices) | Form::NamedChoice(choices) => json!({"type": "choice", "choices": choices}),
        Form::TargetChoice(kind, choices) => json!({"type": kind, "choices": choices}),
        Form::Attribute => {
            let choices: Vec<[&str; 2]> = ATTRIBUTES.iter().map(|name| [*name, *name]).collect();
            json!({"type": "choice", "placeholder": "i.e. exception.type", "choices": choices})
        }
        Form::Int(example) | Form::Number(example) => json!({"type": "number", "placeholder": example}),
        Form::Text(example) => json!({"type": "string", "placeholder": example}),
    };
    params.map(|param| (param.name.to_owned(), field(param.form))).collect()
}
