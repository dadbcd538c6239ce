//! Threads: `{"values": [...]}`.

use serde_json::Value;

use super::{Context, stacktrace, text, tree};
use crate::pipeline::{
    limits::{NAME_CHARS_MAX, SMALL_TREE, THREADS_MAX},
    view::Object,
};

/// Takes the threads.
pub(super) fn take(raw: &mut Object, platform: &'static str, context: &mut Context<'_>) -> Option<Value> {
    let sent = text::take(raw, &["threads", "sentry.interfaces.Threads"])?;
    let mut list = match text::values(sent) {
        Ok(list) => list,
        Err(other) => {
            context.notes.invalid("threads", Some(&other));
            return None;
        }
    };
    if list.len() > THREADS_MAX {
        context.notes.cut("threads");
        list.truncate(THREADS_MAX);
    }
    list.retain_mut(|thread| clean(thread, platform, context));
    (!list.is_empty()).then(|| Object::from_iter([("values".to_owned(), list.into())]).into())
}

fn clean(value: &mut Value, platform: &'static str, context: &mut Context<'_>) -> bool {
    let Value::Object(thread) = value else { return false };
    thread.retain(|key, value| match key.as_str() {
        "id" => value.is_u64() || text::keep_text(value, NAME_CHARS_MAX),
        "name" | "state" => text::keep_text(value, NAME_CHARS_MAX),
        "crashed" | "current" | "main" => text::keep_truth(value),
        "held_locks" => tree::keep_object(value, "threads.held_locks", SMALL_TREE, context),
        "stacktrace" | "raw_stacktrace" => stacktrace::clean(value, platform, context),
        _ => false,
    });
    !thread.is_empty()
}
