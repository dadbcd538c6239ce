//! Organizations: the tenants. Lists and searches are in [`list`], what a caller is in one of them in [`access`].

pub mod access;
pub mod list;

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

/// The organization with this id, whatever its state.
pub async fn by_id_in_any_state(conn: &mut Conn, id: OrgId) -> Result<Option<Organization>> {
    conn.optional(Query::new("SELECT * FROM organization WHERE id = $1").bind(id)).await
}

/// The organization with this slug, whatever its state.
pub async fn by_slug_in_any_state(conn: &mut Conn, slug: &str) -> Result<Option<Organization>> {
    conn.optional(Query::new("SELECT * FROM organization WHERE slug = $1").bind(slug)).await
}

/// The organizations with these ids, by id, whatever their state.
pub async fn by_ids(conn: &mut Conn, ids: &[OrgId]) -> Result<Vec<Organization>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM organization WHERE id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// Stores everything of an organization that can change. A taken slug is a conflict.
pub async fn update(tx: &mut Tx, org: &Organization) -> Result<()> {
    let query = Query::new(
        "UPDATE organization SET slug = $2, name = $3, default_role = $4, flags = $5, options = $6 WHERE id = $1",
    );
    let query = query.bind(org.id).bind(&org.slug).bind(&org.name).bind(&org.default_role);
    tx.execute_one(query.bind(org.flags).bind(&org.options)).await
}

/// Moves an organization from one state to another; whether it was in that state. Leaving the active state starts the
/// time after which it is deleted.
pub async fn set_status(tx: &mut Tx, id: OrgId, from: i64, to: i64, now: Time) -> Result<bool> {
    let query = Query::new(
        "UPDATE organization SET status = $3, deletion_requested_at = CASE WHEN $3 = 0 THEN NULL ELSE $4 END \
         WHERE id = $1 AND status = $2",
    );
    Ok(tx.execute(query.bind(id).bind(from).bind(to).bind(now)).await? == 1)
}

/// The organizations whose deletion was asked for at or before a time, oldest wish first.
pub async fn due_for_deletion(conn: &mut Conn, requested_before: Time) -> Result<Vec<OrgId>> {
    let query = Query::new(
        "SELECT id FROM organization WHERE status <> 0 AND deletion_requested_at <= $1 \
         ORDER BY deletion_requested_at, id",
    );
    conn.all(query.bind(requested_before)).await
}

/// Deletes an organization that is not active and everything in it; whether there was one.
pub async fn delete(tx: &mut Tx, id: OrgId) -> Result<bool> {
    let query = Query::new("DELETE FROM organization WHERE id = $1 AND status <> 0");
    Ok(tx.execute(query.bind(id)).await? == 1)
}

/// Whether the organization owns an app that is published.
pub async fn owns_published_app(conn: &mut Conn, id: OrgId) -> Result<bool> {
    let query = Query::new(
        "SELECT COUNT(*) FROM sentry_app WHERE owner_id = $1 AND status = 1 AND date_deleted IS NULL",
    );
    Ok(conn.one::<i64>(query.bind(id)).await? > 0)
}

const DEFAULT_SETTING: &str = "organization.default";

/// The organization that this server was set up with, if it was.
pub async fn default_id(conn: &mut Conn) -> Result<Option<OrgId>> {
    let query = Query::new("SELECT value FROM setting WHERE name = $1").bind(DEFAULT_SETTING);
    Ok(conn.optional::<String>(query).await?.and_then(|value| value.parse().ok()))
}

/// Marks the organization that this server is set up with.
pub async fn set_default(tx: &mut Tx, id: OrgId) -> Result<()> {
    let query = Query::new(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
    tx.execute_one(query.bind(DEFAULT_SETTING).bind(id.to_string())).await
}
