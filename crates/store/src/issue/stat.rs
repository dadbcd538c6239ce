//! Events of an issue per hour. An hour is epoch seconds / 3600.

use mortise_domain::{IssueId, ProjectId, Time};

use crate::{Conn, Query, Result, Tx};

/// Counts one more event in an hour.
pub async fn bump(tx: &mut Tx, issue: IssueId, hour: i64, count: i64) -> Result<()> {
    let query = Query::new(
        "INSERT INTO issue_stat (issue_id, hour, count) VALUES ($1, $2, $3) \
         ON CONFLICT (issue_id, hour) DO UPDATE SET count = issue_stat.count + excluded.count",
    );
    tx.execute(query.bind(issue).bind(hour).bind(count)).await?;
    Ok(())
}

/// The counts of these issues from `first_hour` on, as (issue, hour, count).
pub async fn since(conn: &mut Conn, issues: &[IssueId], first_hour: i64) -> Result<Vec<(IssueId, i64, i64)>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT issue_id, hour, count FROM issue_stat WHERE hour >= $1 AND issue_id IN ")
            .bind(first_hour);
    query.list(issues.iter().copied());
    conn.all(query).await
}

/// The counts of these projects from `first_hour` on, as (project, hour, count).
pub async fn of_projects(
    conn: &mut Conn,
    projects: &[ProjectId],
    first_hour: i64,
) -> Result<Vec<(ProjectId, i64, i64)>> {
    let mut query = Query::new(
        "SELECT i.project_id, s.hour, CAST(SUM(s.count) AS BIGINT) FROM issue_stat s \
         JOIN issue i ON i.id = s.issue_id WHERE s.hour >= $1 AND i.project_id IN ",
    )
    .bind(first_hour);
    query.list(projects.iter().copied()).push(" GROUP BY i.project_id, s.hour");
    conn.all(query).await
}

/// The events of these projects since a time, as (project, minute, count). A minute is epoch seconds / 60.
pub async fn by_minute(
    conn: &mut Conn,
    projects: &[ProjectId],
    since: Time,
) -> Result<Vec<(ProjectId, i64, i64)>> {
    let mut query = Query::new(
        "SELECT e.project_id, e.timestamp / 60000000 AS minute, COUNT(*) FROM error_event e \
         WHERE e.timestamp >= $1 AND e.issue_id IN (SELECT id FROM issue WHERE last_seen >= $1 AND project_id IN ",
    )
    .bind(since);
    query.list(projects.iter().copied()).push(") GROUP BY e.project_id, minute");
    conn.all(query).await
}
