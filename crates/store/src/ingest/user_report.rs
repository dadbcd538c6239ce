//! What users wrote about an event.

use mortise_domain::{ProjectId, Time};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A report.
    pub struct UserReport {
        pub project_id: ProjectId,
        /// 32 hex digits.
        pub event_id: String,
        pub name: String,
        pub email: String,
        pub comments: String,
        pub date_added: Time,
    }
}

/// Stores a report; a later one about the same event takes its place.
pub async fn put(tx: &mut Tx, report: &UserReport) -> Result<()> {
    let query = Query::new(
        "INSERT INTO user_report (project_id, event_id, name, email, comments, date_added) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (project_id, event_id) DO UPDATE SET \
         name = excluded.name, email = excluded.email, comments = excluded.comments, date_added = excluded.date_added",
    );
    let query = query.bind(report.project_id).bind(&report.event_id).bind(&report.name).bind(&report.email);
    tx.execute_one(query.bind(&report.comments).bind(report.date_added)).await
}

/// The report about an event.
pub async fn of_event(conn: &mut Conn, project: ProjectId, event_id: &str) -> Result<Option<UserReport>> {
    let query = Query::new(
        "SELECT project_id, event_id, name, email, comments, date_added FROM user_report \
         WHERE project_id = $1 AND event_id = $2",
    );
    conn.optional(query.bind(project).bind(event_id)).await
}
