//! Client keys (DSNs) of projects.

use mortise_domain::{ProjectId, ProjectKeyId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// A client key.
    pub struct ProjectKey {
        pub id: ProjectKeyId,
        pub project_id: ProjectId,
        pub public_key: String,
        pub secret_key: String,
        pub label: String,
        pub is_active: bool,
        /// Seconds; set together with `rate_limit_count`.
        pub rate_limit_window: Option<i64>,
        /// Errors taken in a window.
        pub rate_limit_count: Option<i64>,
        /// Choices of the loader script.
        pub data: Json,
        pub date_added: Time,
    }
}

/// What a new key holds; the fields are those of [`ProjectKey`].
#[derive(Debug, Clone)]
pub struct NewKey {
    pub project_id: ProjectId,
    pub public_key: String,
    pub secret_key: String,
    pub label: String,
    pub rate_limit_window: Option<i64>,
    pub rate_limit_count: Option<i64>,
    pub data: Json,
}

/// Creates an active key.
pub async fn insert(tx: &mut Tx, new: &NewKey, now: Time) -> Result<ProjectKey> {
    let query = Query::new(
        "INSERT INTO project_key (project_id, public_key, secret_key, label, is_active, rate_limit_window, \
         rate_limit_count, data, date_added) VALUES ($1, $2, $3, $4, TRUE, $5, $6, $7, $8) RETURNING *",
    );
    let query = query.bind(new.project_id).bind(&new.public_key).bind(&new.secret_key).bind(&new.label);
    tx.one(query.bind(new.rate_limit_window).bind(new.rate_limit_count).bind(&new.data).bind(now)).await
}

/// The project's key with this public key.
pub async fn of_project(conn: &mut Conn, project: ProjectId, public_key: &str) -> Result<Option<ProjectKey>> {
    let query = Query::new("SELECT * FROM project_key WHERE project_id = $1 AND public_key = $2");
    conn.optional(query.bind(project).bind(public_key)).await
}

/// The project's keys, newest first; only those that take events or do not, if asked.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    is_active: Option<bool>,
    slice: Slice,
) -> Result<Vec<ProjectKey>> {
    let mut query = Query::new("SELECT * FROM project_key WHERE project_id = ");
    query.arg(project);
    if let Some(is_active) = is_active {
        query.push(" AND is_active = ").arg(is_active);
    }
    query.push(" ORDER BY id DESC").slice(slice);
    conn.all(query).await
}

/// Stores everything about a key that can be changed.
pub async fn update(tx: &mut Tx, key: &ProjectKey) -> Result<()> {
    let query = Query::new(
        "UPDATE project_key SET label = $2, is_active = $3, rate_limit_window = $4, rate_limit_count = $5, data = $6 \
         WHERE id = $1",
    );
    let query = query.bind(key.id).bind(&key.label).bind(key.is_active).bind(key.rate_limit_window);
    tx.execute_one(query.bind(key.rate_limit_count).bind(&key.data)).await
}

/// Removes a key.
pub async fn delete(tx: &mut Tx, id: ProjectKeyId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM project_key WHERE id = $1").bind(id)).await
}
