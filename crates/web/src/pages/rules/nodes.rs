//! What a rule is made of: from the catalogue that the service offers and a rule's nodes to sentences with fields, and
//! from what was sent back to nodes.
//!
//! A node that the catalogue does not offer (an action of a provider, an outdated condition) is kept as it is.

use mortise_service::apps::{self, components};
use mortise_service::{
    apps::{InstallationAccess, Use, components::InstalledComponent},
    rules::NodeType,
    wire::rule::RuleConfiguration,
};
use serde_json::{Map, Value, json};

use crate::{
    edge::{Outcome, Pairs, Visit},
    pages::{
        component_form::{self, Shown},
        words,
    },
    view::{
        Choice,
        component::{Control, FormField},
        rule::{NodeRow, Piece},
    },
};

/// A condition, filter or action.
pub(super) type Node = Map<String, Value>;

/// The kinds of nodes, as rules name them.
pub(super) const KINDS: [&str; 3] = ["conditions", "filters", "actions"];
/// The action of an app with a form.
const APP_ACTION: &str = "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction";
/// What the value of an offer begins with that is such an action.
const APP_OFFER: &str = "app:";
/// Nodes of a kind that a form holds at most; a rule has fewer.
const NODES_MAX: usize = 100;
/// Keys of a node that only tell about it.
const TOLD: [&str; 5] = ["name", "formFields", "disabled", "prompt", "label"];

/// What rules of a project may be made of.
pub(super) struct Catalogue {
    pub(super) offered: RuleConfiguration,
    /// Actions of apps with a form.
    pub(super) apps: Vec<InstalledComponent>,
    /// People and teams, as `Team:3` and `Member:7`.
    pub(super) targets: Vec<(String, String)>,
    /// What is said where there are more of them.
    pub(super) more_targets: Vec<Choice>,
    /// Id and slug.
    pub(super) project: (String, String),
}

/// A node as a form has it.
pub(super) struct Row {
    pub(super) node: Node,
    /// What was typed into the fields of an app; `None` before anything was.
    typed: Option<Pairs>,
}

impl Row {
    /// A node of a rule.
    pub(super) fn stored(mut node: Node) -> Self {
        node.retain(|key, _| !TOLD.contains(&key.as_str()));
        Self { node, typed: None }
    }
}

fn text<'a>(map: &'a Map<String, Value>, key: &str) -> &'a str {
    map.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn params(offer: &Node) -> impl Iterator<Item = (&String, &Value)> {
    offer.get("formFields").and_then(Value::as_object).into_iter().flatten()
}

fn is_target(form: &Value) -> bool {
    matches!(form.get("type").and_then(Value::as_str), Some("mailAction" | "assignee"))
}

/// Whether this server does what a node says; an action of a provider is only kept.
pub(super) fn is_carried_out(node: &Node) -> bool {
    NodeType::named(text(node, "id")).is_none_or(NodeType::is_carried_out)
}

impl Catalogue {
    fn of_kind(&self, kind: &str) -> &[Node] {
        match kind {
            "conditions" => &self.offered.conditions,
            "filters" => &self.offered.filters,
            _ => &self.offered.actions,
        }
    }

    fn offer(&self, kind: &str, node: &Node) -> Option<&Node> {
        let id = text(node, "id");
        self.of_kind(kind).iter().find(|offer| text(offer, "id") == id && is_editable(offer))
    }

    fn app(&self, node: &Node) -> Option<&InstalledComponent> {
        let uuid = text(node, "sentryAppInstallationUuid");
        let is_app = text(node, "id") == APP_ACTION;
        self.apps.iter().find(|it| is_app && it.callee.installation.uuid == uuid)
    }

    /// What can be added.
    pub(super) fn offers(&self, kind: &str) -> Vec<Choice> {
        let choice = |offer: &Node| Choice::new(text(offer, "id"), &prompt(offer), false);
        let mut choices: Vec<_> =
            self.of_kind(kind).iter().filter(|it| is_editable(it)).map(choice).collect();
        if kind == "actions" {
            choices.extend(self.apps.iter().map(|it| {
                let value = format!("{APP_OFFER}{}", it.callee.installation.uuid);
                Choice::new(&value, &offered(it), false)
            }));
        }
        choices
    }

    /// A new node of what was chosen.
    pub(super) fn new_node(&self, kind: &str, chosen: &str) -> Option<Row> {
        let node = match chosen.strip_prefix(APP_OFFER).filter(|_| kind == "actions") {
            Some(uuid) => json!({
                "id": APP_ACTION, "sentryAppInstallationUuid": uuid, "hasSchemaFormConfig": true, "settings": [],
            }),
            None => {
                let offer = self.of_kind(kind).iter().find(|offer| text(offer, "id") == chosen)?;
                let mut node = json!({ "id": text(offer, "id") });
                for (name, form) in params(offer) {
                    let first = form.pointer("/choices/0/0").cloned().unwrap_or_default();
                    node[name] = if first.is_null() { json!("") } else { first };
                }
                node
            }
        };
        node.as_object().cloned().map(|node| Row { node, typed: None })
    }

