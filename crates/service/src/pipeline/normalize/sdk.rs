//! The SDK that sent the event, and the modules of the program it runs in.

use serde_json::Value;

use super::{Context, text, tree};
use crate::pipeline::{
    limits::{MODULES_MAX, NAME_CHARS_MAX, SMALL_TREE},
    view::Object,
};

/// Takes the SDK; when the event names none, the request's client stands in.
pub(super) fn take(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let mut sdk = match text::take(raw, &["sdk", "sentry.interfaces.sdk"]) {
        Some(Value::Object(sdk)) => sdk,
        Some(other) => {
            context.notes.invalid("sdk", Some(&other));
            Object::new()
        }
        None => Object::new(),
    };
    sdk.retain(|key, value| match key.as_str() {
        "name" | "version" => text::keep_text(value, NAME_CHARS_MAX),
        "integrations" | "packages" | "features" => {
            let keep = value.is_array();
            tree::clean(value, "sdk", SMALL_TREE, context);
            keep
        }
        "settings" => tree::keep_object(value, "sdk", SMALL_TREE, context),
        _ => false,
    });
    if !sdk.contains_key("name")
        && let Some((name, version)) =
            context.intake.client.sdk.map(|sdk| sdk.split_once('/').unwrap_or((sdk, "")))
        && !name.trim().is_empty()
    {
        for (key, text) in [("name", name.trim()), ("version", version.trim())] {
            if !text.is_empty() {
                sdk.insert(key.to_owned(), text::clipped(text, NAME_CHARS_MAX).into());
            }
        }
    }
    (!sdk.is_empty()).then_some(Value::Object(sdk))
}

/// Takes the modules: names to versions, the latter null when unknown.
pub(super) fn take_modules(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let pairs = match text::pairs(text::take(raw, &["modules"])?) {
        Ok(pairs) => pairs,
        Err(other) => {
            context.notes.invalid("modules", Some(&other));
            return None;
        }
    };
    if pairs.len() > MODULES_MAX {
        context.notes.cut("modules");
    }
    let mut modules = Object::with_capacity(pairs.len().min(MODULES_MAX));
    for (name, mut version) in pairs.into_iter().take(MODULES_MAX) {
        let Some(mut name) = text::trimmed(name) else { continue };
        text::clip(&mut name, NAME_CHARS_MAX);
        if !text::keep_text(&mut version, NAME_CHARS_MAX) {
            version = Value::Null;
        }
        modules.insert(name, version);
    }
    (!modules.is_empty()).then_some(Value::Object(modules))
}
