//! Issues: groups of events.

pub mod assignable;
pub mod beside;
pub mod mark;
pub mod merge;
pub mod pulse;
pub mod remove;
pub mod resolution;
pub mod search;
pub mod stat;
pub mod tag;
pub mod write;

use mortise_domain::{IssueId, ProjectId, ReleaseId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, row};

row! {
    /// An issue.
    pub struct Issue {
        pub id: IssueId,
        pub project_id: ProjectId,
        pub short_id: i64,
        pub event_type: String,
        pub level: i64,
        pub title: String,
        pub message: String,
        pub culprit: String,
        pub location: Option<String>,
        pub platform: String,
        pub logger: String,
        pub metadata: Json,
        pub status: i64,
        pub substatus: Option<i64>,
        pub priority: i64,
        pub priority_locked_at: Option<Time>,
        pub times_seen: i64,
        pub is_unhandled: bool,
        pub first_seen: Time,
        pub last_seen: Time,
        pub active_at: Time,
        pub resolved_at: Option<Time>,
        pub first_release_id: Option<ReleaseId>,
        pub num_comments: i64,
        pub share_id: Option<String>,
        pub inbox_reason: Option<i64>,
        pub inbox_date: Option<Time>,
    }
}

/// The issue with this id, unless it is being deleted or merged away.
pub async fn by_id(conn: &mut Conn, id: IssueId) -> Result<Option<Issue>> {
    conn.optional(Query::new("SELECT * FROM issue WHERE id = $1 AND status NOT IN (3, 4, 5)").bind(id)).await
}

/// The issue with this number in its project.
pub async fn by_short_id(conn: &mut Conn, project: ProjectId, number: i64) -> Result<Option<Issue>> {
    let query =
        Query::new("SELECT * FROM issue WHERE project_id = $1 AND short_id = $2 AND status NOT IN (3, 4, 5)");
    conn.optional(query.bind(project).bind(number)).await
}

/// The issue that a merged one lives on in.
pub async fn merged_into(conn: &mut Conn, previous: IssueId) -> Result<Option<Issue>> {
    let query = Query::new(
        "SELECT i.* FROM issue_redirect r JOIN issue i ON i.id = r.issue_id \
         WHERE r.previous_id = $1 AND i.status NOT IN (3, 4, 5)",
    );
    conn.optional(query.bind(previous)).await
}

/// The visible ones of these issues, in no order.
pub async fn by_ids(conn: &mut Conn, ids: &[IssueId]) -> Result<Vec<Issue>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM issue WHERE status NOT IN (3, 4, 5) AND id IN ");
    query.list(ids.iter().copied());
    conn.all(query).await
}

/// The hashes whose events go to the issue, sorted.
pub async fn hashes(conn: &mut Conn, id: IssueId) -> Result<Vec<String>> {
    conn.all(Query::new("SELECT hash FROM issue_hash WHERE issue_id = $1 ORDER BY hash").bind(id)).await
}

/// The ids of the issues of a project that own any of these hashes.
pub async fn ids_of_hashes(conn: &mut Conn, project: ProjectId, hashes: &[String]) -> Result<Vec<IssueId>> {
    let mut query = Query::new("SELECT DISTINCT issue_id FROM issue_hash WHERE project_id = $1 AND hash IN ")
        .bind(project);
    query.list(hashes).push(" ORDER BY issue_id");
    conn.all(query).await
}
