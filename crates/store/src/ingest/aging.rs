//! What time does: issues that become ongoing, wake up or resolve by age, and events that are kept no longer. Each
//! function finds a batch; the next call finds the next one.

use mortise_domain::{IssueId, OrgId, ProjectId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// An issue that time moves.
    pub struct Aged {
        pub id: IssueId,
        pub project_id: ProjectId,
        pub organization_id: OrgId,
        pub status: i64,
    }
}

/// Unresolved issues that have been new, regressed or escalating since before `before`.
pub async fn settled(conn: &mut Conn, before: Time, limit: i64) -> Result<Vec<Aged>> {
    let query = Query::new(
        "SELECT i.id, i.project_id, p.organization_id, i.status FROM issue i JOIN project p ON p.id = i.project_id \
         WHERE i.status = 0 AND i.substatus IN (2, 6, 7) AND i.active_at <= $1 ORDER BY i.id LIMIT $2",
    );
    conn.all(query.bind(before).bind(limit)).await
}

/// Makes an issue ongoing unless it changed meanwhile; whether it did not.
pub async fn set_ongoing(tx: &mut Tx, issue: IssueId) -> Result<bool> {
    let query =
        Query::new("UPDATE issue SET substatus = 3 WHERE id = $1 AND status = 0 AND substatus IN (2, 6, 7)");
    Ok(tx.execute(query.bind(issue)).await? > 0)
}

/// Archived issues whose time is up.
pub async fn woken(conn: &mut Conn, now: Time, limit: i64) -> Result<Vec<Aged>> {
    let query = Query::new(
        "SELECT i.id, i.project_id, p.organization_id, i.status FROM issue_snooze s JOIN issue i ON i.id = s.issue_id \
         JOIN project p ON p.id = i.project_id WHERE s.until <= $1 AND i.status = 2 ORDER BY s.until, i.id LIMIT $2",
    );
    conn.all(query.bind(now).bind(limit)).await
}

/// The active projects with options that name `resolveAge`.
pub async fn projects_with_resolve_age(conn: &mut Conn) -> Result<Vec<(ProjectId, Json)>> {
    conn.all(Query::new(
        "SELECT id, options FROM project WHERE status = 0 AND options LIKE '%\"resolveAge\"%'",
    ))
    .await
}

/// Unresolved issues of a project without events since `before`.
pub async fn quiet(conn: &mut Conn, project: ProjectId, before: Time, limit: i64) -> Result<Vec<Aged>> {
    let query = Query::new(
        "SELECT i.id, i.project_id, p.organization_id, i.status FROM issue i JOIN project p ON p.id = i.project_id \
         WHERE i.project_id = $1 AND i.status = 0 AND i.last_seen < $2 ORDER BY i.last_seen, i.id LIMIT $3",
    );
    conn.all(query.bind(project).bind(before).bind(limit)).await
}

/// Resolves an unresolved issue without events since `before`; whether it was one.
pub async fn resolve(tx: &mut Tx, issue: IssueId, before: Time, now: Time) -> Result<bool> {
    let query = Query::new(
        "UPDATE issue SET status = 1, substatus = NULL, resolved_at = $3, inbox_reason = NULL, inbox_date = NULL \
         WHERE id = $1 AND status = 0 AND last_seen < $2",
    );
    Ok(tx.execute(query.bind(issue).bind(before).bind(now)).await? > 0)
}
