//! Frames of a stack trace, and the template position, which looks like one.

use serde_json::Value;

use super::{Context, in_app, text, tree};
use crate::pipeline::{
    limits::{
        NAME_CHARS_MAX, PATH_CHARS_MAX, SMALL_TREE, SOURCE_LINE_CHARS_MAX, SOURCE_LINES_MAX,
        SYMBOL_CHARS_MAX, VARS,
    },
    view::{self, Object},
};

/// Normalizes one frame in place; false when it is none.
pub(super) fn clean(value: &mut Value, platform: &'static str, context: &mut Context<'_>) -> bool {
    let Value::Object(frame) = value else { return false };
    frame.retain(|key, value| keep(key, value, context));
    if frame.is_empty() {
        return false;
    }
    complete_paths(frame);
    if !frame.contains_key("in_app") {
        let in_app = !in_app::is_library(frame, platform);
        frame.insert("in_app".to_owned(), in_app.into());
    }
    true
}

/// A frame with one path gets both. Senders in browsers put the whole URL into `filename`: that becomes the absolute
/// path, and its path the file's name.
fn complete_paths(frame: &mut Object) {
    let (absolute, name) = (view::text(frame, "abs_path"), view::text(frame, "filename"));
    let (key, path) = match (absolute, name) {
        (Some(absolute), None) => ("filename", basename(absolute).map(str::to_owned)),
        (None, Some(name)) => ("abs_path", Some(name.to_owned())),
        _ => return,
    };
    let Some(path) = path else { return };
    if key == "abs_path"
        && let Ok(url) = url::Url::parse(&path)
        && matches!(url.scheme(), "http" | "https" | "file" | "applewebdata")
        && !matches!(url.path(), "" | "/")
    {
        frame.insert("filename".to_owned(), url.path().into());
    }
    frame.insert(key.to_owned(), path.into());
}

fn keep(key: &str, value: &mut Value, context: &mut Context<'_>) -> bool {
    match key {
        "filename" | "abs_path" | "package" | "source_link" => text::keep_text(value, PATH_CHARS_MAX),
        "function" => text::keep_text(value, SYMBOL_CHARS_MAX) && value.as_str() != Some("?"),
        "raw_function" | "symbol" => text::keep_text(value, SYMBOL_CHARS_MAX),
        "module" | "platform" | "trust" | "addr_mode" | "instruction_addr" | "symbol_addr" | "image_addr" => {
            text::keep_text(value, NAME_CHARS_MAX)
        }
        // An empty line of source is still a line.
        "context_line" => text::keep_text(value, SOURCE_LINE_CHARS_MAX) || value.is_string(),
        "pre_context" | "post_context" => keep_lines(value),
        "lineno" | "colno" => text::keep_count(value),
        "in_app" => text::keep_truth(value),
        "vars" => tree::keep_object(value, "stacktrace.vars", VARS, context),
        "data" | "lock" => tree::keep_object(value, "stacktrace.data", SMALL_TREE, context),
        _ => false,
    }
}

fn keep_lines(value: &mut Value) -> bool {
    let Value::Array(lines) = value else { return false };
    lines.truncate(SOURCE_LINES_MAX);
    for line in lines.iter_mut() {
        // Lines are counted from the current one, so a line that is no text becomes an empty one.
        if !text::keep_text(line, SOURCE_LINE_CHARS_MAX) {
            *line = "".into();
        }
    }
    !lines.is_empty()
}

/// The last part of a path with either kind of slash.
pub(in crate::pipeline) fn basename(path: &str) -> Option<&str> {
    path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())
}

/// Takes the position in a template where rendering failed.
pub(super) fn take_template(raw: &mut Object, context: &mut Context<'_>) -> Option<Value> {
    let mut value = text::take(raw, &["template", "sentry.interfaces.Template"])?;
    let Value::Object(template) = &mut value else {
        context.notes.invalid("template", Some(&value));
        return None;
    };
    template.retain(|key, value| match key.as_str() {
        "filename" | "abs_path" | "context_line" | "pre_context" | "post_context" | "lineno" => {
            keep(key, value, context)
        }
        _ => false,
    });
    (!template.is_empty()).then_some(value)
}
