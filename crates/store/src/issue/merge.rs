//! One issue out of several, of the same project: everything of the others moves to the survivor, whose counters then
//! cover all events.

use mortise_domain::IssueId;

use crate::{Query, Result, Tx};

/// Rows that simply get another owner.
const MOVED: [&str; 4] = [
    "UPDATE error_event SET issue_id = $1 WHERE issue_id IN ",
    "UPDATE issue_hash SET issue_id = $1 WHERE issue_id IN ",
    "UPDATE issue_redirect SET issue_id = $1 WHERE issue_id IN ",
    "UPDATE rule_fire SET issue_id = $1 WHERE issue_id IN ",
];

/// Rows of which the survivor keeps its own where both have one. Each ends before the list of issues.
const COPIED: [(&str, &str); 9] = [
    (
        "INSERT INTO issue_stat (issue_id, hour, count) SELECT CAST($1 AS BIGINT), hour, CAST(SUM(count) AS BIGINT) \
         FROM issue_stat WHERE issue_id IN ",
        " GROUP BY hour ON CONFLICT (issue_id, hour) DO UPDATE SET count = issue_stat.count + excluded.count",
    ),
    (
        "INSERT INTO issue_tag_value (issue_id, tag_key, tag_value, times_seen, first_seen, last_seen) \
         SELECT CAST($1 AS BIGINT), tag_key, tag_value, CAST(SUM(times_seen) AS BIGINT), MIN(first_seen), \
         MAX(last_seen) FROM issue_tag_value WHERE issue_id IN ",
        " GROUP BY tag_key, tag_value ON CONFLICT (issue_id, tag_key, tag_value) DO UPDATE SET \
         times_seen = issue_tag_value.times_seen + excluded.times_seen, \
         first_seen = CASE WHEN excluded.first_seen < issue_tag_value.first_seen THEN excluded.first_seen \
          ELSE issue_tag_value.first_seen END, \
         last_seen = CASE WHEN excluded.last_seen > issue_tag_value.last_seen THEN excluded.last_seen \
          ELSE issue_tag_value.last_seen END",
    ),
    (
        "INSERT INTO issue_seen (issue_id, user_id, last_seen) SELECT CAST($1 AS BIGINT), user_id, MAX(last_seen) \
         FROM issue_seen WHERE issue_id IN ",
        " GROUP BY user_id ON CONFLICT (issue_id, user_id) DO NOTHING",
    ),
    (
        "INSERT INTO issue_bookmark (issue_id, user_id, date_added) SELECT CAST($1 AS BIGINT), user_id, \
         MIN(date_added) FROM issue_bookmark WHERE issue_id IN ",
        " GROUP BY user_id ON CONFLICT (issue_id, user_id) DO NOTHING",
    ),
    (
        "INSERT INTO issue_subscription (issue_id, user_id, team_id, is_active, reason, date_added) \
         SELECT CAST($1 AS BIGINT), user_id, team_id, is_active, reason, date_added FROM issue_subscription \
         WHERE issue_id IN ",
        " ORDER BY id ON CONFLICT DO NOTHING",
    ),
    (
        "INSERT INTO issue_commit (issue_id, commit_id, actor_id, date_added) SELECT CAST($1 AS BIGINT), commit_id, \
         actor_id, date_added FROM issue_commit WHERE issue_id IN ",
        " ON CONFLICT (issue_id, commit_id) DO NOTHING",
    ),
    (
        "INSERT INTO issue_pull_request (issue_id, pull_request_id, actor_id, date_added) SELECT CAST($1 AS BIGINT), \
         pull_request_id, actor_id, date_added FROM issue_pull_request WHERE issue_id IN ",
        " ON CONFLICT (issue_id, pull_request_id) DO NOTHING",
    ),
    (
        "INSERT INTO external_issue_link (issue_id, project_id, service_type, display_name, web_url, date_added) \
         SELECT CAST($1 AS BIGINT), project_id, service_type, display_name, web_url, date_added \
         FROM external_issue_link WHERE issue_id IN ",
        " ORDER BY id ON CONFLICT (issue_id, service_type) DO NOTHING",
    ),
    (
        "INSERT INTO issue_redirect (previous_id, issue_id) SELECT id, CAST($1 AS BIGINT) FROM issue WHERE id IN ",
        "",
    ),
];

/// The counters of the survivor over all of them. The comments move with their issue.
const COUNTERS: &str = "UPDATE issue SET \
    times_seen = (SELECT CAST(SUM(times_seen) AS BIGINT) FROM issue WHERE id IN ";

/// Moves everything of `others` to `survivor` and removes them; their ids lead to the survivor from now on.
pub async fn merge(tx: &mut Tx, survivor: IssueId, others: &[IssueId]) -> Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    for sql in MOVED {
        let mut query = Query::new(sql).bind(survivor);
        query.list(others.iter().copied());
        tx.execute(query).await?;
    }
    let comments = Query::new("UPDATE activity SET issue_id = $1 WHERE kind = 8 AND issue_id IN ");
    let mut comments = comments.bind(survivor);
    comments.list(others.iter().copied());
    tx.execute(comments).await?;
    for (head, tail) in COPIED {
        let mut query = Query::new(head).bind(survivor);
        query.list(others.iter().copied()).push(tail);
        tx.execute(query).await?;
    }
    count(tx, survivor, others).await?;
    let mut query = Query::new("DELETE FROM issue WHERE id IN ");
    query.list(others.iter().copied());
    tx.execute(query).await?;
    Ok(())
}

async fn count(tx: &mut Tx, survivor: IssueId, others: &[IssueId]) -> Result<()> {
    let all = || others.iter().copied().chain([survivor]);
    let mut query = Query::new(COUNTERS);
    query.list(all());
    query.push("), first_seen = (SELECT MIN(first_seen) FROM issue WHERE id IN ").list(all());
    query.push("), last_seen = (SELECT MAX(last_seen) FROM issue WHERE id IN ").list(all());
    query
        .push("), num_comments = (SELECT CAST(SUM(num_comments) AS BIGINT) FROM issue WHERE id IN ")
        .list(all());
    query.push(") WHERE id = ").arg(survivor);
    tx.execute_one(query).await
}
