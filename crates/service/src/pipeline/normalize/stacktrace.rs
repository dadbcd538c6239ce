//! Stack traces: `{"frames": [...]}`, the oldest call first and the newest last.

use serde_json::{Value, json};

use super::{Context, frame, text, tree};
use crate::pipeline::{
    limits::{FRAMES_MAX, NAME_CHARS_MAX, SMALL_TREE},
    view::Object,
};

/// Takes the stack trace of the event itself.
pub(super) fn take(raw: &mut Object, platform: &'static str, context: &mut Context<'_>) -> Option<Value> {
    let mut value = text::take(raw, &["stacktrace", "sentry.interfaces.Stacktrace"])?;
    clean(&mut value, platform, context).then_some(value)
}

/// Normalizes a stack trace in place; false when it has no frames.
pub(super) fn clean(value: &mut Value, platform: &'static str, context: &mut Context<'_>) -> bool {
    if value.is_array() {
        *value = Value::Object(Object::from_iter([("frames".to_owned(), value.take())]));
    }
    let Value::Object(trace) = value else {
        if !value.is_null() {
            context.notes.invalid("stacktrace", Some(value));
        }
        return false;
    };
    trace.retain(|key, value| match key.as_str() {
        "frames" => value.is_array(),
        "registers" => tree::keep_object(value, "stacktrace.registers", SMALL_TREE, context),
        "frames_omitted" => is_range(value),
        "lang" => text::keep_text(value, NAME_CHARS_MAX),
        "snapshot" => text::keep_truth(value),
        _ => false,
    });
    let Some(Value::Array(frames)) = trace.get_mut("frames") else { return false };
    let omitted = omit_middle(frames, FRAMES_MAX);
    frames.retain_mut(|frame| frame::clean(frame, platform, context));
    if frames.is_empty() {
        return false;
    }
    if let Some((from, to)) = omitted {
        context.notes.cut("stacktrace.frames");
        trace.insert("frames_omitted".to_owned(), json!([from, to]));
    }
    true
}

fn is_range(value: &Value) -> bool {
    value.as_array().is_some_and(|range| range.len() == 2 && range.iter().all(Value::is_u64))
}

/// Keeps the first and the last entries of a list that is too long; gives the range that went.
pub(super) fn omit_middle(list: &mut Vec<Value>, max: usize) -> Option<(usize, usize)> {
    let surplus = list.len().checked_sub(max).filter(|surplus| *surplus > 0)?;
    let from = max / 2;
    list.drain(from..from + surplus);
    Some((from, from + surplus))
}
