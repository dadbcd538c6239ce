//! Organizations: the tenants.

use mortise_domain::{OrgId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// An organization.
    pub struct Organization {
        pub id: OrgId,
        pub slug: String,
        pub name: String,
        pub status: i64,
        pub default_role: String,
        pub flags: i64,
        pub options: Json,
        pub date_added: Time,
    }
}

/// The organization with this id, unless it is being deleted.
pub async fn by_id(conn: &mut Conn, id: OrgId) -> Result<Option<Organization>> {
    conn.optional(Query::new("SELECT * FROM organization WHERE id = $1 AND status = 0").bind(id)).await
}

/// The organization with this slug, unless it is being deleted.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Organization>> {
    conn.optional(Query::new("SELECT * FROM organization WHERE slug = $1 AND status = 0").bind(slug)).await
}

/// Creates an active organization.
pub async fn insert(tx: &mut Tx, slug: &str, name: &str, flags: i64, now: Time) -> Result<Organization> {
    let query = Query::new(
        "INSERT INTO organization (slug, name, status, default_role, flags, options, date_added) \
         VALUES ($1, $2, 0, 'member', $3, '{}', $4) RETURNING *",
    );
    tx.one(query.bind(slug).bind(name).bind(flags).bind(now)).await
}
