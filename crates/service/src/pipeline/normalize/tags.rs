//! Tags: the sender's, then those derived from the event.
//!
//! The event's own attributes (`level`, `logger`, `environment`, `release`, `dist`, `user`) always have the attribute's
//! value, since lists are filtered by them. For the other derived tags the sender's word wins.

use serde_json::Value;

use super::{
    Context,
    attributes::{Attributes, valid_environment},
    text,
};
use crate::pipeline::{
    limits::{TAG_KEY_CHARS_MAX, TAG_VALUE_CHARS_MAX, TAGS_MAX},
    view::{self, Object},
};

type Tag = (String, String);

/// Tags that only the event's attributes set.
const RESERVED: [&str; 5] = ["release", "dist", "user", "filename", "function"];

/// Context types that give tags.
const CONTEXT_TYPES: [&str; 4] = ["os", "browser", "runtime", "device"];

/// The tags that came with the event: an object or a list of pairs, first value wins. An `environment` tag serves when
/// the attribute is absent.
pub(super) fn sent(tags: Option<Value>, attributes: &mut Attributes, context: &mut Context<'_>) -> Vec<Tag> {
    let pairs = match text::pairs(tags.unwrap_or_default()) {
        Ok(pairs) => pairs,
        Err(Value::Null) => return Vec::new(),
        Err(other) => {
            context.notes.invalid("tags", Some(&other));
            return Vec::new();
        }
    };
    let mut kept: Vec<Tag> = Vec::with_capacity(pairs.len().min(TAGS_MAX) + 16);
    for (key, value) in pairs {
        let Some((key, value)) = valid(key, value, context) else { continue };
        if kept.iter().any(|(known, _)| *known == key) || RESERVED.contains(&key.as_str()) {
            continue;
        }
        if key == "environment" && attributes.environment.is_none() {
            attributes.environment = valid_environment(value.clone(), context);
        }
        if kept.len() == TAGS_MAX {
            context.notes.cut("tags");
            break;
        }
        kept.push((key, value));
    }
    kept
}

fn valid(key: Value, value: Value, context: &mut Context<'_>) -> Option<Tag> {
    let mut key = text::trimmed(key)?;
    if value.is_null() {
        return None;
    }
    if key.chars().count() > TAG_KEY_CHARS_MAX || value.is_array() || value.is_object() {
        context.notes.invalid("tags", Some(&Value::String(key)));
        return None;
    }
    if key.contains(char::is_whitespace) {
        key = key.split_whitespace().collect::<Vec<_>>().join("-");
    }
    let mut value = text::trimmed(value)?;
    if text::clip(&mut value, TAG_VALUE_CHARS_MAX) {
        context.notes.cut("tags");
    }
    if value.contains(['\n', '\r']) {
        value = value.replace(['\n', '\r'], " ");
    }
    if !context.intake.scrubber.hides(&key) {
        return Some((key, value));
    }
    Some((key, crate::pipeline::scrub::FILTERED.to_owned()))
}

/// How the thrown exception was caught.
pub(super) struct Mechanism<'a> {
    kind: Option<&'a str>,
    /// False when nothing in the application caught the exception.
    pub(super) handled: Option<bool>,
}

/// The mechanism of the exception nearest to the thrown one that has any.
pub(super) fn mechanism(data: &Object) -> Option<Mechanism<'_>> {
    let found = view::values(data, "exception")
        .rev()
        .find_map(|exception| exception.get("mechanism").and_then(Value::as_object))?;
    Some(Mechanism {
        kind: view::text(found, "type"),
        handled: found.get("handled").and_then(Value::as_bool),
    })
}

/// Adds the derived tags to the sender's.
pub(super) fn with_derived(
    mut tags: Vec<Tag>,
    data: &Object,
    attributes: &Attributes,
    user: Option<&str>,
) -> Vec<Tag> {
    replace(&mut tags, "level", Some(attributes.level.as_str()));
    replace(&mut tags, "logger", Some(attributes.logger.as_str()).filter(|logger| !logger.is_empty()));
    replace(&mut tags, "environment", attributes.environment.as_deref());
    add(&mut tags, "server_name", attributes.server_name.as_deref());
    add(&mut tags, "transaction", attributes.transaction.as_deref());
    let url = data.get("request").and_then(|request| request.get("url")).and_then(Value::as_str);
    add(&mut tags, "url", url);
    if let Some(mechanism) = mechanism(data) {
        add(&mut tags, "handled", mechanism.handled.map(|handled| if handled { "yes" } else { "no" }));
        add(&mut tags, "mechanism", mechanism.kind);
    }
    add_context_tags(&mut tags, data);
    replace(&mut tags, "release", attributes.release.as_deref());
    replace(&mut tags, "dist", attributes.dist.as_deref());
    replace(&mut tags, "user", user);
    tags
}

fn add_context_tags(tags: &mut Vec<Tag>, data: &Object) {
    let Some(Value::Object(contexts)) = data.get("contexts") else { return };
    for kind in CONTEXT_TYPES {
        let Some(Value::Object(found)) = contexts.get(kind) else { continue };
        if kind == "device" {
            add(tags, "device", view::text(found, "model"));
            add(tags, "device.family", view::text(found, "family"));
            continue;
        }
        let Some(name) = view::text(found, "name") else { continue };
        let full = match found.get("version") {
            Some(Value::String(version)) => format!("{name} {}", version.trim()),
            Some(Value::Number(version)) => format!("{name} {version}"),
            _ => name.to_owned(),
        };
        add(tags, kind, Some(&full));
        add(tags, &format!("{kind}.name"), Some(name));
    }
}

/// Sets a tag to what the event's attribute says, in the place where the sender had it.
fn replace(tags: &mut Vec<Tag>, key: &str, value: Option<&str>) {
    match (tags.iter().position(|(known, _)| known == key), value.and_then(one_line)) {
        (None, None) => {}
        (None, Some(value)) => tags.push((key.to_owned(), value)),
        (Some(at), Some(value)) => tags[at].1 = value,
        (Some(at), None) => {
            tags.remove(at);
        }
    }
}

/// Adds a tag unless the sender has it.
fn add(tags: &mut Vec<Tag>, key: &str, value: Option<&str>) {
    if !tags.iter().any(|(known, _)| known == key) {
        tags.extend(value.and_then(one_line).map(|value| (key.to_owned(), value)));
    }
}

/// The value of a tag: one line that fits. `None` when nothing is left.
fn one_line(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty()).then(|| text::clipped(value, TAG_VALUE_CHARS_MAX).replace(['\n', '\r'], " "))
}
