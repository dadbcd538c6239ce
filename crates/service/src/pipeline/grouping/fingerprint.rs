//! The sender's fingerprint: texts, variables such as `{{ transaction }}` that stand for a value of the event, and
//! `{{ default }}`, which stands for what grouping would use without it.

use serde_json::Value;

use crate::pipeline::{
    Normalized,
    view::{self, Object},
};

/// One resolved part.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Whatever the strategies find.
    Default,
    /// Mixed in as it is.
    Text(String),
}

/// The event's fingerprint with its variables filled in. Empty when the event has none.
pub(super) fn parts(event: &Normalized, data: &Object) -> Vec<Part> {
    let list = data.get("fingerprint").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(|text| part(text, event, data)).collect()
}

fn part(text: &str, event: &Normalized, data: &Object) -> Part {
    match variable(text) {
        Some("default") => Part::Default,
        Some(name) => Part::Text(resolve(name, event, data).unwrap_or_else(|| text.to_owned())),
        None => Part::Text(text.to_owned()),
    }
}

/// The name in `{{ name }}`, when that is the whole text.
fn variable(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let is_name = name.starts_with("tags.")
        || name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
    (is_name && !name.is_empty()).then_some(name)
}

/// The value of a variable; `<no-...>` when the event lacks it. `None` when there is no such variable.
fn resolve(name: &str, event: &Normalized, data: &Object) -> Option<String> {
    let exception = || view::thrown_exception(data);
    let frame = || view::crash_frame(view::crash_frames(data));
    let of_exception = |key: &str| exception().and_then(|exception| view::text(exception, key));
    let of_frame = |key: &str| frame().and_then(|frame| view::text(frame, key));
    let (value, absent) = match name {
        "transaction" => (view::text(data, "transaction"), "<no-transaction>"),
        "message" => (view::text(data, "message").or_else(|| of_exception("value")), "<no-message>"),
        "type" | "error.type" => (of_exception("type"), "<no-type>"),
        "value" | "error.value" => (of_exception("value"), "<no-value>"),
        "function" | "stack.function" => (of_frame("function"), "<no-function>"),
        "module" | "stack.module" => (of_frame("module"), "<no-module>"),
        "path" | "stack.abs_path" => (of_frame("abs_path").or_else(|| of_frame("filename")), "<no-abs-path>"),
        "package" | "stack.package" => (of_frame("package"), "<no-package>"),
        "level" => (Some(event.level.as_str()), "<no-level>"),
        "logger" => (Some(event.logger.as_str()), "<no-logger>"),
        "release" => (event.release.as_deref(), "<no-release>"),
        "dist" => (event.dist.as_deref(), "<no-dist>"),
        "environment" => (event.environment.as_deref(), "<no-environment>"),
        "platform" => (Some(event.platform), "<no-platform>"),
        _ => {
            let key = name.strip_prefix("tags.")?;
            let tag = event.tags.iter().find(|(known, _)| known == key);
            return Some(tag.map_or_else(|| format!("<no-value-for-tag-{key}>"), |(_, value)| value.clone()));
        }
    };
    Some(value.filter(|value| !value.is_empty()).unwrap_or(absent).to_owned())
}
