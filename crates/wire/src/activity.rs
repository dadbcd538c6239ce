//! What happened to an issue, and comments, which are part of it.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{datetime::WireTime, user::User};

/// Entries shown with an issue.
pub const ACTIVITY_ENTRIES_MAX: usize = 100;

/// Something that happened to an issue; a comment has type `note` and `data.text`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Digits.
    pub id: String,
    /// Who did it; null when nobody did.
    pub user: Option<User>,
    /// The app behind the user.
    #[serde(rename = "sentry_app", skip_serializing_if = "Option::is_none")]
    pub sentry_app: Option<ActivityApp>,
    /// What: `set_resolved`, `note`, `assigned` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// Facts, by type.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// When.
    pub date_created: WireTime,
}

/// The app that did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityApp {
    /// Digits.
    pub id: String,
    /// Unique name in addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
}

impl Activity {
    /// The entry every list ends with: the issue was first seen.
    pub fn first_seen(first_seen: WireTime) -> Self {
        Self {
            id: "0".to_owned(),
            user: None,
            sentry_app: None,
            kind: "first_seen".to_owned(),
            data: Map::new(),
            date_created: first_seen,
        }
    }
}

/// The list on its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityList {
    /// Newest first.
    pub activity: Vec<Activity>,
}
