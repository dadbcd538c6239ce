//! The options of a project that clients read and write by name.

use mortise_store::project::Project;
use mortise_wire::{Fields, errors::field};
use serde_json::{Map, Value, json};

/// Longest text of an option.
const TEXT_CHARACTERS_MAX: usize = 10_000;

/// What an option holds, by its default.
#[derive(Debug, Clone, Copy)]
enum Default {
    Switch(bool),
    Text,
}

/// Every option there is. Any other name is ignored.
const OPTIONS: &[(&str, Default)] = &[
    ("sentry:csp_ignored_sources_defaults", Default::Switch(true)),
    ("sentry:csp_ignored_sources", Default::Text),
    ("sentry:reprocessing_active", Default::Switch(false)),
    ("filters:blacklisted_ips", Default::Text),
    ("filters:react-hydration-errors", Default::Switch(true)),
    ("filters:chunk-load-error", Default::Switch(true)),
    ("filters:releases", Default::Text),
    ("filters:error_messages", Default::Text),
    ("feedback:branding", Default::Switch(true)),
    ("quotas:spike-protection-disabled", Default::Switch(false)),
];

/// Every option with its value.
pub fn all(project: &Project) -> Map<String, Value> {
    let value = |(name, default): &(&str, Default)| {
        let stored = project.options.get(*name).cloned();
        let value = stored.unwrap_or_else(|| match default {
            Default::Switch(on) => json!(on),
            Default::Text => json!(""),
        });
        ((*name).to_owned(), value)
    };
    OPTIONS.iter().map(value).collect()
}

/// The named ones of the options, and only those that there are.
pub fn named(project: &Project, names: &[String]) -> Map<String, Value> {
    let mut options = all(project);
    options.retain(|name, _| names.contains(name));
    options
}

/// Takes over the options of a body's `options`. Lists are kept as lines.
pub(super) fn read(fields: &mut Fields, stored: &mut Map<String, Value>) {
    let Some(given) = fields.object("options").optional() else { return };
    for (name, default) in OPTIONS {
        let Some(value) = given.get(*name) else { continue };
        match checked(*default, value) {
            Ok(value) => stored.insert((*name).to_owned(), value),
            Err(text) => {
                fields.error("options", text);
                return;
            }
        };
    }
}

fn checked(default: Default, value: &Value) -> Result<Value, &'static str> {
    match (default, value) {
        (Default::Switch(_), Value::Bool(_)) => Ok(value.clone()),
        (Default::Switch(_), _) => Err(field::BOOLEAN),
        (Default::Text, Value::Null) => Ok(json!("")),
        (Default::Text, Value::String(text)) if text.chars().count() <= TEXT_CHARACTERS_MAX => {
            Ok(value.clone())
        }
        (Default::Text, Value::Array(lines)) => {
            let lines: Option<Vec<&str>> = lines.iter().map(Value::as_str).collect();
            lines.map(|lines| json!(lines.join("\n"))).ok_or(field::STRING)
        }
        (Default::Text, _) => Err(field::STRING),
    }
}
