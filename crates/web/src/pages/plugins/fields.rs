//! The settings of a plugin as a form, and what the form says.

use mortise_service::wire::{plugin::PluginField, python};
use serde_json::{Map, Value, json};

use crate::{
    edge::{Pairs, Refused},
    pages::words,
    view::{
        Choice,
        integration_config::{ConfigField, Input},
    },
};

/// What names of fields begin with in the form, so that they are never ours.
const PREFIX: &str = "field.";
/// Lines of a text of several, at first.
const AREA_ROWS: u64 = 4;

fn form_name(field: &PluginField) -> String {
    format!("{PREFIX}{}", field.name)
}

/// Whether something is stored.
pub(super) fn is_stored(field: &PluginField) -> bool {
    field.has_saved_value == Some(true) || python::is_truthy(&field.value)
}

/// A field as it was sent, otherwise as it is stored. A secret is neither.
pub(super) fn field(field: &PluginField, sent: Option<&Pairs>, refused: Option<&Refused>) -> ConfigField {
    let stored = if field.value.is_null() { &field.default_value } else { &field.value };
    let name = form_name(field);
    let value = match sent.and_then(|form| form.find(&name)) {
        _ if field.has_saved_value.is_some() => String::new(),
        Some(text) => text.to_owned(),
        None if stored.is_null() => String::new(),
        None => words::json(stored),
    };
    let is_on = sent.map_or(python::is_truthy(stored), |form| form.is_on(&name));
    ConfigField {
        label: field.label.to_owned(),
        help: field.help.clone().unwrap_or_default(),
        error: refused.map(|refused| refused.field(field.name)).unwrap_or_default(),
        required: field.required,
        is_disabled: false,
        reason: String::new(),
        placeholder: placeholder(field),
        input: input(field, value, is_on),
        id: name,
    }
}

/// How a secret that is there begins, or what stands in the field while it is empty.
fn placeholder(field: &PluginField) -> String {
    match field.prefix.as_deref().filter(|_| field.has_saved_value == Some(true)) {
        Some("") => "Saved".to_owned(),
        Some(prefix) => format!("Saved: {prefix}…"),
        None => field.placeholder.unwrap_or_default().to_owned(),
    }
}

fn input(field: &PluginField, value: String, is_on: bool) -> Input {
    let line = |kind| Input::Line { kind, value: value.clone() };
    match field.kind {
        "bool" => Input::Switch(is_on),
        "textarea" => Input::Area { rows: AREA_ROWS, value },
        "select" | "choice" => Input::Choice { choices: choices(field, &value), is_multiple: false },
        "secret" => line("password"),
        "url" => line("url"),
        "number" => line("number"),
        "email" => line("email"),
        _ => line("text"),
    }
}

/// The choices; what is chosen and not among them comes last, so that it is kept.
fn choices(field: &PluginField, chosen: &str) -> Vec<Choice> {
    let all = field.choices.iter().flatten().filter(|[value, _]| !value.is_empty());
    let mut all: Vec<_> = all.map(|[value, label]| Choice::new(value, label, value == chosen)).collect();
    if !chosen.is_empty() && !all.iter().any(|choice| choice.chosen) {
        all.push(Choice::new(chosen, chosen, true));
    }
    all
}

/// The settings that a form says. What is empty is forgotten, but a secret stays.
pub(super) fn body(fields: &[PluginField], form: &Pairs) -> Map<String, Value> {
    let one = |field: &PluginField| (field.name.to_owned(), value(field, form));
    fields.iter().map(one).collect()
}

fn value(field: &PluginField, form: &Pairs) -> Value {
    let name = form_name(field);
    if field.kind == "bool" {
        return json!(form.is_on(&name));
    }
    let text = form.get(&name).replace("\r\n", "\n").trim().to_owned();
    let number = text.parse::<i64>().ok().filter(|_| field.kind == "number");
    match number {
        _ if text.is_empty() => Value::Null,
        Some(number) => json!(number),
        None => json!(text),
    }
}
