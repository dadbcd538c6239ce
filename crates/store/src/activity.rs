//! What happened to issues.

use mortise_domain::{ActivityId, IssueId, ProjectId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Query, Range, Result, Tx, row};

row! {
    /// An entry. kind: as in [`mortise_domain::issue::ActivityKind`].
    pub struct Activity {
        pub id: ActivityId,
        pub issue_id: IssueId,
        pub project_id: ProjectId,
        pub kind: i64,
        pub user_id: Option<UserId>,
        pub data: Json,
        pub date_added: Time,
    }
}

/// The newest entries of an issue, at most `limit`.
pub async fn of_issue(conn: &mut Conn, issue: IssueId, limit: i64) -> Result<Vec<Activity>> {
    let query =
        Query::new("SELECT * FROM activity WHERE issue_id = $1 ORDER BY date_added DESC, id DESC LIMIT $2");
    conn.all(query.bind(issue).bind(limit)).await
}

/// What a new entry holds; the fields are those of [`Activity`].
#[derive(Debug, Clone)]
pub struct NewActivity {
    pub issue_id: IssueId,
    pub project_id: ProjectId,
    pub kind: i64,
    pub user_id: Option<UserId>,
    pub data: Json,
}

/// Adds an entry.
pub async fn insert(tx: &mut Tx, new: &NewActivity, now: Time) -> Result<ActivityId> {
    let query = Query::new(
        "INSERT INTO activity (issue_id, project_id, kind, user_id, data, date_added) VALUES ($1, $2, $3, $4, $5, $6) \
         RETURNING id",
    );
    let query = query.bind(new.issue_id).bind(new.project_id).bind(new.kind).bind(new.user_id);
    tx.one(query.bind(&new.data).bind(now)).await
}

/// How many rows one statement adds.
const ROWS_MAX: usize = 500;

/// Adds entries of many issues.
pub async fn insert_all(tx: &mut Tx, new: &[NewActivity], now: Time) -> Result<()> {
    for rows in new.chunks(ROWS_MAX) {
        let mut query = Query::new(
            "INSERT INTO activity (issue_id, project_id, kind, user_id, data, date_added) VALUES ",
        );
        for (position, row) in rows.iter().enumerate() {
            query.push(if position == 0 { "(" } else { ", (" }).arg(row.issue_id);
            query.push(", ").arg(row.project_id).push(", ").arg(row.kind).push(", ").arg(row.user_id);
            query.push(", ").arg(&row.data).push(", ").arg(now).push(")");
        }
        tx.execute(query).await?;
    }
    Ok(())
}

/// A comment of an issue.
pub async fn note(conn: &mut Conn, issue: IssueId, id: ActivityId) -> Result<Option<Activity>> {
    let query = Query::new("SELECT * FROM activity WHERE issue_id = $1 AND id = $2 AND kind = 8");
    conn.optional(query.bind(issue).bind(id)).await
}

/// The comments of an issue, part of a list ordered by date.
pub async fn notes(conn: &mut Conn, issue: IssueId, range: &Range) -> Result<Vec<Activity>> {
    let mut query = Query::new("SELECT * FROM activity WHERE kind = 8 AND issue_id = ");
    query.arg(issue).range("date_added", "id", range);
    conn.all(query).await
}

/// The comments that somebody wrote on an issue since a time.
pub async fn recent_notes(
    conn: &mut Conn,
    issue: IssueId,
    user: Option<UserId>,
    since: Time,
) -> Result<Vec<Activity>> {
    let mut query = Query::new("SELECT * FROM activity WHERE kind = 8 AND issue_id = ");
    query.arg(issue).push(" AND date_added >= ").arg(since);
    match user {
        Some(user) => query.push(" AND user_id = ").arg(user),
        None => query.push(" AND user_id IS NULL"),
    };
    conn.all(query).await
}

/// Replaces the data of an entry.
pub async fn set_data(tx: &mut Tx, id: ActivityId, data: &Json) -> Result<()> {
    tx.execute_one(Query::new("UPDATE activity SET data = $2 WHERE id = $1").bind(id).bind(data)).await
}

/// Removes an entry.
pub async fn delete(tx: &mut Tx, id: ActivityId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM activity WHERE id = $1").bind(id)).await
}
