//! Events. Stored events are *raw*: one object with snake-case keys, as normalisation leaves it. The API shows them in
//! two forms built from it: [`Event`] with everything in camel case, [`SimpleEvent`] in lists. The raw form itself is
//! what `.../json/` and webhooks send ([`raw_json`], [`HookEvent`]).

mod entries;
mod frames;
mod raw;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

pub use entries::Entry;
pub use raw::{HookEvent, raw_json};

use crate::{datetime::WireTime, release::Release};

/// The grouping algorithm that clients are told.
pub const GROUPING_CONFIG_ID: &str = "newstyle:2023-01-11";

/// A stored event with the facts that are columns.
#[derive(Debug, Clone, Copy)]
pub struct EventRow<'a> {
    /// 32 hex digits.
    pub event_id: &'a str,
    /// The issue.
    pub group_id: i64,
    /// The project.
    pub project_id: i64,
    /// Bytes of the raw event.
    pub size: i64,
    /// When it happened.
    pub date_created: WireTime,
    /// When it came.
    pub date_received: WireTime,
    /// The raw event.
    pub raw: &'a Map<String, Value>,
}

impl EventRow<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.raw.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Option<String> {
        self.get(key)?.as_str().map(str::to_owned)
    }

    fn map(&self, key: &str) -> Map<String, Value> {
        self.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    fn list(&self, key: &str) -> &[Value] {
        self.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The kind of event: `error`, `default` ...
    fn kind(&self) -> String {
        self.text("type").unwrap_or_else(|| "default".to_owned())
    }

    /// The message, be it plain or formatted.
    fn message(&self) -> String {
        let formatted = || Some(self.get("logentry")?.get("formatted")?.as_str()?.to_owned());
        self.text("message").or_else(formatted).unwrap_or_default()
    }

    /// Tag pairs without internal prefix, in stored order.
    fn tags(&self) -> Vec<(String, String)> {
        let pair = |tag: &Value| {
            let key = tag.get(0)?.as_str()?;
            Some((key.strip_prefix("sentry:").unwrap_or(key).to_owned(), tag.get(1)?.as_str()?.to_owned()))
        };
        self.list("tags").iter().filter_map(pair).collect()
    }
}

/// A tag of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventTag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// How to search for it, where key and value are not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

/// The user of an event; not one of ours.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "as the SDK sent them")]
pub struct EventUser {
    pub id: Option<String>,
    pub email: Option<String>,
    pub username: Option<String>,
    pub ip_address: Option<String>,
    pub name: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub data: Option<Map<String, Value>>,
}

/// How an event was grouped.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupingConfig {
    /// The algorithm.
    pub id: String,
    /// Its rules.
    pub enhancements: String,
}

/// An event in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// 32 hex digits.
    pub id: String,
    /// The issue; digits.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// The id again.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// The project; digits.
    #[serde(rename = "projectID")]
    pub project_id: String,
    /// Bytes.
    pub size: i64,
    /// What it consists of, most telling first.
    pub entries: Vec<Entry>,
    /// Variant of the release.
    pub dist: Option<String>,
    /// The message; empty when there is none.
    pub message: String,
    /// What people read.
    pub title: String,
    /// The file.
    pub location: Option<String>,
    /// Whom it happened to.
    pub user: Option<EventUser>,
    /// Facts about the surroundings, by kind.
    #[schema(value_type = Object)]
    pub contexts: Map<String, Value>,
    /// What sent it.
    #[schema(value_type = Option<Object>)]
    pub sdk: Option<Value>,
    /// What the program added.
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
    /// Versions by package.
    #[schema(value_type = Object)]
    pub packages: Map<String, Value>,
    /// `error`, `default`, `csp` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What the title is made of.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// Sorted by key.
    pub tags: Vec<EventTag>,
    /// What it ran on.
    pub platform: String,
    /// When it came.
    pub date_received: WireTime,
    /// What was wrong with it.
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<Value>,
    /// Always null.
    #[schema(value_type = Option<Object>)]
    pub occurrence: Option<Value>,
    /// Remarks on values that were changed; none are kept.
    #[serde(rename = "_meta")]
    #[schema(value_type = Object)]
    pub meta: Value,
    /// Always null.
    pub crash_file: Option<String>,
    /// Where it happened.
    pub culprit: Option<String>,
    /// When it happened.
    pub date_created: WireTime,
    /// Hashes it was grouped by.
    pub fingerprints: Vec<String>,
    /// How it was grouped.
    pub grouping_config: GroupingConfig,
    /// What only the endpoints of an issue's event add.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<EventPlace>>,
}

/// What the endpoints of an issue's event add.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPlace {
    /// The release it happened in.
    pub release: Option<Release>,
    /// What the user told.
    #[schema(value_type = Option<Object>)]
    pub user_report: Option<Value>,
    /// Always empty.
    #[schema(value_type = Vec<Object>)]
    pub sdk_updates: Vec<Value>,
    /// Always empty.
    pub resolved_with: Vec<String>,
    /// The event of the issue after it.
    #[serde(rename = "nextEventID")]
    pub next_event_id: Option<String>,
    /// The event of the issue before it.
    #[serde(rename = "previousEventID")]
    pub previous_event_id: Option<String>,
}

