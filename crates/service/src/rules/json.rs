//! Rules as clients see them, many at once with a constant number of statements.

use std::collections::HashMap;

use mortise_domain::{OrgId, RuleId, Time, UserId, status::ObjectStatus};
use mortise_store::{
    Conn,
    rule::{self, Rule, fire, snooze},
    user::{self, User},
};
use mortise_wire::{WireTime, python, rule as wire};
use serde_json::{Map, Value};

use super::{
    check::Node,
    component,
    input::nodes,
    nodes::{Class, Form, Kind, NodeType, integration_param},
};
use crate::{
    Ctx, Result,
    access::OrgAccess,
    apps::facade::{self, AlertApp},
};

/// How rules are shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    /// Tell when each last fired.
    pub last_triggered: bool,
}

/// What an action of an integration that is gone is called by.
const REMOVED: &str = "[removed]";
/// Who a rule falls back on that does not say so.
const FALLTHROUGH_DEFAULT: &str = "ActiveMembers";

/// What rendered names need to know of an organization.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) apps: Vec<AlertApp>,
    pub(super) integrations: Vec<(String, i64, String)>,
}

impl Names {
    pub(super) async fn load(conn: &mut Conn, org: OrgId) -> Result<Self> {
        let apps = facade::alert_apps(conn, org).await?;
        Ok(Self { apps, integrations: rule::integrations(conn, org).await? })
    }
}

/// Rules of projects of one organization, in their order.
pub(super) async fn rules(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &OrgAccess,
    rows: Vec<Rule>,
    shown: Shown,
) -> Result<Vec<wire::Rule>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<RuleId> = rows.iter().map(|row| row.id).collect();
    let names = Names::load(conn, access.org.id).await?;
    let reader = access.caller.user_id();
    let mut snoozes: HashMap<RuleId, snooze::Snooze> = HashMap::new();
    let muted: Vec<_> = ids.iter().copied().map(snooze::Muted::Issue).collect();
    for found in snooze::of_rules(conn, &muted, reader, ctx.now()).await? {
        let Some(id) = found.rule_id else { continue };
        snoozes.entry(id).or_insert(found);
    }
    let people = rows.iter().filter_map(|row| row.created_by_id);
    let people: Vec<UserId> = people.chain(snoozes.values().filter_map(|it| it.owner_id)).collect();
    let people = user::by_ids(conn, &people).await?;
    let people: HashMap<UserId, User> = people.into_iter().map(|user| (user.id, user)).collect();
    let fired: HashMap<RuleId, Time> = match shown.last_triggered {
        true => fire::last_fired(conn, &ids).await?.into_iter().collect(),
        false => HashMap::new(),
    };
    let json = |row: Rule| {
        let mut json = rule(&row, &names);
        json.created_by = row.created_by_id.and_then(|id| people.get(&id)).map(creator);
        json.last_triggered = shown.last_triggered.then(|| fired.get(&row.id).copied().map(WireTime::new));
        if let Some(snooze) = snoozes.get(&row.id) {
            json.snooze = true;
            json.snooze_for_everyone = Some(snooze.user_id.is_none());
            let by = snooze.owner_id.and_then(|id| people.get(&id));
            json.snooze_created_by = by.map(|by| match reader == Some(by.id) {
                true => "You".to_owned(),
                false => by.display_name().to_owned(),
            });
        }
        json
    };
    Ok(rows.into_iter().map(json).collect())
}

fn creator(user: &User) -> wire::RuleCreator {
    wire::RuleCreator { id: user.id.get(), name: user.display_name().to_owned(), email: user.email.clone() }
}

fn rule(row: &Rule, names: &Names) -> wire::Rule {
    let text = |key: &str| row.data.get(key).and_then(Value::as_str).unwrap_or("all").to_owned();
    let is_filter = |node: &&Node| type_of(node).is_some_and(|found| found.kind == Kind::Filter);
    let named = |node: &Node| Some(with_name(node, label(node, names)?));
    let user = row.owner_user_id.map(|id| format!("user:{id}"));
    wire::Rule {
        id: row.id.to_string(),
        conditions: nodes(&row.data, "conditions")
            .filter(|node| !is_filter(node))
            .filter_map(named)
            .collect(),
        filters: nodes(&row.data, "conditions").filter(is_filter).filter_map(named).collect(),
        actions: nodes(&row.data, "actions").filter_map(named).map(with_plain_choices).collect(),
        action_match: text("action_match"),
        filter_match: text("filter_match"),
        frequency: super::frequency_minutes(&row.data),
        name: row.label.clone(),
        date_created: row.date_added.into(),
        owner: user.or_else(|| row.owner_team_id.map(|id| format!("team:{id}"))),
        created_by: None,
        environment: row.environment.clone(),
        projects: vec![row.project.clone()],
        status: if row.status == ObjectStatus::Active.number() { "active" } else { "disabled" }.to_owned(),
        last_triggered: None,
        errors: Vec::new(),
        snooze: false,
        snooze_created_by: None,
        snooze_for_everyone: None,
        disable_reason: row.disable_reason.clone(),
        disable_date: row.disable_date.map(WireTime::new),
    }
}

fn type_of(node: &Node) -> Option<&'static NodeType> {
    NodeType::named(node.get("id")?.as_str()?)
}

fn with_name(node: &Node, name: String) -> Map<String, Value> {
    let mut node = node.clone();
    node.insert("name".to_owned(), name.into());
    node
}

/// A ticket's form as it was stored may hold choices that are no pair of texts; they are left out.
fn with_plain_choices(mut action: Node) -> Node {
    let fields = action.get_mut("dynamic_form_fields").and_then(Value::as_array_mut);
    for field in fields.into_iter().flatten() {
        if let Some(choices) = field.get_mut("choices").and_then(Value::as_array_mut) {
            choices.retain(|choice| choice[0].is_string() && choice[1].is_string());
        }
    }
    action
}

/// What a node is called; `None` for an action whose app is gone, which is left out.
fn label(node: &Node, names: &Names) -> Option<String> {
    let Some(found) = type_of(node) else {
        return Some(node.get("id").map(python::text).unwrap_or_default());
    };
    let own = |name: &str| node.get(name).filter(|value| !value.is_null());
    match found.class {
        Class::Component => component::app_of(node, &names.apps).map(|app| component::title(app).to_owned()),
        Class::Ticket(_, provider) | Class::Notify(provider) => {
            let by = integration_param(found.id);
            let id = own(by).map(python::text).unwrap_or_default();
            let mut used = names.integrations.iter();
            let used = used.find(|(kind, number, _)| kind == provider && number.to_string() == id);
            let integration = used.map_or(REMOVED, |(_, _, name)| name.as_str());
            Some(fill(found.label, |name| match name == by {
                true => Some(integration.to_owned()),
                false => own(name).map(python::text),
            }))
        }
        _ => Some(fill(found.label, |name| {
            let Some(value) = own(name).map(python::text) else {
                return (name == "fallthroughType").then(|| FALLTHROUGH_DEFAULT.to_owned());
            };
            let form = found.params.iter().find(|param| param.name == name).map(|param| param.form);
            let words = match form {
                Some(Form::NamedChoice(words)) => words,
                _ => &[],
            };
            let word = words.iter().find(|(word, _)| *word == value);
            Some(word.map_or(value, |(_, shown)| (*shown).to_owned()))
        })),
    }
}

/// A label with its parameters filled in; what a node does not say is left empty.
fn fill(label: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(label.len());
    let mut rest = label;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else { break };
        filled.push_str(&value(name).unwrap_or_default());
        rest = behind;
    }
    filled.push_str(rest);
    filled
}
