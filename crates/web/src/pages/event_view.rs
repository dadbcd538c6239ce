//! From an event of the API to what the issue page shows of it. The API's form is JSON as the SDK shaped it, so every
//! part is read with care: what is missing or of another kind is left out.

use mortise_domain::Time;
use mortise_service::wire::{
    datetime,
    event::{Event, EventUser},
};
use serde_json::{Map, Value};

use super::words;
use crate::view::{
    Level, When,
    event::{
        Crumb, EventNav, EventView, ExceptionView, Frame, Group, Pair, RequestView, SourceLine, StackPart,
        fold_stack,
    },
};

/// Entries of tags, contexts and such that are shown; an SDK may send thousands.
const PAIRS_MAX: usize = 200;
/// Breadcrumbs that are shown, the newest.
const CRUMBS_MAX: usize = 100;
/// What a context says about itself, which is no fact of it.
const CONTEXT_TYPE: &str = "type";

/// The event as the page shows it.
pub fn view(event: &Event, now: Time) -> EventView {
    let place = event.place.as_deref();
    let previous = place.and_then(|place| place.previous_event_id.clone());
    let next = place.and_then(|place| place.next_event_id.clone());
    let tag = |key: &str| {
        event.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.clone()).unwrap_or_default()
    };
    let exceptions = exceptions(event);
    // Of an error the exception says the message.
    let message =
        if exceptions.is_empty() || has_entry(event, "message") { message(event) } else { String::new() };
    EventView {
        id: event.event_id.clone(),
        received: When::new(event.date_created.time(), now),
        nav: EventNav { is_first: previous.is_none(), is_latest: next.is_none(), prev: previous, next },
        environment: tag("environment"),
        release: tag("release"),
        user: event.user.as_ref().map(user).unwrap_or_default(),
        exceptions,
        message,
        request: entry(event, "request").map(request),
        breadcrumbs: entry(event, "breadcrumbs").map(crumbs).unwrap_or_default(),
        tags: event.tags.iter().take(PAIRS_MAX).map(|tag| pair(&tag.key, tag.value.clone())).collect(),
        contexts: event.contexts.iter().filter_map(|(name, context)| group(name, context)).collect(),
        extra: pairs_of_map(&event.context),
        packages: pairs_of_map(&event.packages),
        sdk: sdk(event.sdk.as_ref()),
    }
}

fn entry<'a>(event: &'a Event, kind: &str) -> Option<&'a Value> {
    event.entries.iter().find(|entry| entry.kind == kind).map(|entry| &entry.data)
}

fn has_entry(event: &Event, kind: &str) -> bool {
    entry(event, kind).is_some()
}

fn message(event: &Event) -> String {
    let formatted =
        entry(event, "message").map(|data| text(data, "formatted")).filter(|text| !text.is_empty());
    formatted.unwrap_or_else(|| event.message.clone())
}

