//! The audit log.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{datetime::WireTime, user::User};

/// A page of the log: an object, although it is paged.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditLog {
    /// Newest first.
    pub rows: Vec<AuditEntry>,
    /// Every name that `event` can be filtered by.
    pub options: Vec<&'static str>,
}

/// An entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Digits.
    pub id: String,
    /// Who.
    pub actor: AuditActor,
    /// What, such as `integration.add`.
    pub event: String,
    /// From where.
    pub ip_address: Option<String>,
    /// What people read.
    pub note: String,
    /// The id of what was changed; a number here.
    pub target_object: Option<i64>,
    /// Whom it concerns.
    pub target_user: Option<User>,
    /// Facts, by event.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// When.
    pub date_created: WireTime,
}

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AuditActor {
    /// A user, also the proxy user of an app.
    User(Box<User>),
    /// A key, or a user who is gone.
    Label {
        /// What is left of them.
        name: String,
    },
}