impl Event {
    /// The event in full, without its place in the issue.
    pub fn new(row: EventRow<'_>) -> Self {
        Self {
            id: row.event_id.to_owned(),
            group_id: row.group_id.to_string(),
            event_id: row.event_id.to_owned(),
            project_id: row.project_id.to_string(),
            size: row.size,
            entries: entries::entries(&row),
            dist: row.text("dist"),
            message: row.message(),
            title: row.text("title").unwrap_or_default(),
            location: row.text("location"),
            user: user(&row),
            contexts: row.map("contexts"),
            sdk: sdk(&row),
            context: row.map("extra"),
            packages: row.map("modules"),
            kind: row.kind(),
            metadata: row.map("metadata"),
            tags: tags(&row),
            platform: row.text("platform").unwrap_or_else(|| "other".to_owned()),
            date_received: row.date_received,
            errors: row.list("errors").iter().filter_map(processing_error).collect(),
            occurrence: None,
            meta: json!({
                "entries": {}, "message": null, "user": null, "contexts": null, "sdk": null, "context": null,
                "packages": null, "tags": {},
            }),
            crash_file: None,
            culprit: row.text("culprit"),
            date_created: row.date_created,
            fingerprints: row
                .list("hashes")
                .iter()
                .filter_map(|hash| Some(hash.as_str()?.to_owned()))
                .collect(),
            grouping_config: grouping_config(&row),
            place: None,
        }
    }

    /// The event with its place in the issue.
    #[must_use]
    pub fn at(mut self, place: EventPlace) -> Self {
        self.place = Some(Box::new(place));
        self
    }
}

/// An event in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SimpleEvent {
    /// 32 hex digits.
    pub id: String,
    /// `error`, `default`, `csp` ...
    #[serde(rename = "event.type")]
    pub kind: String,
    /// The issue; digits.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// The id again.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// The project; digits.
    #[serde(rename = "projectID")]
    pub project_id: String,
    /// The message; empty when there is none.
    pub message: String,
    /// What people read.
    pub title: String,
    /// The file.
    pub location: Option<String>,
    /// Where it happened.
    pub culprit: Option<String>,
    /// Whom it happened to.
    pub user: Option<EventUser>,
    /// Sorted by key.
    pub tags: Vec<EventTag>,
    /// What it ran on.
    pub platform: String,
    /// When it happened.
    pub date_created: WireTime,
    /// Always null.
    pub crash_file: Option<String>,
}

impl SimpleEvent {
    /// The event as lists show it.
    pub fn new(row: EventRow<'_>) -> Self {
        Self {
            id: row.event_id.to_owned(),
            kind: row.kind(),
            group_id: row.group_id.to_string(),
            event_id: row.event_id.to_owned(),
            project_id: row.project_id.to_string(),
            message: row.message(),
            title: row.text("title").unwrap_or_default(),
            location: row.text("location"),
            culprit: row.text("culprit"),
            user: user(&row),
            tags: tags(&row),
            platform: row.text("platform").unwrap_or_else(|| "other".to_owned()),
            date_created: row.date_created,
            crash_file: None,
        }
    }
}

fn tags(row: &EventRow<'_>) -> Vec<EventTag> {
    let mut tags: Vec<_> = row
        .tags()
        .into_iter()
        .map(|(key, value)| EventTag { query: user_query(&key, &value), key, value })
        .collect();
    tags.sort_by(|a, b| a.key.cmp(&b.key));
    tags
}

/// The tag `user` holds `id:7`; what finds it is `user.id:"7"`.
fn user_query(key: &str, value: &str) -> Option<String> {
    let (kind, value) = value.split_once(':').filter(|_| key == "user")?;
    Some(format!("user.{kind}:\"{}\"", value.replace('"', "\\\"")))
}

fn user(row: &EventRow<'_>) -> Option<EventUser> {
    let user = row.get("user")?.as_object()?;
    let text = |key: &str| match user.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let known = ["id", "email", "username", "ip_address", "name", "data", "geo", "sentry_user"];
    let mut data = user.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    let others = user.iter().filter(|(key, value)| !known.contains(&key.as_str()) && !value.is_null());
    data.extend(others.map(|(key, value)| (key.clone(), value.clone())));
    Some(EventUser {
        id: text("id"),
        email: text("email"),
        username: text("username"),
        ip_address: text("ip_address"),
        name: text("name"),
        data: (!data.is_empty()).then_some(data),
    })
}

fn sdk(row: &EventRow<'_>) -> Option<Value> {
    let sdk = row.get("sdk")?;
    Some(json!({ "name": sdk.get("name"), "version": sdk.get("version") }))
}

/// `{"type", ...}` as stored becomes `{"type", "message", "data"}`.
fn processing_error(error: &Value) -> Option<Value> {
    let mut data = error.as_object()?.clone();
    let kind = data.shift_remove("type").and_then(|kind| Some(kind.as_str()?.to_owned()))?;
    let message = match kind.as_str() {
        "invalid_data" => "Discarded invalid value",
        "missing_attribute" => "Missing value for required attribute",
        "value_too_long" => "Discarded value due to exceeding maximum length",
        "future_timestamp" => "Invalid timestamp (in future)",
        "past_timestamp" => "Invalid timestamp (too old)",
        "clock_drift" => "Clock drift detected in SDK",
        _ => "Unknown error",
    };
    Some(json!({ "type": kind, "message": message, "data": data }))
}

fn grouping_config(row: &EventRow<'_>) -> GroupingConfig {
    let stored = row.get("grouping_config");
    let text = |key: &str| stored.and_then(|config| Some(config.get(key)?.as_str()?.to_owned()));
    GroupingConfig {
        id: text("id").unwrap_or_else(|| GROUPING_CONFIG_ID.to_owned()),
        enhancements: text("enhancements").unwrap_or_default(),
    }
}