/// A text or number of an object; empty when it has none.
fn text(object: &Value, key: &str) -> String {
    match object.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn number(object: &Value, key: &str) -> Option<u32> {
    object.get(key)?.as_u64().and_then(|number| u32::try_from(number).ok())
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn pair(key: &str, value: String) -> Pair {
    Pair { key: key.to_owned(), value }
}

fn pairs_of_map(map: &Map<String, Value>) -> Vec<Pair> {
    map.iter().take(PAIRS_MAX).map(|(key, value)| pair(key, words::json(value))).collect()
}

/// A list of `[name, value]`.
fn pairs_of_list(list: &[Value]) -> Vec<Pair> {
    let of = |item: &Value| Some(pair(&words::json(item.get(0)?), words::json(item.get(1)?)));
    list.iter().take(PAIRS_MAX).filter_map(of).collect()
}

/// The exceptions, the one that ended the work first; threads or a lone stack trace where there is no exception.
fn exceptions(event: &Event) -> Vec<ExceptionView> {
    if let Some(data) = entry(event, "exception") {
        return list(data, "values").iter().rev().map(exception).collect();
    }
    if let Some(trace) = entry(event, "stacktrace") {
        return vec![lone_stack(event.title.clone(), trace)];
    }
    let threads = entry(event, "threads").map_or(&[][..], |data| list(data, "values"));
    let is = |thread: &&Value, key: &str| thread.get(key).and_then(Value::as_bool).unwrap_or(false);
    let shown = threads
        .iter()
        .find(|thread| is(thread, "crashed"))
        .or(threads.iter().find(|thread| is(thread, "current")));
    shown
        .and_then(|thread| Some(lone_stack(text(thread, "name"), thread.get("stacktrace")?)))
        .into_iter()
        .collect()
}

fn lone_stack(kind: String, trace: &Value) -> ExceptionView {
    ExceptionView {
        kind,
        value: String::new(),
        module: String::new(),
        handled: None,
        mechanism: String::new(),
        stack: stack(trace),
    }
}

fn exception(exception: &Value) -> ExceptionView {
    let mechanism = exception.get("mechanism");
    ExceptionView {
        kind: text(exception, "type"),
        value: exception.get("value").filter(|value| !value.is_null()).map(words::json).unwrap_or_default(),
        module: text(exception, "module"),
        handled: mechanism.and_then(|mechanism| mechanism.get("handled")?.as_bool()),
        mechanism: mechanism.map(|mechanism| text(mechanism, "type")).unwrap_or_default(),
        stack: exception.get("stacktrace").map(stack).unwrap_or_default(),
    }
}

fn stack(trace: &Value) -> Vec<StackPart> {
    fold_stack(list(trace, "frames").iter().rev().map(frame).collect())
}

fn frame(frame: &Value) -> Frame {
    let line = number(frame, "lineNo");
    let first_of = |keys: &[&str]| {
        keys.iter().map(|key| text(frame, key)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let file = first_of(&["filename", "absPath", "module", "package"]);
    let function = first_of(&["function", "rawFunction", "symbol", "instructionAddr"]);
    let source = |item: &Value| {
        let number = u32::try_from(item.get(0)?.as_u64()?).ok()?;
        Some(SourceLine { number, text: item.get(1)?.as_str()?.to_owned(), hit: Some(number) == line })
    };
    Frame {
        file: if file.is_empty() { "unknown file".to_owned() } else { file },
        function: if function.is_empty() { "?".to_owned() } else { function },
        module: text(frame, "module"),
        line,
        column: number(frame, "colNo"),
        in_app: frame.get("inApp").and_then(Value::as_bool).unwrap_or(false),
        open: false,
        context: list(frame, "context").iter().filter_map(source).collect(),
        vars: frame.get("vars").and_then(Value::as_object).map(pairs_of_map).unwrap_or_default(),
        links: Vec::new(),
    }
}

fn request(request: &Value) -> RequestView {
    let method = text(request, "method");
    RequestView {
        method: if method.is_empty() { "GET".to_owned() } else { method },
        url: text(request, "url"),
        query: pairs_of_list(list(request, "query")),
        headers: pairs_of_list(list(request, "headers")),
        cookies: pairs_of_list(list(request, "cookies")),
        body: match request.get("data") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => words::pretty_json(text),
            Some(other) => words::json(other),
        },
    }
}

/// Newest first.
fn crumbs(data: &Value) -> Vec<Crumb> {
    list(data, "values").iter().rev().take(CRUMBS_MAX).map(crumb).collect()
}

fn crumb(crumb: &Value) -> Crumb {
    let time = crumb.get("timestamp").and_then(Value::as_str).and_then(datetime::parse);
    let category = text(crumb, "category");
    Crumb {
        category: if category.is_empty() { text(crumb, "type") } else { category },
        message: text(crumb, "message"),
        data: crumb.get("data").and_then(Value::as_object).map(pairs_of_map).unwrap_or_default(),
        level: Level::parse(&text(crumb, "level")).unwrap_or(Level::Info),
        time: time.map(|time| time.strftime("%H:%M:%S%.3f").to_string()).unwrap_or_default(),
    }
}

fn group(name: &str, context: &Value) -> Option<Group> {
    let mut facts = context.as_object()?.clone();
    facts.shift_remove(CONTEXT_TYPE);
    let pairs = pairs_of_map(&facts);
    (!pairs.is_empty()).then(|| Group { title: name.to_owned(), pairs })
}

/// The most telling name of whom it happened to.
fn user(user: &EventUser) -> String {
    let named = [&user.email, &user.username, &user.name].into_iter().flatten().find(|text| !text.is_empty());
    let by_id = || user.id.as_ref().map(|id| format!("id {id}"));
    named.cloned().or_else(by_id).or_else(|| user.ip_address.clone()).unwrap_or_default()
}

fn sdk(sdk: Option<&Value>) -> String {
    let Some(sdk) = sdk else { return String::new() };
    format!("{} {}", text(sdk, "name"), text(sdk, "version")).trim().to_owned()
}
