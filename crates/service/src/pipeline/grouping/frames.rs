//! What a frame contributes: its module or file, its function, and the line of source where the function has no name.

use std::borrow::Cow;

use serde_json::Value;

use super::strategies::Contribution;
use crate::pipeline::{
    normalize::basename,
    view::{self, Object},
};

/// Longer lines are generated code.
const SOURCE_LINE_CHARS_MAX: usize = 120;

/// Names that compilers and runtimes give to what has none. Compared without regard to case.
const NAMELESS: [&str; 10] = [
    "?",
    "<lambda>",
    "lambda",
    "<anonymous>",
    "anonymous",
    "{closure}",
    "<unknown>",
    "unknown",
    "[anonymous]",
    "(anonymous)",
];

/// Schemes under which a file's name changes with every build.
const URL_SCHEMES: [&str; 6] = ["http:", "https:", "file:", "blob:", "data:", "applewebdata:"];

/// The contributions of one stack trace.
#[derive(Default)]
pub(super) struct Trace<'a> {
    /// Of the application's own frames.
    pub(super) app: Vec<Contribution<'a>>,
    /// Of all frames.
    pub(super) system: Vec<Contribution<'a>>,
}

/// Collects what the frames contribute, oldest call first. Runs of the same frame count once: how deep a recursion went
/// says nothing about where it went wrong.
pub(super) fn trace<'a>(frames: &'a [Value], platform: &str) -> Trace<'a> {
    let mut trace = Trace::default();
    let mut previous = Vec::new();
    for frame in frames.iter().filter_map(Value::as_object) {
        let values = contribution(frame, platform);
        if values.is_empty() || values == previous {
            continue;
        }
        trace.system.extend(values.iter().cloned());
        if view::is_in_app(frame) {
            trace.app.extend(values.iter().cloned());
        }
        previous = values;
    }
    trace
}

fn contribution<'a>(frame: &'a Object, platform: &str) -> Vec<Contribution<'a>> {
    let mut values = Vec::with_capacity(3);
    values.extend(view::text(frame, "module").map(Cow::Borrowed).or_else(|| file(frame)));
    let function = view::text(frame, "function");
    values.extend(function.and_then(function_name).map(Cow::Borrowed));
    let unnamed = function.is_none_or(|name| name.starts_with('<') || function_name(name).is_none());
    if unnamed && shows_source(view::text(frame, "platform").unwrap_or(platform)) {
        values.extend(source_line(frame).map(Cow::Borrowed));
    }
    values
}

fn file(frame: &Object) -> Option<Contribution<'_>> {
    let path = view::text(frame, "filename")?;
    let is_of_url = |path: &str| URL_SCHEMES.iter().any(|scheme| path.starts_with(scheme));
    let is_url = is_of_url(path) || view::text(frame, "abs_path").is_some_and(is_of_url);
    if is_url || path.starts_with('<') || path.contains("eval at ") || path == "eval" || path == "native" {
        return None;
    }
    let name = basename(path)?;
    Some(if name.bytes().any(|byte| byte.is_ascii_uppercase()) || !name.is_ascii() {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    })
}

/// The function's name without trailing template arguments; `None` for functions without a name.
fn function_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let last = name.rsplit(['.', ':', '\\']).next().unwrap_or(name);
    let nameless = |name: &str| {
        NAMELESS.iter().any(|known| known.eq_ignore_ascii_case(name))
            || name.starts_with("lambda$")
            || name.starts_with("{closure")
    };
    if name.is_empty() || nameless(name) || nameless(last) {
        return None;
    }
    Some(without_template_arguments(name))
}

/// `List<int>` becomes `List`; names such as `<module>` or `operator>` stay.
fn without_template_arguments(name: &str) -> &str {
    if !name.ends_with('>') {
        return name;
    }
    let mut depth = 0_usize;
    for (at, byte) in name.bytes().enumerate().rev() {
        match byte {
            b'>' => depth += 1,
            b'<' if depth == 1 => {
                let kept = name[..at].trim_end_matches("::");
                return if kept.is_empty() || kept.ends_with("operator") { name } else { kept };
            }
            b'<' => depth -= 1,
            _ => {}
        }
    }
    name
}

/// Whether lines of source are stable enough to group by on this platform.
fn shows_source(platform: &str) -> bool {
    matches!(
        platform,
        "javascript" | "node" | "php" | "python" | "ruby" | "go" | "java" | "groovy" | "kotlin" | "scala"
    )
}

pub(super) fn source_line(holder: &Object) -> Option<&str> {
    let line = view::text(holder, "context_line")?.trim();
    (!line.is_empty() && line.chars().count() <= SOURCE_LINE_CHARS_MAX).then_some(line)
}
