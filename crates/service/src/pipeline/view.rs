//! Typed looks into normalized event data, shared by display, tags and grouping.

use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// The non-empty text under `key`.
pub(crate) fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The objects in the list `data[interface].values`.
pub(crate) fn values<'a>(data: &'a Object, interface: &str) -> impl DoubleEndedIterator<Item = &'a Object> {
    let list = data.get(interface).and_then(|found| found.get("values")).and_then(Value::as_array);
    list.map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_object)
}

/// The thrown exception: the last of the chain.
pub(crate) fn thrown_exception(data: &Object) -> Option<&Object> {
    values(data, "exception").next_back()
}

/// The frames of `holder.stacktrace`, oldest call first.
pub(crate) fn frames(holder: &Object) -> &[Value] {
    let frames = holder.get("stacktrace").and_then(|trace| trace.get("frames")).and_then(Value::as_array);
    frames.map_or(&[], Vec::as_slice)
}

/// Whether a frame is part of the application.
pub(crate) fn is_in_app(frame: &Object) -> bool {
    frame.get("in_app").and_then(Value::as_bool).unwrap_or(false)
}

/// The frame to show: the last of the application, else the last.
pub(crate) fn crash_frame(frames: &[Value]) -> Option<&Object> {
    let objects = || frames.iter().rev().filter_map(Value::as_object);
    objects().find(|frame| is_in_app(frame)).or_else(|| objects().next())
}

/// The one thread that tells what happened: the only one that crashed, else the only current one, else the only one.
pub(crate) fn telling_thread(data: &Object) -> Option<&Object> {
    let marked = |mark: &str| {
        only(
            values(data, "threads")
                .filter(move |thread| thread.get(mark).and_then(Value::as_bool) == Some(true)),
        )
    };
    marked("crashed").or_else(|| marked("current")).or_else(|| only(values(data, "threads")))
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// The frames that tell where the event happened: of the thrown exception, else the event's own, else of the thread.
pub(crate) fn crash_frames(data: &Object) -> &[Value] {
    let of_exception = thrown_exception(data).map(frames).filter(|frames| !frames.is_empty());
    let own = || Some(frames(data)).filter(|frames| !frames.is_empty());
    of_exception.or_else(own).or_else(|| telling_thread(data).map(frames)).unwrap_or(&[])
}
