//! Makes one well-formed event out of whatever JSON arrived.
//!
//! `Context` carries what every part needs: the notes about changes, and the rules for private data. Each file of
//! this folder owns one part of the event, takes it out of the incoming object and gives back its normal form. This
//! file puts the parts together, in the order in which the event is shown: identifying keys first, then the rest by
//! name.

use mortise_wire::datetime::WireTime;
use serde_json::{Value, json};

use super::{
    Intake, Normalized, display,
    limits::{LARGE_TREE, SMALL_TREE},
    view::Object,
};

mod attributes;
mod breadcrumbs;
mod contexts;
mod exception;
mod frame;
mod in_app;
mod message;
mod notes;
mod request;
mod sdk;
mod stacktrace;
mod tags;
mod text;
mod threads;
mod time;
mod tree;
mod user;
mod user_agent;

use attributes::Attributes;
pub use attributes::is_environment;
pub(in crate::pipeline) use frame::basename;
use notes::Notes;
pub(in crate::pipeline) use text::clipped;

/// Protocol version that raw events name.
const EVENT_VERSION: &str = "7";

/// Interfaces of browser reports; each is also an event type.
const REPORTS: [&str; 4] = ["csp", "hpkp", "expectct", "expectstaple"];

/// Keys that mean nothing on the way in: ours to set, or of other kinds of events.
const IGNORED: [&str; 22] = [
    "_meta",
    "_metrics_summary",
    "breakdowns",
    "datetime",
    "grouping_config",
    "hashes",
    "key_id",
    "location",
    "measurements",
    "metadata",
    "nodestore_insert",
    "project",
    "received",
    "scraping_attempts",
    "site",
    "spans",
    "start_timestamp",
    "title",
    "transaction_info",
    "type",
    "version",
    "threads_omitted",
];

/// What the parts share while one event is normalized.
struct Context<'a> {
    notes: Notes,
    intake: &'a Intake<'a>,
}

/// Normalizes one event. Accepts any JSON value; see the module of the pipeline.
pub fn normalize(raw: Value, intake: &Intake<'_>) -> Normalized {
    let mut context = Context { notes: Notes::default(), intake };
    let mut raw = match raw {
        Value::Object(object) => object,
        other => {
            context.notes.invalid("event", Some(&other));
            Object::new()
        }
    };
    context.notes.adopt(raw.swap_remove("errors"));
    let sent_tags = raw.swap_remove("tags");
    let mut attributes = Attributes::take(&mut raw, &mut context);
    let sent_tags = tags::sent(sent_tags, &mut attributes, &mut context);
    let mut parts = interfaces(&mut raw, &attributes, &mut context);
    for (key, value) in &raw {
        if !IGNORED.contains(&key.as_str()) {
            context.notes.unknown(key, value);
        }
    }
    let event_type = event_type(&parts);
    parts.extend(attributes.columns(event_type, intake));
    parts.sort_unstable_by_key(|(key, _)| (position(key), *key));
    let data = parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    finish(data, attributes, sent_tags, event_type, context)
}

/// The parts of the event that are trees, those that are present.
fn interfaces(
    raw: &mut Object,
    attributes: &Attributes,
    context: &mut Context<'_>,
) -> Vec<(&'static str, Value)> {
    let mut parts = Vec::with_capacity(48);
    let mut put = |key, value: Option<Value>| parts.extend(value.map(|value| (key, value)));
    let mut stacktrace = stacktrace::take(raw, attributes.platform, context);
    put("exception", exception::take(raw, &mut stacktrace, attributes.platform, context));
    put("stacktrace", stacktrace);
    put("threads", threads::take(raw, attributes.platform, context));
    let message = message::take(raw, context);
    put("message", Some(message::formatted(message.as_ref()).into()));
    put("logentry", message);
    put("template", frame::take_template(raw, context));
    let request = request::take(raw, context);
    let (contexts, sdk) =
        (contexts::take(raw, request.as_ref(), attributes, context), sdk::take(raw, context));
    put("user", user::take(raw, sdk.as_ref(), context));
    put("request", request);
    put("contexts", contexts);
    put("sdk", sdk);
    put("breadcrumbs", breadcrumbs::take(raw, context));
    put("modules", sdk::take_modules(raw, context));
    put("extra", tree::take_object(raw, "extra", LARGE_TREE, context));
    put("debug_meta", tree::take_object(raw, "debug_meta", LARGE_TREE, context));
    put("fingerprint", Some(attributes::fingerprint(raw, context)));
    for report in REPORTS {
        let legacy = format!("sentry.interfaces.{}{}", report[..1].to_ascii_uppercase(), &report[1..]);
        if let Some(value) = raw.swap_remove(&legacy) {
            raw.insert(report.to_owned(), value);
        }
        put(report, tree::take_object(raw, report, SMALL_TREE, context));
    }
    parts
}

