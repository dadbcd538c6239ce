//! The entries of an event: its interfaces in camel case, most telling first.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{EventRow, frames};
use crate::datetime::{WireTime, parse_or_epoch};

/// A part of an event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Entry {
    /// `message`, `exception`, `stacktrace`, `threads`, `csp`, `breadcrumbs` or `request`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The part itself.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// The parts an event has.
pub(super) fn entries(row: &EventRow<'_>) -> Vec<Entry> {
    let parts = [
        ("message", message(row)),
        ("exception", row.get("exception").and_then(exception)),
        ("stacktrace", row.get("stacktrace").and_then(frames::stacktrace)),
        ("threads", row.get("threads").and_then(threads)),
        ("csp", row.get("csp").cloned()),
        ("breadcrumbs", row.get("breadcrumbs").and_then(breadcrumbs)),
        ("request", row.get("request").and_then(request)),
    ];
    parts.into_iter().filter_map(|(kind, data)| Some(Entry { kind, data: data? })).collect()
}

/// The items of an interface, which may be wrapped in `values`.
fn values(interface: &Value) -> Option<Vec<&Value>> {
    let list = interface.get("values").unwrap_or(interface).as_array()?;
    let items: Vec<_> = list.iter().filter(|item| item.is_object()).collect();
    (!items.is_empty()).then_some(items)
}

fn message(row: &EventRow<'_>) -> Option<Value> {
    let entry = row.get("logentry");
    let part = |key: &str| entry.and_then(|entry| entry.get(key)).filter(|value| !value.is_null());
    let formatted = part("formatted").or(part("message")).and_then(Value::as_str);
    let formatted = match formatted {
        Some(text) => text.to_owned(),
        // An error's message belongs to its exception.
        None if row.get("exception").is_none() => row.message(),
        None => return None,
    };
    if formatted.is_empty() {
        return None;
    }
    let mut data = json!({ "formatted": formatted });
    for key in ["message", "params"] {
        if let Some(value) = part(key) {
            data[key] = value.clone();
        }
    }
    Some(data)
}

fn exception(interface: &Value) -> Option<Value> {
    let exceptions: Vec<Value> = values(interface)?
        .into_iter()
        .map(|exception| {
            json!({
                "type": exception.get("type"),
                "value": exception.get("value"),
                "mechanism": exception.get("mechanism"),
                "threadId": exception.get("thread_id"),
                "module": exception.get("module"),
                "stacktrace": exception.get("stacktrace").and_then(frames::stacktrace),
                "rawStacktrace": exception.get("raw_stacktrace").and_then(frames::stacktrace),
            })
        })
        .collect();
    let has_system_frames =
        exceptions.iter().any(|exception| exception["stacktrace"]["hasSystemFrames"] == true);
    Some(json!({
        "values": exceptions,
        "hasSystemFrames": has_system_frames,
        "excOmitted": interface.get("exc_omitted"),
    }))
}

fn threads(interface: &Value) -> Option<Value> {
    let flag = |thread: &Value, key: &str| thread.get(key).and_then(Value::as_bool).unwrap_or(false);
    let threads: Vec<Value> = values(interface)?
        .into_iter()
        .map(|thread| {
            json!({
                "id": thread.get("id"),
                "current": flag(thread, "current"),
                "crashed": flag(thread, "crashed"),
                "name": thread.get("name"),
                "state": thread.get("state"),
                "heldLocks": thread.get("held_locks"),
                "stacktrace": thread.get("stacktrace").and_then(frames::stacktrace),
                "rawStacktrace": thread.get("raw_stacktrace").and_then(frames::stacktrace),
            })
        })
        .collect();
    Some(json!({ "values": threads }))
}

fn breadcrumbs(interface: &Value) -> Option<Value> {
    let crumbs: Vec<Value> = values(interface)?
        .into_iter()
        .map(|crumb| {
            let time = crumb.get("timestamp").and_then(parse_or_epoch).map(WireTime::new);
            json!({
                "type": crumb.get("type").filter(|kind| !kind.is_null()).unwrap_or(&json!("default")),
                "timestamp": time,
                "level": crumb.get("level").filter(|level| !level.is_null()).unwrap_or(&json!("info")),
                "message": crumb.get("message"),
                "category": crumb.get("category"),
                "data": crumb.get("data"),
                "event_id": crumb.get("event_id"),
            })
        })
        .collect();
    Some(json!({ "values": crumbs }))
}

fn request(request: &Value) -> Option<Value> {
    request.as_object()?;
    Some(json!({
        "apiTarget": request.get("api_target"),
        "method": request.get("method"),
        "url": request.get("url"),
        "query": pairs(request.get("query_string")),
        "fragment": request.get("fragment"),
        "data": request.get("data"),
        "headers": pairs(request.get("headers")),
        "cookies": pairs(request.get("cookies")),
        "env": request.get("env"),
        "inferredContentType": request.get("inferred_content_type"),
    }))
}

/// Pairs of name and value, however they were sent.
fn pairs(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Array(pairs)) => pairs.iter().filter(|pair| pair.is_array()).cloned().collect(),
        Some(Value::Object(map)) => map.iter().map(|(name, value)| json!([name, value])).collect(),
        Some(Value::String(text)) => url::form_urlencoded::parse(text.trim_start_matches('?').as_bytes())
            .map(|pair| json!(pair))
            .collect(),
        _ => json!([]),
    }
}
