//! Contexts: objects by name, each with a `type`. Browser, operating system and device are read from the user agent when
//! the sender gave none.

use serde_json::Value;

use super::{Context, attributes::Attributes, text, tree, user_agent};
use crate::pipeline::{
    limits::{CONTEXTS_MAX, LARGE_TREE, NAME_CHARS_MAX},
    view::Object,
};

/// Takes the contexts.
pub(super) fn take(
    raw: &mut Object,
    request: Option<&Value>,
    attributes: &Attributes,
    context: &mut Context<'_>,
) -> Option<Value> {
    let mut contexts = match text::take(raw, &["contexts", "sentry.interfaces.Contexts"]) {
        Some(Value::Object(contexts)) => contexts,
        Some(other) => {
            context.notes.invalid("contexts", Some(&other));
            Object::new()
        }
        None => Object::new(),
    };
    let mut count = 0;
    contexts.retain(|name, value| {
        count += 1;
        if count > CONTEXTS_MAX || name.len() > NAME_CHARS_MAX {
            context.notes.cut("contexts");
            return false;
        }
        clean(name, value, context)
    });
    let agent = request.and_then(agent_of_request).or_else(|| {
        // The program that sends is the browser itself only for events of pages.
        context.intake.client.user_agent.filter(|_| attributes.platform == "javascript")
    });
    if let Some(agent) = agent {
        for (name, found) in user_agent::contexts(agent) {
            contexts.entry(name).or_insert(found);
        }
    }
    (!contexts.is_empty()).then_some(Value::Object(contexts))
}

fn clean(name: &str, value: &mut Value, context: &mut Context<'_>) -> bool {
    let Value::Object(_) = value else {
        if !value.is_null() {
            context.notes.invalid("contexts", Some(value));
        }
        return false;
    };
    tree::clean(value, "contexts", LARGE_TREE, context);
    if let Value::Object(found) = value {
        if !found.get("type").is_some_and(Value::is_string) {
            found.shift_remove("type");
            found.insert("type".to_owned(), name.into());
        }
        for key in ["name", "version"] {
            if let Some(text) = found.get_mut(key) {
                let trimmed = text.as_str().map(str::trim).map(str::to_owned);
                trimmed.into_iter().for_each(|trimmed| *text = trimmed.into());
            }
        }
    }
    true
}

fn agent_of_request(request: &Value) -> Option<&str> {
    let headers = request.get("headers")?.as_array()?;
    let found = headers.iter().find(|pair| pair.get(0).and_then(Value::as_str) == Some("User-Agent"))?;
    found.get(1)?.as_str()
}
