//! Whom a client key lets in.

use mortise_domain::{OrgId, ProjectId, ProjectKeyId};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, row};

row! {
    /// A client key, its project, and what of both decides about events.
    pub struct KeyRow {
        pub key_id: ProjectKeyId,
        pub is_active: bool,
        /// Seconds; with `rate_limit_count`.
        pub rate_limit_window: Option<i64>,
        /// Errors taken in a window.
        pub rate_limit_count: Option<i64>,
        pub project_id: ProjectId,
        pub project_status: i64,
        pub options: Json,
        pub organization_id: OrgId,
        pub organization_status: i64,
        /// Whether an app in the organization is told of every error.
        pub has_error_hooks: bool,
        /// Whether a hook of the project is told of every event.
        pub has_event_hooks: bool,
    }
}

/// The key with these 32 hex digits.
pub async fn find(conn: &mut Conn, public_key: &str) -> Result<Option<KeyRow>> {
    let query = Query::new(
        "SELECT k.id AS key_id, k.is_active, k.rate_limit_window, k.rate_limit_count, k.project_id, \
         p.status AS project_status, p.options, p.organization_id, o.status AS organization_status, \
         EXISTS (SELECT 1 FROM service_hook h WHERE h.status = 0 AND h.organization_id = p.organization_id \
          AND h.events LIKE '%error.created%') AS has_error_hooks, \
         EXISTS (SELECT 1 FROM service_hook h WHERE h.status = 0 AND h.project_id = p.id \
          AND h.events LIKE '%event.created%') AS has_event_hooks \
         FROM project_key k JOIN project p ON p.id = k.project_id JOIN organization o ON o.id = p.organization_id \
         WHERE k.public_key = $1",
    );
    conn.optional(query.bind(public_key)).await
}
