//! How an event is called: title, culprit, location and the metadata they are made of.

use serde_json::Value;

use super::{
    limits::{
        CULPRIT_CHARS_MAX, METADATA_TYPE_CHARS_MAX, METADATA_VALUE_CHARS_MAX, PATH_CHARS_MAX,
        SYMBOL_CHARS_MAX, TITLE_CHARS_MAX,
    },
    normalize::clipped,
    view::{self, Object},
};

/// Title of an error without type, value or function.
const UNKNOWN_ERROR: &str = "<unknown>";
/// Title of an event without message.
const UNLABELED_EVENT: &str = "<unlabeled event>";

/// What lists and subjects show.
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) culprit: String,
    pub(crate) location: Option<String>,
    pub(crate) metadata: Object,
}

/// Describes a normalized event.
pub(crate) fn describe(data: &Object, event_type: &str, platform: &str) -> Shown {
    let metadata = match event_type {
        "error" => error_metadata(data),
        "csp" => csp_metadata(data),
        _ => message_metadata(data),
    };
    let title = match event_type {
        "error" => error_title(&metadata),
        _ => view::text(&metadata, "title").unwrap_or(UNLABELED_EVENT).to_owned(),
    };
    let location = view::text(&metadata, "filename").map(str::to_owned);
    Shown { title, culprit: culprit(data, platform), location, metadata }
}

fn error_metadata(data: &Object) -> Object {
    let mut metadata = Object::with_capacity(5);
    let mut put = |key: &str, text: Option<&str>, chars_max| {
        if let Some(text) = text {
            metadata.insert(key.to_owned(), clipped(text, chars_max).into());
        }
    };
    if let Some(exception) = view::thrown_exception(data) {
        put("value", Some(view::text(exception, "value").unwrap_or_default()), METADATA_VALUE_CHARS_MAX);
        // The type of a synthetic exception is made up by the SDK, such as a signal's name.
        if !is_synthetic(exception) {
            put("type", view::text(exception, "type"), METADATA_TYPE_CHARS_MAX);
        }
    }
    if let Some(frame) = view::crash_frame(view::crash_frames(data)) {
        let file = view::text(frame, "filename").or_else(|| view::text(frame, "abs_path"));
        put("filename", file, PATH_CHARS_MAX);
        put("function", view::text(frame, "function"), SYMBOL_CHARS_MAX);
    }
    metadata.insert("display_title_with_tree_label".to_owned(), false.into());
    metadata
}

/// Whether the SDK made the exception up, so that its type says nothing.
pub(crate) fn is_synthetic(exception: &Object) -> bool {
    let mechanism = exception.get("mechanism");
    mechanism.and_then(|mechanism| mechanism.get("synthetic")).and_then(Value::as_bool) == Some(true)
}

fn error_title(metadata: &Object) -> String {
    let Some(kind) = view::text(metadata, "type") else {
        return view::text(metadata, "function").unwrap_or(UNKNOWN_ERROR).to_owned();
    };
    match view::text(metadata, "value").and_then(first_line) {
        Some(line) => format!("{kind}: {line}"),
        None => kind.to_owned(),
    }
}

fn message_metadata(data: &Object) -> Object {
    let line = view::text(data, "message").and_then(first_line);
    Object::from_iter([("title".to_owned(), line.map_or(UNLABELED_EVENT.into(), Value::from))])
}

/// A browser's report of blocked content.
fn csp_metadata(data: &Object) -> Object {
    let report = data.get("csp").and_then(Value::as_object);
    let part =
        |keys: [&str; 2]| report.and_then(|report| keys.iter().find_map(|key| view::text(report, key)));
    let directive = part(["effective_directive", "violated_directive"]).unwrap_or_default();
    let directive = directive.split_whitespace().next().unwrap_or_default();
    let uri = part(["blocked_uri", "blocked-uri"]).unwrap_or("self");
    let title = first_line(&format!("Blocked '{}' from '{uri}'", directive.trim_end_matches("-src")));
    let mut metadata = Object::new();
    metadata.insert("directive".to_owned(), clipped(directive, METADATA_TYPE_CHARS_MAX).into());
    metadata.insert("uri".to_owned(), clipped(uri, METADATA_VALUE_CHARS_MAX).into());
    metadata.insert("title".to_owned(), title.unwrap_or_default().into());
    metadata
}

/// The first line that says something, cut for a title.
fn first_line(text: &str) -> Option<String> {
    let line = text.trim().lines().next()?.trim_end();
    (!line.is_empty()).then(|| clipped(line, TITLE_CHARS_MAX).into_owned())
}

/// Where it happened: what the sender says, else the transaction, else the crash frame, else the URL.
fn culprit(data: &Object, platform: &str) -> String {
    let from_frames = || {
        let frames = || view::crash_frames(data).iter().rev().filter_map(Value::as_object);
        let named = |frame| frame_culprit(frame, platform);
        frames().filter(|frame| view::is_in_app(frame)).find_map(named).or_else(|| frames().find_map(named))
    };
    let given = view::text(data, "culprit").or_else(|| view::text(data, "transaction")).map(str::to_owned);
    let url = || {
        data.get("request").and_then(|request| request.get("url")).and_then(Value::as_str).map(str::to_owned)
    };
    let culprit = given.or_else(from_frames).or_else(url).unwrap_or_default();
    clipped(culprit.trim(), CULPRIT_CHARS_MAX).into_owned()
}

fn frame_culprit(frame: &Object, platform: &str) -> Option<String> {
    let function = view::text(frame, "function").unwrap_or("?");
    let place = view::text(frame, "module").or_else(|| view::text(frame, "filename"));
    match view::text(frame, "platform").unwrap_or(platform) {
        "native" | "cocoa" | "objc" | "c" => Some(function.to_owned()),
        "javascript" | "node" => place.map(|place| format!("{function}({place})")),
        _ => place.map(|place| format!("{place} in {function}")),
    }
}
