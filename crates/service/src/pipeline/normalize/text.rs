//! Reading scalars leniently, and cutting text.

use std::borrow::Cow;

use serde_json::Value;

use crate::pipeline::view::Object;

/// What marks cut text.
const ELLIPSIS: &str = "...";

/// Byte offset at which `text` must be cut so that it and the ellipsis fit, or `None` when it fits as it is.
fn cut_at(text: &str, chars_max: usize) -> Option<usize> {
    if text.len() <= chars_max {
        return None;
    }
    text.char_indices().nth(chars_max)?;
    let keep = chars_max.saturating_sub(ELLIPSIS.len());
    Some(text.char_indices().nth(keep).map_or(text.len(), |(at, _)| at))
}

/// Cuts `text` to `chars_max` characters, the last three of them dots. Tells whether it was cut.
pub(super) fn clip(text: &mut String, chars_max: usize) -> bool {
    let Some(at) = cut_at(text, chars_max) else { return false };
    text.truncate(at);
    text.push_str(ELLIPSIS);
    true
}

/// `text`, cut to `chars_max` characters.
pub(in crate::pipeline) fn clipped(text: &str, chars_max: usize) -> Cow<'_, str> {
    match cut_at(text, chars_max) {
        None => Cow::Borrowed(text),
        Some(at) => Cow::Owned(format!("{}{ELLIPSIS}", &text[..at])),
    }
}

/// A scalar as text; `None` for null, lists and objects.
pub(super) fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A scalar as text without surrounding white space; `None` when nothing is left.
pub(super) fn trimmed(value: Value) -> Option<String> {
    let mut text = scalar(value)?;
    let kept = text.trim();
    if kept.is_empty() {
        return None;
    }
    if kept.len() != text.len() {
        text = kept.to_owned();
    }
    Some(text)
}

/// Any value as text: scalars as they are, trees as compact JSON.
pub(super) fn any(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        tree @ (Value::Array(_) | Value::Object(_)) => Some(tree.to_string()),
        other => scalar(other),
    }
}

/// A whole number, also when written as text or as a float without fraction.
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            // Beyond 2^53 a float does not name one whole number.
            (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
        }),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A truth value, also when written as text.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Turns `value` into text of at most `chars_max` characters, in place. False when nothing is left to keep.
pub(super) fn keep_text(value: &mut Value, chars_max: usize) -> bool {
    if !value.is_string() {
        let Some(text) = scalar(value.take()) else { return false };
        *value = Value::String(text);
    }
    let Value::String(text) = value else { return false };
    clip(text, chars_max);
    !text.is_empty()
}

/// Turns `value` into a whole number that is not negative, in place. False when it is none.
pub(super) fn keep_count(value: &mut Value) -> bool {
    let Some(number) = integer(value).filter(|number| *number >= 0) else { return false };
    *value = number.into();
    true
}

/// Turns `value` into a truth value, in place. False when it is none.
pub(super) fn keep_truth(value: &mut Value) -> bool {
    let Some(truth) = truth(value) else { return false };
    *value = truth.into();
    true
}

/// Takes the first of `keys` out of `object`; JSON null counts as absent.
pub(super) fn take(object: &mut Object, keys: &[&str]) -> Option<Value> {
    keys.iter().filter_map(|key| object.swap_remove(*key)).find(|value| !value.is_null())
}

/// The entries of a list that may come bare, as `{"values": [...]}` or as a single object; nulls are dropped.
/// The error is the value that is none of these.
pub(super) fn values(value: Value) -> Result<Vec<Value>, Value> {
    let mut list = match value {
        Value::Array(list) => list,
        Value::Object(mut object) => match object.swap_remove("values") {
            Some(Value::Array(list)) => list,
            Some(Value::Null) => Vec::new(),
            Some(single) => vec![single],
            None => vec![Value::Object(object)],
        },
        other => return Err(other),
    };
    list.retain(|entry| !entry.is_null());
    Ok(list)
}

/// The pairs of an object, a list of pairs, or a list of `{"key", "value"}`.
pub(super) fn pairs(value: Value) -> Result<Vec<(Value, Value)>, Value> {
    match value {
        Value::Object(object) => Ok(object.into_iter().map(|(key, value)| (key.into(), value)).collect()),
        Value::Array(list) => Ok(list.into_iter().filter_map(pair).collect()),
        other => Err(other),
    }
}

fn pair(entry: Value) -> Option<(Value, Value)> {
    match entry {
        Value::Array(parts) => {
            let mut parts = parts.into_iter();
            Some((parts.next()?, parts.next().unwrap_or(Value::Null)))
        }
        Value::Object(mut object) => {
            Some((object.swap_remove("key")?, object.swap_remove("value").unwrap_or(Value::Null)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
