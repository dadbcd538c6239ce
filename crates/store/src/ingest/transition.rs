//! What decides whether an event, or time, moves an issue to another state; and the move itself.

use mortise_domain::{IssueId, ReleaseId, Time};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// The release that an issue is resolved in or after.
    pub struct ResolvedIn {
        /// As in [`mortise_domain::issue::ResolutionKind`].
        pub kind: i64,
        pub release_id: ReleaseId,
        pub version: String,
        pub date_added: Time,
        /// What comes after this version brings the issue back.
        pub current_release_version: Option<String>,
    }
}

row! {
    /// Until when an issue is archived, and the counters when it was.
    pub struct Archived {
        pub until: Option<Time>,
        pub count: Option<i64>,
        pub window_minutes: Option<i64>,
        pub user_count: Option<i64>,
        pub user_window_minutes: Option<i64>,
        pub seen_at_start: i64,
        pub users_at_start: i64,
    }
}

/// The release that the issue is resolved in or after.
pub async fn resolved_in(conn: &mut Conn, issue: IssueId) -> Result<Option<ResolvedIn>> {
    let query = Query::new(
        "SELECT n.kind, r.id AS release_id, r.version, r.date_added, n.current_release_version FROM issue_resolution n \
         JOIN release r ON r.id = n.release_id WHERE n.issue_id = $1",
    );
    conn.optional(query.bind(issue)).await
}

/// When a release was added.
pub async fn release_date(conn: &mut Conn, release: ReleaseId) -> Result<Option<Time>> {
    conn.optional::<(Time,)>(Query::new("SELECT date_added FROM release WHERE id = $1").bind(release))
        .await
        .map(|row| row.map(|(date,)| date))
}

/// The conditions under which the issue is archived.
pub async fn archived(conn: &mut Conn, issue: IssueId) -> Result<Option<Archived>> {
    let query = Query::new(
        "SELECT until, count, window_minutes, user_count, user_window_minutes, seen_at_start, users_at_start \
         FROM issue_snooze WHERE issue_id = $1",
    );
    conn.optional(query.bind(issue)).await
}

/// How many events the issue has had.
pub async fn times_seen(conn: &mut Conn, issue: IssueId) -> Result<i64> {
    conn.one(Query::new("SELECT times_seen FROM issue WHERE id = $1").bind(issue)).await
}

/// How many different users the issue has had.
pub async fn users_seen(conn: &mut Conn, issue: IssueId) -> Result<i64> {
    let query = Query::new("SELECT COUNT(*) FROM issue_tag_value WHERE issue_id = $1 AND tag_key = 'user'");
    conn.one(query.bind(issue)).await
}

/// Events and different users of the issue since a time.
pub async fn recent(conn: &mut Conn, issue: IssueId, since: Time) -> Result<(i64, i64)> {
    let query = Query::new(
        "SELECT COUNT(*), COUNT(DISTINCT user_tag) FROM error_event WHERE issue_id = $1 AND timestamp >= $2",
    );
    conn.one(query.bind(issue).bind(since)).await
}

/// Events of the issue in `hour`, in the hours from `first_hour` before it, and the hour of its first event.
pub async fn hourly(
    conn: &mut Conn,
    issue: IssueId,
    first_hour: i64,
    hour: i64,
) -> Result<(i64, i64, Option<i64>)> {
    let query = Query::new(
        "SELECT CAST(COALESCE(SUM(CASE WHEN hour = $3 THEN count ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN hour < $3 THEN count ELSE 0 END), 0) AS BIGINT), MIN(hour) \
         FROM issue_stat WHERE issue_id = $1 AND hour >= $2 AND hour <= $3",
    );
    conn.one(query.bind(issue).bind(first_hour).bind(hour)).await
}

/// Opens an issue that is in `status`, and forgets how it was resolved or archived. Whether it was in that state.
pub async fn reopen(
    tx: &mut Tx,
    issue: IssueId,
    status: i64,
    substatus: i64,
    inbox_reason: i64,
    now: Time,
) -> Result<bool> {
    let query = Query::new(
        "UPDATE issue SET status = 0, substatus = $3, resolved_at = NULL, active_at = $5, inbox_reason = $4, \
         inbox_date = $5 WHERE id = $1 AND status = $2",
    );
    let query = query.bind(issue).bind(status).bind(substatus).bind(inbox_reason).bind(now);
    if tx.execute(query).await? == 0 {
        return Ok(false);
    }
    tx.execute(Query::new("DELETE FROM issue_resolution WHERE issue_id = $1").bind(issue)).await?;
    tx.execute(Query::new("DELETE FROM issue_snooze WHERE issue_id = $1").bind(issue)).await?;
    Ok(true)
}
