//! Checks one node of a rule as a client sent it. The texts are those of the original's forms.

use mortise_domain::{TeamId, UserId};
use mortise_wire::{
    fields::{Problem, Rule, type_name},
    python::text,
};
use serde_json::{Map, Value};

use super::{
    component,
    nodes::{ATTRIBUTES, Class, Form, Kind, NodeType, Param},
};
use crate::apps::facade::{AlertApp, alertable_services};

/// A node: an object.
pub type Node = Map<String, Value>;

const NOT_JSON: &str = "Failed trying to parse dict from string";
const NO_ID: &str = "Missing attribute 'id'";
const INCOMPLETE: &str = "Ensure all required fields are filled in.";
const NOT_WHOLE: &str = "Enter a whole number.";
const NOT_NUMBER: &str = "Enter a number.";
const NEGATIVE: &str = "Ensure this value is greater than or equal to 0.";
const NO_COMPARISON: &str = "comparisonInterval is required when comparing by percent";
const OVER_A_HUNDRED: &str = "Ensure this value is less than or equal to 100";
const NO_TARGET: &str = "You need to specify a Team or Member.";
const NO_MAIL_TARGET: &str = "You need to specify a Team or Member to send mail to.";
const TARGET_NOT_INT: &str = "targetIdentifier must be an integer";
const FOREIGN_TEAM: &str = "This team is not part of the project.";
const FOREIGN_USER: &str = "This user is not part of the project.";
const NO_TICKET_FIELDS: &str = "Must configure issue link settings.";

/// What nodes may name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Apps in the organization.
    pub apps: Vec<AlertApp>,
    /// Slugs of the plugins that notify and are on in the project.
    pub plugins: Vec<&'static str>,
    /// Of the people that the nodes name, those who work on the project.
    pub people: Vec<UserId>,
    /// Of the teams that the nodes name, those of the project.
    pub teams: Vec<TeamId>,
}

/// The rule for the nodes of a list.
#[derive(Debug, Clone, Copy)]
pub struct NodeRule<'k> {
    /// Where they stand.
    pub kind: Kind,
    /// What they may name.
    pub known: &'k Known,
}

impl Rule for NodeRule<'_> {
    type Out = Node;

    fn read(&self, value: &Value) -> Result<Node, Problem> {
        let mut node = object(value)?;
        node.shift_remove("name");
        let Some(id) = node.get("id") else { return Err(NO_ID.into()) };
        let found = id.as_str().and_then(|id| NodeType::find(self.kind, id));
        let found =
            found.ok_or_else(|| Problem::from(format!("Invalid node. Could not find '{}'", text(id))))?;
        self.check(found, &mut node)?;
        Ok(node)
    }
}

/// The object that a client sent, perhaps as a text.
pub(super) fn object(value: &Value) -> Result<Node, Problem> {
    match value {
        Value::Object(node) => Ok(node.clone()),
        Value::String(text) => serde_json::from_str(&text.replace('\'', "\"")).map_err(|_| NOT_JSON.into()),
        other => Err(format!("Incorrect type. Expected a mapping, but got {}", type_name(other)).into()),
    }
}

/// Whether a value says nothing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn given<'n>(node: &'n Node, name: &str) -> Option<&'n Value> {
    node.get(name).filter(|value| !is_empty(value))
}

fn no_choice(value: &str) -> Problem {
    format!("Select a valid choice. {value} is not one of the available choices.").into()
}

