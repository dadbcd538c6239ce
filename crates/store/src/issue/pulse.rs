//! How projects are doing: their open issues and their events by hour.

use mortise_domain::ProjectId;

use crate::{Conn, Query, Result};

/// How many issues of these projects are unresolved, as (project, count); none for projects without.
pub async fn unresolved(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, i64)>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT project_id, COUNT(*) FROM issue WHERE status = 0 AND project_id IN ");
    query.list(projects.iter().copied()).push(" GROUP BY project_id");
    conn.all(query).await
}

/// The events of these projects from `first_hour` on, as (project, hour, count). An hour is epoch seconds / 3600.
pub async fn hours(
    conn: &mut Conn,
    projects: &[ProjectId],
    first_hour: i64,
) -> Result<Vec<(ProjectId, i64, i64)>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT i.project_id, s.hour, CAST(SUM(s.count) AS BIGINT) FROM issue i \
         JOIN issue_stat s ON s.issue_id = i.id WHERE s.hour >= $1 AND i.last_seen >= $2 AND i.project_id IN ",
    )
    .bind(first_hour)
    .bind(first_hour.saturating_mul(3_600_000_000));
    query.list(projects.iter().copied()).push(" GROUP BY i.project_id, s.hour");
    conn.all(query).await
}