fn event_type(parts: &[(&'static str, Value)]) -> &'static str {
    let has = |wanted: &str| parts.iter().any(|(key, _)| *key == wanted);
    if has("exception") {
        return "error";
    }
    REPORTS.into_iter().find(|report| has(report)).unwrap_or("default")
}

/// Keys that identify the event come first.
fn position(key: &str) -> usize {
    const FIRST: [&str; 8] =
        ["event_id", "project", "release", "dist", "platform", "message", "datetime", "tags"];
    FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len())
}

/// Derives what follows from the parts and fills the places kept for it.
fn finish(
    mut data: Object,
    attributes: Attributes,
    sent_tags: Vec<(String, String)>,
    event_type: &'static str,
    context: Context<'_>,
) -> Normalized {
    let shown = display::describe(&data, event_type, attributes.platform);
    let user_tag = data.get("user").and_then(Value::as_object).and_then(user::tag);
    let tags = tags::with_derived(sent_tags, &data, &attributes, user_tag.as_deref());
    let mut set = |key: &str, value: Value| data.insert(key.to_owned(), value);
    set("title", shown.title.as_str().into());
    set("culprit", shown.culprit.as_str().into());
    set("location", shown.location.as_deref().into());
    set("metadata", Value::Object(shown.metadata.clone()));
    set("tags", tags.iter().map(|(key, value)| json!([key, value])).collect());
    set("errors", context.notes.into_value());
    Normalized {
        timestamp: attributes.timestamp,
        received: context.intake.received,
        event_type,
        level: attributes.level,
        platform: attributes.platform,
        user_tag,
        tags,
        title: shown.title,
        culprit: shown.culprit,
        message: data.get("message").and_then(Value::as_str).unwrap_or_default().to_owned(),
        location: shown.location,
        metadata: shown.metadata,
        is_unhandled: tags::mechanism(&data).is_some_and(|mechanism| mechanism.handled == Some(false)),
        event_id: attributes.event_id,
        logger: attributes.logger,
        release: attributes.release,
        dist: attributes.dist,
        environment: attributes.environment,
        data: Value::Object(data),
    }
}

impl Attributes {
    /// The keys of the event that every event has.
    fn columns(&self, event_type: &'static str, intake: &Intake<'_>) -> Vec<(&'static str, Value)> {
        let client = &intake.client;
        let mut columns = vec![
            ("event_id", self.event_id.as_str().into()),
            ("project", client.project_id.get().into()),
            ("release", self.release.as_deref().into()),
            ("dist", self.dist.as_deref().into()),
            ("platform", self.platform.into()),
            ("datetime", WireTime::new(self.timestamp).with_six_digits().to_string().into()),
            ("tags", Value::Null),
            ("culprit", self.culprit.as_deref().into()),
            ("environment", self.environment.as_deref().into()),
            ("errors", Value::Null),
            ("key_id", client.key_id.map(|id| id.to_string()).into()),
            ("level", self.level.as_str().into()),
            ("location", Value::Null),
            ("logger", self.logger.as_str().into()),
            ("metadata", Value::Null),
            ("received", time::epoch(intake.received)),
            ("time_spent", self.time_spent.into()),
            ("timestamp", time::epoch(self.timestamp)),
            ("title", Value::Null),
            ("type", event_type.into()),
            ("version", EVENT_VERSION.into()),
        ];
        let optional = [
            ("server_name", &self.server_name),
            ("transaction", &self.transaction),
            ("checksum", &self.checksum),
        ];
        columns.extend(optional.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?.into()))));
        columns
    }
}
