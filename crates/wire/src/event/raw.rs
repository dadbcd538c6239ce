//! The raw form of an event: snake case, the facts first, then every stored key in alphabetical order.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::EventRow;
use crate::datetime::WireTime;

/// The raw event as the API sends it.
pub fn raw_json(row: EventRow<'_>) -> Map<String, Value> {
    let mut event = head(&row, row.date_created);
    event.insert("time_spent".to_owned(), row.raw.get("time_spent").cloned().unwrap_or_default());
    event.insert("tags".to_owned(), json!(row.tags()));
    rest(&row, event)
}

/// The raw event as webhooks send it, with addresses.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookEvent {
    /// The raw event.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub event: Map<String, Value>,
    /// The event in the API.
    pub url: String,
    /// The event's page.
    pub web_url: String,
    /// The issue in the API.
    pub issue_url: String,
    /// The issue; digits.
    pub issue_id: String,
}

impl HookEvent {
    /// The event with its addresses below `site`, the public address of this server without final slash.
    pub fn new(row: EventRow<'_>, site: &str, org_slug: &str, project_slug: &str) -> Self {
        let EventRow { event_id, group_id, .. } = row;
        let mut event = head(&row, row.date_created.with_six_digits());
        event.insert("tags".to_owned(), json!(row.tags()));
        let mut event = rest(&row, event);
        if let Some(Value::Object(sdk)) = event.get_mut("sdk") {
            sdk.shift_remove("client_ip");
        }
        Self {
            event,
            url: format!("{site}/api/0/projects/{org_slug}/{project_slug}/events/{event_id}/"),
            web_url: format!("{site}/organizations/{org_slug}/issues/{group_id}/events/{event_id}/"),
            issue_url: format!("{site}/api/0/issues/{group_id}/"),
            issue_id: group_id.to_string(),
        }
    }
}

fn head(row: &EventRow<'_>, datetime: WireTime) -> Map<String, Value> {
    let facts = [
        ("event_id", json!(row.event_id)),
        ("project", json!(row.project_id)),
        ("release", json!(row.text("release"))),
        ("dist", json!(row.text("dist"))),
        ("platform", json!(row.text("platform"))),
        ("message", json!(row.message())),
        ("datetime", json!(datetime)),
    ];
    facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn rest(row: &EventRow<'_>, mut event: Map<String, Value>) -> Map<String, Value> {
    let mut keys: Vec<_> = row.raw.iter().collect();
    keys.sort_unstable_by_key(|(key, _)| *key);
    for (key, value) in keys {
        if !event.contains_key(key) {
            event.insert(key.clone(), value.clone());
        }
    }
    event
}
