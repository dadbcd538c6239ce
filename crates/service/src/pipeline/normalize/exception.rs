//! Exceptions: `{"values": [...]}`, the oldest cause first and the thrown exception last.

use serde_json::{Value, json};

use super::{Context, stacktrace, text, tree};
use crate::pipeline::{
    limits::{EXCEPTIONS_MAX, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, PATH_CHARS_MAX, SMALL_TREE},
    view::Object,
};

/// Mechanism of an exception that names none.
const DEFAULT_MECHANISM: &str = "generic";

/// Takes the exceptions. A single one without frames gets those of the event itself.
pub(super) fn take(
    raw: &mut Object,
    event_stacktrace: &mut Option<Value>,
    platform: &'static str,
    context: &mut Context<'_>,
) -> Option<Value> {
    let sent = text::take(raw, &["exception", "sentry.interfaces.Exception"])?;
    let mut list = match text::values(sent) {
        Ok(list) => list,
        Err(other) => {
            context.notes.invalid("exception", Some(&other));
            return None;
        }
    };
    list.retain_mut(|exception| clean(exception, platform, context));
    if let [Value::Object(only)] = list.as_mut_slice()
        && !only.contains_key("stacktrace")
        && let Some(stacktrace) = event_stacktrace.take()
    {
        only.insert("stacktrace".to_owned(), stacktrace);
    }
    let omitted = stacktrace::omit_middle(&mut list, EXCEPTIONS_MAX);
    if list.is_empty() {
        return None;
    }
    let mut exceptions = Object::new();
    exceptions.insert("values".to_owned(), list.into());
    if let Some((from, to)) = omitted {
        context.notes.cut("exception");
        exceptions.insert("exc_omitted".to_owned(), json!([from, to]));
    }
    Some(Value::Object(exceptions))
}

/// Normalizes one exception in place; false when it tells nothing.
fn clean(value: &mut Value, platform: &'static str, context: &mut Context<'_>) -> bool {
    let Value::Object(exception) = value else {
        context.notes.invalid("exception", Some(value));
        return false;
    };
    exception.retain(|key, value| match key.as_str() {
        "type" | "module" => text::keep_text(value, NAME_CHARS_MAX),
        "value" => {
            let text = text::any(value.take()).map(Value::String);
            *value = text.unwrap_or_default();
            text::keep_text(value, MESSAGE_CHARS_MAX)
        }
        "thread_id" => value.is_u64() || text::keep_text(value, NAME_CHARS_MAX),
        "mechanism" => clean_mechanism(value, context),
        "stacktrace" | "raw_stacktrace" => stacktrace::clean(value, platform, context),
        _ => false,
    });
    split_type(exception);
    let tells = ["type", "value", "stacktrace"].iter().any(|key| exception.contains_key(*key));
    if !tells {
        context.notes.missing("exception.type");
    }
    tells
}

/// Without a type, a value such as `KeyError: name` is taken apart.
fn split_type(exception: &mut Object) {
    if exception.contains_key("type") {
        return;
    }
    let Some((kind, rest)) =
        exception.get("value").and_then(Value::as_str).and_then(|value| value.split_once(':'))
    else {
        return;
    };
    let is_word = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !is_word || kind.len() > NAME_CHARS_MAX {
        return;
    }
    let (kind, rest) = (Value::from(kind), rest.trim_start().to_owned());
    exception.insert("type".to_owned(), kind);
    if rest.is_empty() {
        exception.swap_remove("value");
    } else {
        exception.insert("value".to_owned(), rest.into());
    }
}

fn clean_mechanism(value: &mut Value, context: &mut Context<'_>) -> bool {
    if value.is_string() {
        *value = json!({"type": value.take()});
    }
    let Value::Object(mechanism) = value else { return false };
    mechanism.retain(|key, value| match key.as_str() {
        "type" | "source" => text::keep_text(value, NAME_CHARS_MAX),
        "description" | "help_link" => text::keep_text(value, PATH_CHARS_MAX),
        "handled" | "synthetic" | "is_exception_group" => text::keep_truth(value),
        "exception_id" | "parent_id" => text::keep_count(value),
        "data" | "meta" => tree::keep_object(value, "exception.mechanism", SMALL_TREE, context),
        _ => false,
    });
    if mechanism.is_empty() {
        return false;
    }
    if !mechanism.contains_key("type") {
        mechanism.insert("type".to_owned(), DEFAULT_MECHANISM.into());
    }
    true
}
