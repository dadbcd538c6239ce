//! Rules about issues or metrics that are mute, for a person or for everybody.

use mortise_domain::{MetricRuleId, RuleId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

/// A rule that may be mute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Muted {
    /// One about issues.
    Issue(RuleId),
    /// One about metrics.
    Metric(MetricRuleId),
}

impl Muted {
    /// Its column and id.
    fn column(self) -> (&'static str, i64) {
        match self {
            Self::Issue(id) => ("rule_id", id.get()),
            Self::Metric(id) => ("metric_rule_id", id.get()),
        }
    }
}

row! {
    /// A rule is mute.
    pub struct Snooze {
        pub rule_id: Option<RuleId>,
        pub metric_rule_id: Option<MetricRuleId>,
        /// For whom; everybody without one.
        pub user_id: Option<UserId>,
        /// Who muted it.
        pub owner_id: Option<UserId>,
        /// For ever without a time.
        pub until: Option<Time>,
        pub date_added: Time,
    }
}

impl Snooze {
    /// Whether it keeps the rule quiet for this person at this time.
    pub fn is_mute(&self, user: UserId, at: Time) -> bool {
        self.user_id == Some(user) && self.until.is_none_or(|until| until > at)
    }
}

/// What keeps these rules quiet at this time, for everybody or for this person; for everybody first. The rules are of one
/// sort.
pub async fn of_rules(
    conn: &mut Conn,
    rules: &[Muted],
    user: Option<UserId>,
    now: Time,
) -> Result<Vec<Snooze>> {
    let Some((column, _)) = rules.first().map(|rule| rule.column()) else { return Ok(Vec::new()) };
    let mut query = Query::new(
        "SELECT rule_id, metric_rule_id, user_id, owner_id, until, date_added FROM rule_snooze \
         WHERE (user_id IS NULL OR user_id = $1) AND (until IS NULL OR until > $2) AND ",
    )
    .bind(user)
    .bind(now);
    query.push(column).push(" IN ").list(rules.iter().map(|rule| rule.column().1));
    query.push(" ORDER BY CASE WHEN user_id IS NULL THEN 0 ELSE 1 END");
    conn.all(query).await
}

/// How people muted or once muted these rules for themselves. The rules are of one sort.
pub async fn of_people(conn: &mut Conn, rules: &[Muted]) -> Result<Vec<Snooze>> {
    let Some((column, _)) = rules.first().map(|rule| rule.column()) else { return Ok(Vec::new()) };
    let mut query = Query::new(
        "SELECT rule_id, metric_rule_id, user_id, owner_id, until, date_added FROM rule_snooze \
         WHERE user_id IS NOT NULL AND ",
    );
    query.push(column).push(" IN ").list(rules.iter().map(|rule| rule.column().1));
    conn.all(query).await
}

/// Mutes a rule; false when it is mute already for the same people at this time.
pub async fn insert(tx: &mut Tx, new: &Snooze) -> Result<bool> {
    let mut over =
        Query::new("DELETE FROM rule_snooze WHERE (rule_id = $1 OR metric_rule_id = $2) AND until <= $3")
            .bind(new.rule_id)
            .bind(new.metric_rule_id)
            .bind(new.date_added);
    match new.user_id {
        Some(user) => over.push(" AND user_id = ").arg(user),
        None => over.push(" AND user_id IS NULL"),
    };
    tx.execute(over).await?;
    let query = Query::new(
        "INSERT INTO rule_snooze (rule_id, metric_rule_id, user_id, owner_id, until, date_added) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(new.rule_id).bind(new.metric_rule_id).bind(new.user_id).bind(new.owner_id);
    Ok(tx.execute(query.bind(new.until).bind(new.date_added)).await? == 1)
}

/// Lets a rule be heard again: by this person, or by everybody without one. Whether it was mute.
pub async fn delete(tx: &mut Tx, rule: Muted, user: Option<UserId>) -> Result<bool> {
    let (column, id) = rule.column();
    let mut query = Query::new("DELETE FROM rule_snooze WHERE ");
    query.push(column).push(" = ").arg(id);
    match user {
        Some(user) => query.push(" AND user_id = ").arg(user),
        None => query.push(" AND user_id IS NULL"),
    };
    Ok(tx.execute(query).await? > 0)
}
