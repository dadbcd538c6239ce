//! What users say about issues for themselves: seen, bookmarked, subscribed.

use mortise_domain::{IssueId, TeamId, Time, UserId};

use crate::{Query, Result, Tx};

/// Runs `head`, then the list of issues, then `tail`.
async fn run(tx: &mut Tx, mut head: Query, ids: &[IssueId], tail: &'static str) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    head.list(ids.iter().copied()).push(tail);
    tx.execute(head).await?;
    Ok(())
}

/// The user has seen the issues now.
pub async fn see(tx: &mut Tx, ids: &[IssueId], user: UserId, now: Time) -> Result<()> {
    let head = Query::new(
        "INSERT INTO issue_seen (issue_id, user_id, last_seen) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM issue WHERE id IN ",
    );
    let tail = " ON CONFLICT (issue_id, user_id) DO UPDATE SET last_seen = excluded.last_seen";
    run(tx, head.bind(user).bind(now), ids, tail).await
}

/// The user has not seen the issues.
pub async fn unsee(tx: &mut Tx, ids: &[IssueId], user: UserId) -> Result<()> {
    let head = Query::new("DELETE FROM issue_seen WHERE user_id = $1 AND issue_id IN ");
    run(tx, head.bind(user), ids, "").await
}

/// Bookmarks the issues for the user.
pub async fn bookmark(tx: &mut Tx, ids: &[IssueId], user: UserId, now: Time) -> Result<()> {
    let head = Query::new(
        "INSERT INTO issue_bookmark (issue_id, user_id, date_added) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM issue WHERE id IN ",
    );
    run(tx, head.bind(user).bind(now), ids, " ON CONFLICT (issue_id, user_id) DO NOTHING").await
}

/// Takes the user's bookmarks from the issues.
pub async fn remove_bookmark(tx: &mut Tx, ids: &[IssueId], user: UserId) -> Result<()> {
    let head = Query::new("DELETE FROM issue_bookmark WHERE user_id = $1 AND issue_id IN ");
    run(tx, head.bind(user), ids, "").await
}

/// Who is told about issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// A person.
    User(UserId),
    /// All of a team.
    Team(TeamId),
}

/// Subscribes somebody to issues for a reason. What they said before stands: neither an older reason nor switching
/// messages off is overwritten.
pub async fn subscribe(tx: &mut Tx, ids: &[IssueId], who: Listener, reason: &str, now: Time) -> Result<()> {
    let (user, team) = match who {
        Listener::User(id) => (Some(id), None),
        Listener::Team(id) => (None, Some(id)),
    };
    let head = Query::new(
        "INSERT INTO issue_subscription (issue_id, user_id, team_id, is_active, reason, date_added) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), TRUE, CAST($3 AS TEXT), CAST($4 AS BIGINT) \
         FROM issue WHERE id IN ",
    );
    run(tx, head.bind(user).bind(team).bind(reason).bind(now), ids, " ON CONFLICT DO NOTHING").await
}

/// Switches the messages about issues on or off, whatever was before.
pub async fn set_subscription(
    tx: &mut Tx,
    ids: &[IssueId],
    user: UserId,
    is_active: bool,
    reason: &str,
    now: Time,
) -> Result<()> {
    let head = Query::new(
        "INSERT INTO issue_subscription (issue_id, user_id, is_active, reason, date_added) \
         SELECT id, CAST($1 AS BIGINT), $2, CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM issue WHERE id IN ",
    );
    let tail = " ON CONFLICT (issue_id, user_id) DO UPDATE SET is_active = excluded.is_active, reason = excluded.reason";
    run(tx, head.bind(user).bind(is_active).bind(reason).bind(now), ids, tail).await
}

/// Forgets the user's subscriptions that have this reason.
pub async fn unsubscribe(tx: &mut Tx, ids: &[IssueId], user: UserId, reason: &str) -> Result<()> {
    let head =
        Query::new("DELETE FROM issue_subscription WHERE user_id = $1 AND reason = $2 AND issue_id IN ");
    run(tx, head.bind(user).bind(reason), ids, "").await
}
