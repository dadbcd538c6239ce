//! Free-form JSON: cutting it to size and hiding private values, in one walk.

use serde_json::Value;

use super::{Context, text};
use crate::pipeline::{
    Scrubber,
    limits::{TAG_KEY_CHARS_MAX, TreeLimits},
    scrub::FILTERED,
    view::Object,
};

/// What an entry costs besides its text: the brackets, quotes and commas around it.
const ENTRY_BYTES: usize = 4;

struct Walk<'a> {
    limits: TreeLimits,
    scrubber: &'a Scrubber,
    bytes_left: usize,
    cut: bool,
}

/// Cuts `value` to `limits` and hides private values, in place. What was cut is noted under `name`.
pub(super) fn clean(value: &mut Value, name: &str, limits: TreeLimits, context: &mut Context<'_>) {
    let bytes_left = limits.bytes_max;
    let mut walk = Walk { limits, scrubber: context.intake.scrubber, bytes_left, cut: false };
    walk.value(value, limits.depth_max);
    if walk.cut {
        context.notes.cut(name);
    }
}

/// Takes an object out of `raw` and cleans it. Empty objects count as absent.
pub(super) fn take_object(
    raw: &mut Object,
    name: &str,
    limits: TreeLimits,
    context: &mut Context<'_>,
) -> Option<Value> {
    let mut value = text::take(raw, &[name])?;
    match &value {
        Value::Object(object) if object.is_empty() => None,
        Value::Object(_) => {
            clean(&mut value, name, limits, context);
            Some(value)
        }
        other => {
            context.notes.invalid(name, Some(other));
            None
        }
    }
}

/// For `retain`: keeps a non-empty object, cleaned.
pub(super) fn keep_object(
    value: &mut Value,
    name: &str,
    limits: TreeLimits,
    context: &mut Context<'_>,
) -> bool {
    let keep = value.as_object().is_some_and(|object| !object.is_empty());
    if keep {
        clean(value, name, limits, context);
    }
    keep
}

impl Walk<'_> {
    fn value(&mut self, value: &mut Value, depth_left: usize) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => {
                self.cut |= text::clip(text, self.limits.chars_max.min(self.bytes_left.max(3)));
                self.spend(text.len());
            }
            Value::Array(list) if depth_left == 0 => self.replace_deep(list.is_empty(), value, "[Array]"),
            Value::Object(object) if depth_left == 0 => {
                self.replace_deep(object.is_empty(), value, "[Object]");
            }
            Value::Array(list) => self.list(list, depth_left - 1),
            Value::Object(object) => self.object(object, depth_left - 1),
        }
    }

    fn list(&mut self, list: &mut Vec<Value>, depth_left: usize) {
        if list.len() > self.limits.items_max {
            list.truncate(self.limits.items_max);
            self.cut = true;
        }
        list.retain_mut(|entry| {
            let room = self.room_for(0);
            if room {
                self.value(entry, depth_left);
            }
            room
        });
    }

    fn object(&mut self, object: &mut Object, depth_left: usize) {
        let mut count = 0;
        object.retain(|key, entry| {
            count += 1;
            if count > self.limits.items_max || key.len() > TAG_KEY_CHARS_MAX || !self.room_for(key.len()) {
                self.cut = true;
                return false;
            }
            if !entry.is_null() && self.scrubber.hides(key) {
                *entry = FILTERED.into();
            } else {
                self.value(entry, depth_left);
            }
            true
        });
    }

    fn room_for(&mut self, bytes: usize) -> bool {
        let room = self.bytes_left > bytes;
        self.cut |= !room;
        self.spend(bytes + ENTRY_BYTES);
        room
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }

    fn replace_deep(&mut self, is_empty: bool, value: &mut Value, mark: &str) {
        if !is_empty {
            *value = mark.into();
            self.cut = true;
        }
    }
}
