//! Events of an issue per hour. An hour is epoch seconds / 3600.

use mortise_domain::IssueId;

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
