//! The tags of an issue's events, counted by value.

use mortise_domain::{IssueId, Time};

use crate::{Conn, Query, Result, Tx, row};

/// Keys under which what is known of a user is counted for searches. They are not shown as tags.
pub const USER_FIELDS: [&str; 4] = ["user.id", "user.email", "user.username", "user.ip"];

row! {
    /// A tag key of an issue.
    pub struct TagKey {
        pub tag_key: String,
        pub unique_values: i64,
        pub total_values: i64,
    }
}

row! {
    /// A value of a tag of an issue.
    pub struct TagValue {
        pub tag_key: String,
        pub tag_value: String,
        pub times_seen: i64,
        pub first_seen: Time,
        pub last_seen: Time,
    }
}

/// Counts one more event with each of these values. The keys must differ.
pub async fn bump_all(tx: &mut Tx, issue: IssueId, tags: &[(String, String)], seen: Time) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "INSERT INTO issue_tag_value (issue_id, tag_key, tag_value, times_seen, first_seen, last_seen) VALUES ",
    )
    .bind(issue)
    .bind(seen);
    for (position, (key, value)) in tags.iter().enumerate() {
        query.push(if position == 0 { "($1, " } else { ", ($1, " });
        query.arg(key).push(", ").arg(value).push(", 1, $2, $2)");
    }
    query.push(
        " ON CONFLICT (issue_id, tag_key, tag_value) DO UPDATE SET \
         times_seen = issue_tag_value.times_seen + 1, \
         first_seen = CASE WHEN excluded.first_seen < issue_tag_value.first_seen THEN excluded.first_seen \
         ELSE issue_tag_value.first_seen END, \
         last_seen = CASE WHEN excluded.last_seen > issue_tag_value.last_seen THEN excluded.last_seen \
         ELSE issue_tag_value.last_seen END",
    );
    tx.execute(query).await?;
    Ok(())
}

/// Counts one more event with this value.
pub async fn bump(tx: &mut Tx, issue: IssueId, key: &str, value: &str, seen: Time) -> Result<()> {
    bump_all(tx, issue, &[(key.to_owned(), value.to_owned())], seen).await
}

/// The keys of an issue by name; only those named in `only` unless that is empty.
pub async fn keys(conn: &mut Conn, issue: IssueId, only: &[String]) -> Result<Vec<TagKey>> {
    let mut query = Query::new(
        "SELECT tag_key, COUNT(*) AS unique_values, CAST(SUM(times_seen) AS BIGINT) AS total_values \
         FROM issue_tag_value WHERE issue_id = $1 AND tag_key NOT IN ",
    )
    .bind(issue);
    query.list(USER_FIELDS);
    if !only.is_empty() {
        query.push(" AND tag_key IN ").list(only);
    }
    query.push(" GROUP BY tag_key ORDER BY tag_key");
    conn.all(query).await
}

/// The `limit` most frequent values of each of the keys.
pub async fn top_values(
    conn: &mut Conn,
    issue: IssueId,
    keys: &[String],
    limit: i64,
) -> Result<Vec<TagValue>> {
    let mut query = Query::new(
        "SELECT tag_key, tag_value, times_seen, first_seen, last_seen FROM (SELECT t.*, ROW_NUMBER() OVER \
         (PARTITION BY tag_key ORDER BY times_seen DESC, last_seen DESC, tag_value) AS place \
         FROM issue_tag_value t WHERE t.issue_id = $1 AND t.tag_key IN ",
    )
    .bind(issue);
    query.list(keys).push(") AS ranked WHERE place <= ").arg(limit).push(" ORDER BY tag_key, place");
    conn.all(query).await
}

/// How a list of values is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOrder {
    /// Newest event first.
    LastSeen,
    /// Most events first.
    Count,
    /// Newest first event first.
    FirstSeen,
}

/// The values of a key: `LIMIT take OFFSET skip`.
pub async fn values(
    conn: &mut Conn,
    issue: IssueId,
    key: &str,
    order: ValueOrder,
    skip: i64,
    take: i64,
) -> Result<Vec<TagValue>> {
    let mut query = Query::new(
        "SELECT tag_key, tag_value, times_seen, first_seen, last_seen FROM issue_tag_value \
         WHERE issue_id = $1 AND tag_key = $2",
    )
    .bind(issue)
    .bind(key);
    query.push(match order {
        ValueOrder::LastSeen => " ORDER BY last_seen DESC, tag_value",
        ValueOrder::Count => " ORDER BY times_seen DESC, tag_value",
        ValueOrder::FirstSeen => " ORDER BY first_seen DESC, tag_value",
    });
    query.push(" LIMIT ").arg(take).push(" OFFSET ").arg(skip);
    conn.all(query).await
}

/// How many different users each issue has had; issues without any are left out.
pub async fn user_counts(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<(IssueId, i64)>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT issue_id, COUNT(*) FROM issue_tag_value WHERE tag_key = 'user' AND issue_id IN ");
    query.list(issues.iter().copied()).push(" GROUP BY issue_id");
    conn.all(query).await
}
