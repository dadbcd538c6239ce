//! What happened to issues.

use mortise_domain::{ActivityId, IssueId, ProjectId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

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