    /// The nodes that a form holds.
    pub(super) fn sent(&self, kind: &str, form: &Pairs) -> Vec<Row> {
        let row = |at: usize| {
            let prefix = format!("{kind}.{at}");
            let node = serde_json::from_str::<Node>(form.find(&prefix)?).ok()?;
            Some(self.filled(kind, node, &of_row(form, &prefix)))
        };
        (0..NODES_MAX).map_while(row).collect()
    }

    fn filled(&self, kind: &str, mut node: Node, typed: &Pairs) -> Row {
        if let Some(offer) = self.offer(kind, &node) {
            for (name, form) in params(offer) {
                let Some(value) = typed.find(&format!("p.{name}")) else { continue };
                let (value, target) =
                    value.split_once(':').filter(|_| is_target(form)).unwrap_or((value, ""));
                node.insert(name.clone(), json!(value));
                if is_target(form) {
                    node.insert("targetIdentifier".to_owned(), json!(target));
                }
            }
        }
        if let Some(app) = self.app(&node) {
            let setting = |(name, value): (String, Value)| json!({ "name": name, "value": value });
            let settings = component_form::values(settings_of(app), typed).into_iter().map(setting);
            node.insert("settings".to_owned(), settings.collect());
            return Row { node, typed: Some(typed.clone()) };
        }
        Row { node, typed: None }
    }

    /// A node on the page.
    pub(super) async fn show(
        &self,
        visit: &Visit,
        kind: &str,
        at: usize,
        row: &Row,
        only: &str,
    ) -> Outcome<NodeRow> {
        let name = format!("{kind}.{at}");
        let mut shown = NodeRow {
            kept: Value::Object(row.node.clone()).to_string(),
            pieces: Vec::new(),
            fields: Vec::new(),
            error: String::new(),
            name,
        };
        if let Some(app) = self.app(&row.node) {
            shown.pieces = vec![Piece::Text(offered(app))];
            (shown.fields, shown.error) = self.app_fields(visit, app, row, &shown.name, only).await?;
        } else if let Some(offer) = self.offer(kind, &row.node) {
            shown.pieces = self.pieces(offer, &row.node, &shown.name);
        } else {
            let id = text(&row.node, "id");
            let known = self.of_kind(kind).iter().find(|offer| text(offer, "id") == id);
            let told = known.map_or_else(|| id.to_owned(), prompt);
            let not_done =
                if is_carried_out(&row.node) { "" } else { ", but not carried out by this server" };
            shown.pieces = vec![Piece::Text(format!("{told} (kept as it is{not_done})"))];
        }
        Ok(shown)
    }

    async fn app_fields(
        &self,
        visit: &Visit,
        app: &InstalledComponent,
        row: &Row,
        name: &str,
        only: &str,
    ) -> Outcome<(Vec<FormField>, String)> {
        let uuid = &app.callee.installation.uuid;
        let access: InstallationAccess =
            apps::installation_for(&visit.ctx, visit.caller.clone(), uuid, Use::Act).await?;
        let values = settings(&row.node);
        let prefix = name.replace('.', "-");
        // Where the choices of another node's field matter, nothing is asked for this one.
        let is_other = !only.is_empty() && !only.starts_with(&format!("{prefix}-"));
        let only = if is_other { "other" } else { only };
        let typed =
            row.typed.clone().unwrap_or_default().with("only", Some(only).filter(|only| !only.is_empty()));
        let project = (self.project.0.as_str(), self.project.1.as_str());
        let sent = Some((&typed, values.as_slice()));
        let (part, failure) =
            component_form::with_choices(&visit.ctx, &access, app, "/settings", project, sent).await?;
        let errors = Map::new();
        let shown = Shown {
            prefix: &prefix,
            values: Some(&values),
            found: &typed,
            errors: &errors,
            is_preview: false,
            default: &|_| String::new(),
        };
        let mut fields = component_form::show(&part, &shown);
        for field in &mut fields {
            field.name = format!("{name}.{}", field.name);
        }
        let failed = |failure| format!("{} could not be asked: {failure}", app.callee.app.name);
        Ok((fields, if failure.is_empty() { failure } else { failed(failure) }))
    }

