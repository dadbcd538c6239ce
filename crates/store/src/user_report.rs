//! What users wrote when an error hit them.

use mortise_domain::{IssueId, ProjectId, Time};

use crate::{Conn, Query, Result, row};

row! {
    /// A report.
    pub struct UserReport {
        pub id: i64,
        pub event_id: String,
        pub name: String,
        pub email: String,
        pub comments: String,
        pub date_added: Time,
    }
}

/// The reports on events of an issue, newest first.
pub async fn of_issue(conn: &mut Conn, issue: IssueId) -> Result<Vec<UserReport>> {
    let query = Query::new(
        "SELECT u.id, u.event_id, u.name, u.email, u.comments, u.date_added FROM user_report u \
         JOIN error_event e ON e.project_id = u.project_id AND e.event_id = u.event_id \
         WHERE e.issue_id = $1 ORDER BY u.date_added DESC, u.id DESC",
    );
    conn.all(query.bind(issue)).await
}

/// The report on an event.
pub async fn of_event(conn: &mut Conn, project: ProjectId, event_id: &str) -> Result<Option<UserReport>> {
    let query = Query::new(
        "SELECT id, event_id, name, email, comments, date_added FROM user_report WHERE project_id = $1 AND event_id = $2",
    );
    conn.optional(query.bind(project).bind(event_id)).await
}
