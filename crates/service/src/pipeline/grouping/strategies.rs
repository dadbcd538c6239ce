//! What an event contributes to its hashes. The first strategy that finds something wins: chained exceptions, the telling
//! thread, the event's own stack trace, the template, the message.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    frames::{self, Trace},
    parameterize::parameterize,
};
use crate::pipeline::{
    display::is_synthetic,
    normalize::basename,
    view::{self, Object},
};

/// One text that goes into a hash.
pub(super) type Contribution<'a> = Cow<'a, str>;

/// Lines of a message that count.
const MESSAGE_LINES: usize = 2;

/// The contributions of each variant, the primary first; empty when the event says nothing.
pub(super) fn variants(data: &Object) -> Vec<Vec<Contribution<'_>>> {
    let platform = view::text(data, "platform").unwrap_or_default();
    let traces = [
        chained_exceptions(data, platform),
        view::telling_thread(data)
            .map(|thread| frames::trace(view::frames(thread), platform))
            .unwrap_or_default(),
        frames::trace(view::frames(data), platform),
    ];
    for Trace { app, system } in traces {
        if !system.is_empty() {
            return [app, system].into_iter().filter(|values| !values.is_empty()).collect();
        }
    }
    let single = template(data).or_else(|| message(data));
    single.into_iter().collect()
}

/// All exceptions, oldest cause first. As soon as any of them has frames, a variant without frames says nothing.
fn chained_exceptions<'a>(data: &'a Object, platform: &str) -> Trace<'a> {
    let (mut all, mut app_frames, mut system_frames) = (Trace::default(), false, false);
    for exception in view::values(data, "exception") {
        let trace = frames::trace(view::frames(exception), platform);
        app_frames |= !trace.app.is_empty();
        system_frames |= !trace.system.is_empty();
        let kind = view::text(exception, "type").filter(|_| !is_synthetic(exception)).map(Cow::Borrowed);
        let value = view::text(exception, "value").filter(|_| trace.system.is_empty()).map(parameterize);
        for (variant, frames) in [(&mut all.app, trace.app), (&mut all.system, trace.system)] {
            variant.extend(frames);
            variant.extend(kind.iter().chain(&value).cloned());
        }
    }
    if system_frames && !app_frames {
        all.app.clear();
    }
    all
}

fn template(data: &Object) -> Option<Vec<Contribution<'_>>> {
    let template = data.get("template").and_then(Value::as_object)?;
    let file =
        view::text(template, "filename").or_else(|| view::text(template, "abs_path").and_then(basename));
    let line = frames::source_line(template);
    let values: Vec<_> = file.into_iter().chain(line).map(Cow::Borrowed).collect();
    (!values.is_empty()).then_some(values)
}

/// The first lines that say something, with what varies replaced. The template of the message is preferred, as its
/// placeholders vary by nature.
fn message(data: &Object) -> Option<Vec<Contribution<'_>>> {
    let entry = data.get("logentry").and_then(Value::as_object);
    let template = entry.and_then(|entry| view::text(entry, "message"));
    let text = template.or_else(|| view::text(data, "message"))?;
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MESSAGE_LINES).collect();
    match lines.as_slice() {
        [] => None,
        [only] => Some(vec![parameterize(only)]),
        several => Some(vec![Cow::Owned(parameterize(&several.join("\n")).into_owned())]),
    }
}