    /// The sentence of a node: its label, with a field for each name in braces.
    fn pieces(&self, offer: &Node, node: &Node, name: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text(offer, "label");
        while let Some((before, after)) = rest.split_once('{') {
            let Some((param, behind)) = after.split_once('}') else { break };
            pieces.push(Piece::Text(before.trim().to_owned()));
            let form = params(offer).find(|(known, _)| *known == param).map(|(_, form)| form);
            pieces.extend(form.map(|form| self.input(param, form, node, name)));
            rest = behind;
        }
        pieces.push(Piece::Text(rest.trim().to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        pieces
    }

    fn input(&self, param: &str, form: &Value, node: &Node, name: &str) -> Piece {
        let mut value = node.get(param).map(words::json).unwrap_or_default();
        let is_number = form.get("type").and_then(Value::as_str) == Some("number");
        let choices = form.get("choices").and_then(Value::as_array);
        let control = match choices {
            Some(_) if is_target(form) => {
                if let Some(id) = node.get("targetIdentifier").map(words::json).filter(|id| !id.is_empty()) {
                    value = format!("{value}:{id}");
                }
                Control::Select(self.target_choices(choices, &value))
            }
            Some(choices) => {
                let choice = |pair: &Value| {
                    let (key, text) = (words::json(pair.get(0)?), words::json(pair.get(1)?));
                    Some(Choice::new(&key, &text, key == value))
                };
                Control::Select(choices.iter().filter_map(choice).collect())
            }
            None => Control::Text(value),
        };
        let field = FormField {
            id: format!("{}-p-{param}", name.replace('.', "-")),
            name: format!("{name}.p.{param}"),
            label: param.replace('_', " "),
            control,
            required: false,
            error: String::new(),
            hint: form.get("placeholder").map(words::json).unwrap_or_default(),
            find: None,
            feeds: String::new(),
        };
        Piece::Input { field, is_number }
    }

    /// Words that stand alone, and for `Team` and `Member` everyone there is.
    fn target_choices(&self, choices: Option<&Vec<Value>>, chosen: &str) -> Vec<Choice> {
        let mut all = Vec::new();
        for pair in choices.into_iter().flatten() {
            let (key, label) = (pair.get(0).map(words::json), pair.get(1).map(words::json));
            let (key, label) = (key.unwrap_or_default(), label.unwrap_or_default());
            if matches!(key.as_str(), "Team" | "Member") {
                let of_key = self.targets.iter().filter(|(value, _)| value.starts_with(&format!("{key}:")));
                all.extend(of_key.map(|(value, text)| Choice::new(value, text, value == chosen)));
            } else {
                all.push(Choice::new(&key, &label, key == chosen));
            }
        }
        // Whoever is not listed stays chosen.
        if chosen.contains(':') && !all.iter().any(|choice| choice.chosen) {
            all.push(Choice::new(chosen, "Somebody who is not listed", true));
        }
        all.extend(self.more_targets.iter().cloned());
        all
    }
}

/// Whether the editor can show an offer: actions of providers and apps have forms of their own, and what is not enabled
/// is not for this project.
fn is_editable(offer: &Node) -> bool {
    is_carried_out(offer) && offer.get("enabled").and_then(Value::as_bool).unwrap_or(true)
}

/// What an offer says in a list, without the braces of its fields.
fn prompt(offer: &Node) -> String {
    let prompt = text(offer, "prompt");
    let label = if prompt.is_empty() { text(offer, "label") } else { prompt };
    label.replace(['{', '}'], "").trim().to_owned()
}

/// "Open a ticket (Boards)".
fn offered(app: &InstalledComponent) -> String {
    let name = &app.callee.app.name;
    match app.component.schema.get("title").and_then(Value::as_str) {
        Some(title) => format!("{title} ({name})"),
        None => name.clone(),
    }
}

fn settings_of(app: &InstalledComponent) -> &Value {
    app.component.schema.get("settings").unwrap_or(&Value::Null)
}

/// The settings of an app's action, as name and value.
fn settings(node: &Node) -> Vec<(String, Value)> {
    let pair = |setting: &Value| {
        Some((setting.get("name")?.as_str()?.to_owned(), setting.get("value").cloned().unwrap_or_default()))
    };
    node.get("settings").and_then(Value::as_array).into_iter().flatten().filter_map(pair).collect()
}

/// The fields of one row, without what names the row.
fn of_row(form: &Pairs, prefix: &str) -> Pairs {
    let (own, find) = (format!("{prefix}."), format!("find.{prefix}."));
    let strip = |(name, value): (&str, &str)| {
        let own = name.strip_prefix(&own).map(str::to_owned);
        let name = own.or_else(|| name.strip_prefix(&find).map(|name| format!("find.{name}")))?;
        Some((name, value.to_owned()))
    };
    form.iter().filter_map(strip).collect()
}

/// The actions of apps with a form that are installed in the organization of the project.
pub(super) async fn apps_of(visit: &Visit, org: mortise_domain::OrgId) -> Outcome<Vec<InstalledComponent>> {
    Ok(components::alert_actions(&visit.ctx, org).await?)
}
