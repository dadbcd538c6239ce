//! Events of an issue per hour. An hour is epoch seconds / 3600.

use mortise_domain::IssueId;

use super::ROWS_MAX;
use crate::{Conn, Query, Result, Tx};

/// Counts more events in an hour.
pub async fn bump(tx: &mut Tx, issue: IssueId, hour: i64, count: i64) -> Result<()> {
    bump_many(tx, &[(issue, hour, count)]).await
}

/// Counts more events in hours, as (issue, hour, count); each hour of an issue once.
pub async fn bump_many(tx: &mut Tx, hours: &[(IssueId, i64, i64)]) -> Result<()> {
    for hours in hours.chunks(ROWS_MAX) {
        let mut query = Query::new("INSERT INTO issue_stat (issue_id, hour, count) VALUES ");
        for (position, (issue, hour, count)) in hours.iter().enumerate() {
            query.push(if position == 0 { "(" } else { ", (" }).arg(*issue);
            query.push(", ").arg(*hour).push(", ").arg(*count).push(")");
        }
        query.push(" ON CONFLICT (issue_id, hour) DO UPDATE SET count = issue_stat.count + excluded.count");
        tx.later(if hours.len() > 1 { query.once() } else { query }).await?;
    }
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
