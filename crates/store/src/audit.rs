//! The audit log.

use mortise_domain::{AuditId, OrgId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Query, Range, Result, Tx, row};

row! {
    /// An entry.
    pub struct Entry {
        pub id: AuditId,
        pub organization_id: OrgId,
        pub actor_id: Option<UserId>,
        pub actor_label: Option<String>,
        pub event: i64,
        pub target_object: Option<i64>,
        pub target_user_id: Option<UserId>,
        pub data: Json,
        pub ip_address: Option<String>,
        pub date_added: Time,
    }
}

/// What a new entry holds; the fields are those of [`Entry`].
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub organization_id: OrgId,
    pub actor_id: Option<UserId>,
    pub actor_label: Option<String>,
    pub event: i64,
    pub target_object: Option<i64>,
    pub target_user_id: Option<UserId>,
    pub data: Json,
    pub ip_address: Option<String>,
    pub date_added: Time,
}

/// Writes an entry.
pub async fn insert(tx: &mut Tx, new: &NewEntry) -> Result<()> {
    let query = Query::new(
        "INSERT INTO audit_log (organization_id, actor_id, actor_label, event, target_object, target_user_id, data, \
         ip_address, date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let query =
        query.bind(new.organization_id).bind(new.actor_id).bind(new.actor_label.clone()).bind(new.event);
    let query = query.bind(new.target_object).bind(new.target_user_id).bind(&new.data);
    tx.execute_one(query.bind(new.ip_address.clone()).bind(new.date_added)).await
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// With this event's number.
    pub event: Option<i64>,
    /// Caused by this user.
    pub actor: Option<UserId>,
}

/// Entries of an organization by when they were written.
pub async fn list(conn: &mut Conn, org: OrgId, filter: Filter, range: &Range) -> Result<Vec<Entry>> {
    let mut query = Query::new("SELECT * FROM audit_log WHERE organization_id = ");
    query.arg(org);
    if let Some(event) = filter.event {
        query.push(" AND event = ").arg(event);
    }
    if let Some(actor) = filter.actor {
        query.push(" AND actor_id = ").arg(actor);
    }
    query.range("date_added", "id", range);
    conn.all(query).await
}
