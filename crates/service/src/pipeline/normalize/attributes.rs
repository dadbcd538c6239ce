//! The scalar attributes of an event.

use mortise_domain::{Level, Time, platform};
use serde_json::Value;

use super::{Context, text, time};
use crate::pipeline::{
    event_id::parse_event_id,
    limits::{
        CULPRIT_CHARS_MAX, DIST_CHARS_MAX, ENVIRONMENT_CHARS_MAX, FINGERPRINT_PARTS_MAX, LOGGER_CHARS_MAX,
        NAME_CHARS_MAX, RELEASE_CHARS_MAX, TAG_VALUE_CHARS_MAX,
    },
    view::Object,
};

/// The fingerprint of events that leave grouping to us.
const DEFAULT_FINGERPRINT: &str = "{{ default }}";

pub(super) struct Attributes {
    pub(super) event_id: String,
    pub(super) timestamp: Time,
    pub(super) level: Level,
    pub(super) platform: &'static str,
    pub(super) logger: String,
    pub(super) release: Option<String>,
    pub(super) dist: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) server_name: Option<String>,
    pub(super) transaction: Option<String>,
    pub(super) culprit: Option<String>,
    pub(super) checksum: Option<String>,
    pub(super) time_spent: Option<i64>,
}

impl Attributes {
    /// Takes the attributes out of the event.
    pub(super) fn take(raw: &mut Object, context: &mut Context<'_>) -> Self {
        let release = text_of(raw, "release", context).and_then(|text| valid_release(text, context));
        let dist =
            text_of(raw, "dist", context).and_then(|dist| valid_dist(dist, release.is_some(), context));
        Self {
            event_id: event_id(raw, context),
            timestamp: time::of_event(text::take(raw, &["timestamp"]), context),
            level: level(raw, context),
            platform: text_of(raw, "platform", context)
                .map_or(platform::OTHER, |name| platform::normalize_event_platform(&name)),
            logger: cut(raw, "logger", LOGGER_CHARS_MAX, context).unwrap_or_default(),
            release,
            dist,
            environment: text_of(raw, "environment", context)
                .and_then(|name| valid_environment(name, context)),
            server_name: cut(raw, "server_name", TAG_VALUE_CHARS_MAX, context),
            transaction: cut(raw, "transaction", CULPRIT_CHARS_MAX, context),
            culprit: cut(raw, "culprit", CULPRIT_CHARS_MAX, context),
            checksum: cut(raw, "checksum", NAME_CHARS_MAX, context),
            time_spent: text::take(raw, &["time_spent"]).as_ref().and_then(text::integer),
        }
    }
}

fn event_id(raw: &mut Object, context: &mut Context<'_>) -> String {
    let sent = text::take(raw, &["event_id"]);
    if let Some(id) = context.intake.envelope_event_id.and_then(parse_event_id) {
        return id;
    }
    let Some(sent) = sent else { return context.intake.fallback_event_id.to_owned() };
    sent.as_str().and_then(parse_event_id).unwrap_or_else(|| {
        context.notes.invalid("event_id", Some(&sent));
        context.intake.fallback_event_id.to_owned()
    })
}

fn level(raw: &mut Object, context: &mut Context<'_>) -> Level {
    let Some(sent) = text::take(raw, &["level"]) else { return Level::Error };
    read_level(&sent).unwrap_or_else(|| {
        context.notes.invalid("level", Some(&sent));
        Level::Error
    })
}

/// A level's word in any case, with the synonyms and numbers that logging libraries use.
pub(super) fn read_level(value: &Value) -> Option<Level> {
    if let Some(number) = text::integer(value) {
        return Level::try_from(number).ok();
    }
    let word = value.as_str()?.trim().to_ascii_lowercase();
    match word.as_str() {
        "log" => Some(Level::Info),
        "warn" => Some(Level::Warning),
        "critical" => Some(Level::Fatal),
        word => word.parse().ok(),
    }
}

/// Takes a scalar as trimmed text; trees are dropped with a note.
fn text_of(raw: &mut Object, name: &str, context: &mut Context<'_>) -> Option<String> {
    let value = text::take(raw, &[name])?;
    if value.is_array() || value.is_object() {
        context.notes.invalid(name, Some(&value));
    }
    text::trimmed(value)
}

/// Takes a scalar as text that is cut when it is too long.
fn cut(raw: &mut Object, name: &str, chars_max: usize, context: &mut Context<'_>) -> Option<String> {
    let mut text = text_of(raw, name, context)?;
    if text::clip(&mut text, chars_max) {
        context.notes.cut(name);
    }
    Some(text)
}

/// A name that must not be cut, because a part of it would be another name.
fn whole(name: &str, text: String, valid: bool, context: &mut Context<'_>) -> Option<String> {
    if !valid {
        context.notes.invalid(name, Some(&Value::String(text)));
        return None;
    }
    Some(text)
}

fn valid_release(version: String, context: &mut Context<'_>) -> Option<String> {
    let reserved = version == "." || version == ".." || version.eq_ignore_ascii_case("latest");
    let valid = !reserved
        && version.chars().count() <= RELEASE_CHARS_MAX
        && !version.contains(['\r', '\n', '\x0c', '\t', '/', '\\']);
    whole("release", version, valid, context)
}

fn valid_dist(dist: String, has_release: bool, context: &mut Context<'_>) -> Option<String> {
    let valid = has_release && dist.chars().count() <= DIST_CHARS_MAX;
    whole("dist", dist, valid, context)
}

/// An environment name, from the attribute or from the tag that old senders use for it.
pub(super) fn valid_environment(name: String, context: &mut Context<'_>) -> Option<String> {
    let valid = is_environment(&name);
    whole("environment", name, valid, context)
}

/// Whether an environment may be called so.
pub fn is_environment(name: &str) -> bool {
    name.chars().count() <= ENVIRONMENT_CHARS_MAX && !name.contains(['\r', '\n', '\x0c', '\t', '/'])
}

/// The parts that the sender wants events to be grouped by.
pub(super) fn fingerprint(raw: &mut Object, context: &mut Context<'_>) -> Value {
    let sent = match text::take(raw, &["fingerprint"]) {
        None => Vec::new(),
        Some(Value::Array(parts)) => parts,
        Some(Value::Object(object)) => {
            context.notes.invalid("fingerprint", Some(&Value::Object(object)));
            Vec::new()
        }
        Some(single) => vec![single],
    };
    let mut parts: Vec<String> = Vec::with_capacity(sent.len().clamp(1, FINGERPRINT_PARTS_MAX));
    for part in sent.into_iter().take(FINGERPRINT_PARTS_MAX) {
        if part.is_array() || part.is_object() {
            context.notes.invalid("fingerprint", Some(&part));
        }
        parts.extend(text::scalar(part).map(|mut part| {
            text::clip(&mut part, NAME_CHARS_MAX);
            part
        }));
    }
    if parts.is_empty() {
        parts.push(DEFAULT_FINGERPRINT.to_owned());
    }
    parts.into_iter().map(Value::String).collect()
}
