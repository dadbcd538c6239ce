//! What happened before: `{"values": [...]}`, the oldest first.

use mortise_domain::Level;
use mortise_wire::datetime::parse_or_epoch;
use serde_json::Value;

use super::{Context, attributes::read_level, text, time, tree};
use crate::pipeline::{
    limits::{BREADCRUMBS_MAX, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, SMALL_TREE},
    view::Object,
};

/// Takes the breadcrumbs.
pub(super) fn take(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let sent = text::take(raw, &["breadcrumbs", "sentry.interfaces.Breadcrumbs"])?;
    let mut list = match text::values(sent) {
        Ok(list) => list,
        Err(other) => {
            context.notes.invalid("breadcrumbs", Some(&other));
            return None;
        }
    };
    if let Some(surplus) = list.len().checked_sub(BREADCRUMBS_MAX).filter(|surplus| *surplus > 0) {
        context.notes.cut("breadcrumbs");
        list.drain(..surplus);
    }
    list.retain_mut(|breadcrumb| clean(breadcrumb, context));
    (!list.is_empty()).then(|| Object::from_iter([("values".to_owned(), list.into())]).into())
}

fn clean(value: &mut Value, context: &mut Context<'_>) -> bool {
    let Value::Object(breadcrumb) = value else {
        context.notes.invalid("breadcrumbs", Some(value));
        return false;
    };
    breadcrumb.retain(|key, value| match key.as_str() {
        "timestamp" => {
            let time = parse_or_epoch(value);
            *value = time.map_or(Value::Null, time::epoch);
            time.is_some()
        }
        "type" | "category" | "event_id" | "origin" => text::keep_text(value, NAME_CHARS_MAX),
        "level" => {
            let level = read_level(value);
            *value = level.map(Level::as_str).into();
            level.is_some()
        }
        "message" => text::keep_text(value, MESSAGE_CHARS_MAX),
        "data" => tree::keep_object(value, "breadcrumbs.data", SMALL_TREE, context),
        _ => false,
    });
    if breadcrumb.is_empty() {
        return false;
    }
    for (key, default) in [("type", "default"), ("level", "info")] {
        if !breadcrumb.contains_key(key) {
            breadcrumb.insert(key.to_owned(), default.into());
        }
    }
    true
}