impl NodeRule<'_> {
    fn check(&self, found: &NodeType, node: &mut Node) -> Result<(), Problem> {
        if let Class::Ticket(..) = found.class
            && given(node, "dynamic_form_fields").is_none()
        {
            return Err(NO_TICKET_FIELDS.into());
        }
        for param in found.params {
            check_param(param, node)?;
        }
        if found.is_slow() {
            check_comparison(node)?;
        }
        if found.is_of_value() && given(node, "value").is_none() {
            check_no_value(found, node)?;
        }
        match found.class {
            Class::Target => self.check_target(node, NO_TARGET),
            Class::Mail => self.check_target(node, NO_MAIL_TARGET),
            Class::Service => self.check_service(node),
            Class::Component => component::check(node, &self.known.apps).map_err(Problem::from),
            Class::Plain | Class::Outdated | Class::Ticket(..) | Class::Notify(_) => Ok(()),
        }
    }

    /// The person or team that a node names works on the project.
    fn check_target(&self, node: &mut Node, missing: &str) -> Result<(), Problem> {
        let sent = given(node, "targetIdentifier").map(text);
        let id = match &sent {
            None => None,
            Some(id) if id == "None" => None,
            Some(id) => Some(id.trim().parse::<i64>().map_err(|_| Problem::from(TARGET_NOT_INT))?),
        };
        let kind = node.get("targetType").and_then(Value::as_str).unwrap_or_default();
        let is_known = match kind {
            "Team" => id.map(|id| (self.known.teams.contains(&TeamId::new(id)), FOREIGN_TEAM)),
            "Member" => id.map(|id| (self.known.people.contains(&UserId::new(id)), FOREIGN_USER)),
            _ => {
                let kept = if sent.is_none() { "".into() } else { id.into() };
                node.insert("targetIdentifier".to_owned(), kept);
                return Ok(());
            }
        };
        match is_known {
            None => Err(missing.into()),
            Some((false, text)) => Err(text.into()),
            Some((true, _)) => {
                node.insert("targetIdentifier".to_owned(), id.into());
                Ok(())
            }
        }
    }

    /// The plugin or app that a node names is one that is offered.
    fn check_service(&self, node: &Node) -> Result<(), Problem> {
        let Some(service) = given(node, "service").map(text) else { return Err(INCOMPLETE.into()) };
        let is_plugin = self.known.plugins.iter().any(|slug| *slug == service);
        match is_plugin || alertable_services(&self.known.apps).any(|app| app.slug == service) {
            true => Ok(()),
            false => Err(no_choice(&service)),
        }
    }
}

fn check_param(param: &Param, node: &mut Node) -> Result<(), Problem> {
    let Some(value) = given(node, param.name) else {
        return if param.is_required { Err(INCOMPLETE.into()) } else { Ok(()) };
    };
    let text = text(value);
    let cleaned = match param.form {
        Form::Choice(choices) | Form::NamedChoice(choices) | Form::TargetChoice(_, choices) => {
            if !choices.iter().any(|(word, _)| *word == text) {
                return Err(no_choice(&text));
            }
            Value::from(text)
        }
        Form::Attribute => {
            if !is_attribute(&text) {
                return Err(no_choice(&text));
            }
            Value::from(text)
        }
        Form::Int(_) => whole(&text).ok_or_else(|| Problem::from(NOT_WHOLE))?.into(),
        Form::Number(_) => {
            let number: f64 = text.trim().parse().map_err(|_| Problem::from(NOT_NUMBER))?;
            match number {
                number if !number.is_finite() => return Err(NOT_NUMBER.into()),
                number if number < 0.0 => return Err(NEGATIVE.into()),
                number => number.into(),
            }
        }
        Form::Text(_) => Value::from(text),
    };
    node.insert(param.name.to_owned(), cleaned);
    Ok(())
}

/// What the parameters of a frequency say together.
fn check_comparison(node: &mut Node) -> Result<(), Problem> {
    let comparison = given(node, "comparisonType").map_or_else(|| "count".to_owned(), text);
    let is_share = node.get("value").is_some_and(Value::is_f64);
    match comparison.as_str() {
        "percent" if given(node, "comparisonInterval").is_none() => return Err(NO_COMPARISON.into()),
        "count" if is_share && node["value"].as_f64() > Some(100.0) => return Err(OVER_A_HUNDRED.into()),
        _ => {}
    }
    node.insert("comparisonType".to_owned(), comparison.into());
    Ok(())
}

/// Of a tag, only whether it is there can be asked without a value.
fn check_no_value(found: &NodeType, node: &mut Node) -> Result<(), Problem> {
    let asks_presence = matches!(node.get("match").and_then(Value::as_str), Some("is" | "ns"));
    if found.is_of_tag() && !asks_presence {
        return Err(INCOMPLETE.into());
    }
    node.insert("value".to_owned(), "".into());
    Ok(())
}

/// `5`, `5.0`, ` 5 `.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text
        .split_once('.')
        .map_or(Some(text), |(digits, zeros)| zeros.bytes().all(|byte| byte == b'0').then_some(digits))?;
    digits.parse().ok()
}

fn is_attribute(name: &str) -> bool {
    let open = ["extra.", "user.", "device.screen_"];
    ATTRIBUTES.contains(&name) || open.iter().any(|start| name.len() > start.len() && name.starts_with(start))
}
