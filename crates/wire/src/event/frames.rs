//! Stack traces and their frames in camel case.

use serde_json::{Value, json};

/// A stack trace; `None` when it has no frames.
pub(super) fn stacktrace(trace: &Value) -> Option<Value> {
    let frames: Vec<&Value> =
        trace.get("frames")?.as_array()?.iter().filter(|frame| frame.is_object()).collect();
    if frames.is_empty() {
        return None;
    }
    let system = frames.iter().filter(|frame| !in_app(frame)).count();
    Some(json!({
        "frames": frames.iter().map(|frame| self::frame(frame)).collect::<Vec<_>>(),
        "framesOmitted": trace.get("frames_omitted"),
        "registers": trace.get("registers"),
        // Only worth a switch when there are frames of both kinds.
        "hasSystemFrames": system > 0 && system < frames.len(),
    }))
}

fn in_app(frame: &Value) -> bool {
    frame.get("in_app").and_then(Value::as_bool).unwrap_or(false)
}

fn frame(frame: &Value) -> Value {
    json!({
        "filename": frame.get("filename"),
        "absPath": frame.get("abs_path"),
        "module": frame.get("module"),
        "package": frame.get("package"),
        "platform": frame.get("platform"),
        "instructionAddr": frame.get("instruction_addr"),
        "symbolAddr": frame.get("symbol_addr"),
        "function": frame.get("function"),
        "rawFunction": frame.get("raw_function"),
        "symbol": frame.get("symbol"),
        "context": context(frame),
        "lineNo": frame.get("lineno"),
        "colNo": frame.get("colno"),
        "inApp": in_app(frame),
        "trust": frame.get("trust"),
        "errors": frame.get("errors"),
        "lock": frame.get("lock"),
        "sourceLink": frame.get("source_link"),
        "vars": frame.get("vars"),
    })
}

/// The source around a line: `[[line number, text], ...]`.
fn context(frame: &Value) -> Value {
    let lines = |key: &str| frame.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (before, after) = (lines("pre_context"), lines("post_context"));
    let line = frame.get("context_line").filter(|line| line.is_string());
    let number = frame.get("lineno").and_then(Value::as_i64);
    let Some(number) = number.filter(|_| line.is_some() || !before.is_empty() || !after.is_empty()) else {
        return json!([]);
    };
    let line = line.cloned().unwrap_or_else(|| json!(""));
    let texts = before.iter().chain([&line]).chain(after);
    let first = number.saturating_sub(before.len() as i64);
    texts.zip(first..).map(|(text, number)| json!([number, text.as_str().unwrap_or_default()])).collect()
}
