//! Changing issues: every function takes any number of them and needs the same few statements.
//!
//! A change begins with [`lock`]: it reads the issues as they are and keeps other transactions from changing them
//! meanwhile, so that what is written to the history is what happened.

use mortise_domain::{IssueId, Time, UserId};

use super::Issue;
use crate::{Query, Result, Tx, dialect};

/// Why an issue waits for review: somebody put it there.
const INBOX_BY_HAND: i64 = 3;

/// The visible ones of these issues, by id, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, ids: &[IssueId]) -> Result<Vec<Issue>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM issue WHERE status NOT IN (3, 4, 5) AND id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id").push(dialect::row_lock(tx));
    tx.all(query).await
}

/// Runs `sql`, which ends before the list of issues.
async fn on_issues(tx: &mut Tx, mut query: Query, ids: &[IssueId]) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    query.list(ids.iter().copied());
    tx.execute(query).await
}

/// Moves issues to a state. Numbers as in [`mortise_domain::issue`].
pub async fn set_state(
    tx: &mut Tx,
    ids: &[IssueId],
    status: i64,
    substatus: Option<i64>,
    resolved_at: Option<Time>,
) -> Result<()> {
    let query = Query::new("UPDATE issue SET status = $1, substatus = $2, resolved_at = $3 WHERE id IN ");
    on_issues(tx, query.bind(status).bind(substatus).bind(resolved_at), ids).await?;
    Ok(())
}

/// Sets the priority; `locked_at` keeps it from being changed automatically.
pub async fn set_priority(tx: &mut Tx, ids: &[IssueId], priority: i64, locked_at: Time) -> Result<()> {
    let query = Query::new("UPDATE issue SET priority = $1, priority_locked_at = $2 WHERE id IN ");
    on_issues(tx, query.bind(priority).bind(locked_at), ids).await?;
    Ok(())
}

/// Makes an issue readable under a secret id, or by members only.
pub async fn set_share(tx: &mut Tx, id: IssueId, share: Option<&str>) -> Result<()> {
    tx.execute_one(Query::new("UPDATE issue SET share_id = $2 WHERE id = $1").bind(id).bind(share)).await
}

/// Puts those of the issues that do not wait for review among those that do.
pub async fn enter_inbox(tx: &mut Tx, ids: &[IssueId], now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE issue SET inbox_reason = $1, inbox_date = $2 WHERE inbox_reason IS NULL AND id IN ",
    );
    on_issues(tx, query.bind(INBOX_BY_HAND).bind(now), ids).await?;
    Ok(())
}

/// The issues no longer wait for review.
pub async fn leave_inbox(tx: &mut Tx, ids: &[IssueId]) -> Result<()> {
    let query = Query::new("UPDATE issue SET inbox_reason = NULL, inbox_date = NULL WHERE id IN ");
    on_issues(tx, query, ids).await?;
    Ok(())
}

/// Counts comments that came or went.
pub async fn add_comments(tx: &mut Tx, id: IssueId, difference: i64) -> Result<()> {
    let query = Query::new("UPDATE issue SET num_comments = num_comments + $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(difference)).await
}

/// Gives an issue an assignee in place of the one it had.
pub async fn assign(
    tx: &mut Tx,
    ids: &[IssueId],
    user: Option<UserId>,
    team: Option<mortise_domain::TeamId>,
    now: Time,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "INSERT INTO issue_assignee (issue_id, user_id, team_id, date_added) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM issue WHERE id IN ",
    )
    .bind(user)
    .bind(team)
    .bind(now);
    query.list(ids.iter().copied()).push(
        " ON CONFLICT (issue_id) DO UPDATE SET user_id = excluded.user_id, team_id = excluded.team_id, \
         date_added = excluded.date_added",
    );
    tx.execute(query).await?;
    Ok(())
}

/// Takes the assignees away.
pub async fn unassign(tx: &mut Tx, ids: &[IssueId]) -> Result<()> {
    on_issues(tx, Query::new("DELETE FROM issue_assignee WHERE issue_id IN "), ids).await?;
    Ok(())
}

/// A condition that ends the archiving of an issue, and the counters when it was archived.
#[derive(Debug, Clone, Copy)]
pub struct NewSnooze {
    pub issue_id: IssueId,
    pub until: Option<Time>,
    pub count: Option<i64>,
    pub window_minutes: Option<i64>,
    pub user_count: Option<i64>,
    pub user_window_minutes: Option<i64>,
    pub seen_at_start: i64,
    pub users_at_start: i64,
    pub actor_id: Option<UserId>,
    pub date_added: Time,
}

/// Archives an issue under a condition, in place of an older one.
pub async fn put_snooze(tx: &mut Tx, new: &NewSnooze) -> Result<()> {
    let query = Query::new(
        "INSERT INTO issue_snooze (issue_id, until, count, window_minutes, user_count, user_window_minutes, \
         seen_at_start, users_at_start, actor_id, date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (issue_id) DO UPDATE SET until = excluded.until, count = excluded.count, \
         window_minutes = excluded.window_minutes, user_count = excluded.user_count, \
         user_window_minutes = excluded.user_window_minutes, seen_at_start = excluded.seen_at_start, \
         users_at_start = excluded.users_at_start, actor_id = excluded.actor_id, date_added = excluded.date_added",
    );
    let query = query.bind(new.issue_id).bind(new.until).bind(new.count).bind(new.window_minutes);
    let query = query.bind(new.user_count).bind(new.user_window_minutes).bind(new.seen_at_start);
    tx.execute_one(query.bind(new.users_at_start).bind(new.actor_id).bind(new.date_added)).await
}

/// Forgets the conditions of issues that are not archived under one any more.
pub async fn delete_snoozes(tx: &mut Tx, ids: &[IssueId]) -> Result<()> {
    on_issues(tx, Query::new("DELETE FROM issue_snooze WHERE issue_id IN "), ids).await?;
    Ok(())
}
