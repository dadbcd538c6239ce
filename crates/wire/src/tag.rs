//! Tags of an issue.

use serde::Serialize;
use utoipa::ToSchema;

use crate::datetime::WireTime;

/// A tag key with its number of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagKey {
    /// The key.
    pub key: String,
    /// What people read.
    pub name: String,
    /// Events that have it.
    pub total_values: i64,
}

/// A tag key with its most frequent values.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagKeyDetail {
    /// The key.
    pub key: String,
    /// What people read.
    pub name: String,
    /// Different values.
    pub unique_values: i64,
    /// Events that have it.
    pub total_values: i64,
    /// Most frequent first.
    pub top_values: Vec<TagValue>,
}

/// A value of a tag.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagValue {
    /// The key.
    pub key: String,
    /// What people read.
    pub name: String,
    /// The value.
    pub value: Option<String>,
    /// Events that have it.
    pub count: i64,
    /// The newest of them.
    pub last_seen: WireTime,
    /// The first of them.
    pub first_seen: WireTime,
    /// How to search for it, where key and value are not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
}

/// What people read for keys that have a name of their own.
const KEY_NAMES: [(&str, &str); 5] = [
    ("dist", "Distribution"),
    ("exc_type", "Exception Type"),
    ("os", "OS"),
    ("server_name", "Server"),
    ("url", "URL"),
];

/// What people read for a tag key: `os` is `OS`, `os.name` is `Os.Name`, `page_kind` is `Page Kind`.
pub fn key_name(key: &str) -> String {
    if let Some((_, name)) = KEY_NAMES.iter().find(|(known, _)| *known == key) {
        return (*name).to_owned();
    }
    let mut start = true;
    key.chars()
        .map(|character| {
            let shown = match character {
                '_' => ' ',
                letter if start => letter.to_ascii_uppercase(),
                letter => letter,
            };
            start = !character.is_alphanumeric();
            shown
        })
        .collect()
}
