//! Rules that are mute, for a person or for everybody.

use mortise_domain::{RuleId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A rule is mute.
    pub struct Snooze {
        pub rule_id: RuleId,
        /// For whom; everybody without one.
        pub user_id: Option<UserId>,
        /// Who muted it.
        pub owner_id: Option<UserId>,
        /// For ever without a time.
        pub until: Option<Time>,
        pub date_added: Time,
    }
}

/// What keeps these rules quiet at this time, for everybody or for this person; for everybody first.
pub async fn of_rules(
    conn: &mut Conn,
    rules: &[RuleId],
    user: Option<UserId>,
    now: Time,
) -> Result<Vec<Snooze>> {
    let mut query = Query::new(
        "SELECT rule_id, user_id, owner_id, until, date_added FROM rule_snooze \
         WHERE (user_id IS NULL OR user_id = $1) AND (until IS NULL OR until > $2) AND rule_id IN ",
    )
    .bind(user)
    .bind(now);
    query.list(rules.iter().copied()).push(" ORDER BY CASE WHEN user_id IS NULL THEN 0 ELSE 1 END");
    conn.all(query).await
}

/// Mutes a rule; false when it is mute already for the same people at this time.
pub async fn insert(tx: &mut Tx, new: &Snooze) -> Result<bool> {
    let mut over = Query::new("DELETE FROM rule_snooze WHERE rule_id = $1 AND until <= $2")
        .bind(new.rule_id)
        .bind(new.date_added);
    match new.user_id {
        Some(user) => over.push(" AND user_id = ").arg(user),
        None => over.push(" AND user_id IS NULL"),
    };
    tx.execute(over).await?;
    let query = Query::new(
        "INSERT INTO rule_snooze (rule_id, user_id, owner_id, until, date_added) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    );
    let query = query.bind(new.rule_id).bind(new.user_id).bind(new.owner_id).bind(new.until);
    Ok(tx.execute(query.bind(new.date_added)).await? == 1)
}

/// Lets a rule be heard again: by this person, or by everybody without one. Whether it was mute.
pub async fn delete(tx: &mut Tx, rule: RuleId, user: Option<UserId>) -> Result<bool> {
    let mut query = Query::new("DELETE FROM rule_snooze WHERE rule_id = $1").bind(rule);
    match user {
        Some(user) => query.push(" AND user_id = ").arg(user),
        None => query.push(" AND user_id IS NULL"),
    };
    Ok(tx.execute(query).await? > 0)
}
