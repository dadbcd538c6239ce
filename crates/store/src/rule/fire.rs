//! Rules at work: what they ask of an issue while one of its events is stored, and when they fired.

use mortise_domain::{IssueId, ProjectId, RuleId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// An active rule of a project, as evaluation needs it.
    pub struct ActiveRule {
        pub id: RuleId,
        pub label: String,
        pub environment: Option<String>,
        pub data: Json,
        /// Whether it is mute for everybody ...
        pub is_snoozed: bool,
        /// ... and until when; for ever without a time.
        pub snoozed_until: Option<Time>,
    }
}

/// The active rules of a project, oldest first.
pub async fn active(conn: &mut Conn, project: ProjectId) -> Result<Vec<ActiveRule>> {
    let query = Query::new(
        "SELECT r.id, r.label, e.name AS environment, r.data, s.id IS NOT NULL AS is_snoozed, s.until AS snoozed_until \
         FROM rule r LEFT JOIN environment e ON e.id = r.environment_id \
         LEFT JOIN rule_snooze s ON s.rule_id = r.id AND s.user_id IS NULL \
         WHERE r.project_id = $1 AND r.status = 0 ORDER BY r.id",
    );
    conn.all(query.bind(project)).await
}

/// When those of these rules that fired for an issue last did.
pub async fn last_active(conn: &mut Conn, issue: IssueId, rules: &[RuleId]) -> Result<Vec<(RuleId, Time)>> {
    let mut query =
        Query::new("SELECT rule_id, last_active FROM rule_issue WHERE issue_id = $1 AND rule_id IN ")
            .bind(issue);
    query.list(rules.iter().copied());
    conn.all(query).await
}

/// Lets a rule fire for an issue unless it did after `not_after`. Of those who try at the same time one may.
pub async fn claim(tx: &mut Tx, rule: RuleId, issue: IssueId, now: Time, not_after: Time) -> Result<bool> {
    let query = Query::new(
        "INSERT INTO rule_issue (rule_id, issue_id, last_active) VALUES ($1, $2, $3) \
         ON CONFLICT (issue_id, rule_id) DO UPDATE SET last_active = excluded.last_active \
         WHERE rule_issue.last_active <= $4",
    );
    Ok(tx.execute(query.bind(rule).bind(issue).bind(now).bind(not_after)).await? == 1)
}

/// Writes down that a rule fired.
pub async fn record(
    tx: &mut Tx,
    rule: RuleId,
    issue: IssueId,
    event_id: &str,
    notification_uuid: &str,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO rule_fire (rule_id, issue_id, event_id, notification_uuid, date_added) VALUES ($1, $2, $3, $4, $5)",
    );
    tx.execute(query.bind(rule).bind(issue).bind(event_id).bind(notification_uuid).bind(now)).await?;
    Ok(())
}

/// How many events of an issue came from `since` until before `until`.
pub async fn events_between(conn: &mut Conn, issue: IssueId, since: Time, until: Time) -> Result<i64> {
    let query = Query::new(
        "SELECT COUNT(*) FROM error_event WHERE issue_id = $1 AND timestamp >= $2 AND timestamp < $3",
    );
    conn.one(query.bind(issue).bind(since).bind(until)).await
}

/// How many events of an issue came in the hours (epoch seconds / 3600) from `first` until before `last`.
pub async fn events_in_hours(conn: &mut Conn, issue: IssueId, first: i64, last: i64) -> Result<i64> {
    let query = Query::new(
        "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM issue_stat \
         WHERE issue_id = $1 AND hour >= $2 AND hour < $3",
    );
    conn.one(query.bind(issue).bind(first).bind(last)).await
}

/// How many different users an issue had since a time: those that were seen since then.
pub async fn users_since(conn: &mut Conn, issue: IssueId, since: Time) -> Result<i64> {
    let query = Query::new(
        "SELECT COUNT(*) FROM issue_tag_value WHERE issue_id = $1 AND tag_key = 'user' AND last_seen >= $2",
    );
    conn.one(query.bind(issue).bind(since)).await
}

/// How many different users an issue had from `since` until before `until`.
pub async fn users_between(conn: &mut Conn, issue: IssueId, since: Time, until: Time) -> Result<i64> {
    let query = Query::new(
        "SELECT COUNT(DISTINCT user_tag) FROM error_event WHERE issue_id = $1 AND timestamp >= $2 AND timestamp < $3",
    );
    conn.one(query.bind(issue).bind(since).bind(until)).await
}

/// How many events of an issue were in an environment.
pub async fn seen_in(conn: &mut Conn, issue: IssueId, environment: &str) -> Result<i64> {
    let query = Query::new(
        "SELECT times_seen FROM issue_tag_value WHERE issue_id = $1 AND tag_key = 'environment' AND tag_value = $2",
    );
    Ok(conn.optional(query.bind(issue).bind(environment)).await?.unwrap_or(0))
}

/// When those of these rules that ever fired last did.
pub async fn last_fired(conn: &mut Conn, rules: &[RuleId]) -> Result<Vec<(RuleId, Time)>> {
    let mut query = Query::new("SELECT rule_id, MAX(date_added) FROM rule_fire WHERE rule_id IN ");
    query.list(rules.iter().copied()).push(" GROUP BY rule_id");
    conn.all(query).await
}

row! {
    /// How often a rule fired for an issue.
    pub struct IssueFires {
        pub issue_id: IssueId,
        pub count: i64,
        pub last_fired: Time,
        /// Of the last time.
        pub event_id: String,
    }
}

/// The issues for which a rule fired from `since` until before `until`, most often first.
pub async fn by_issue(
    conn: &mut Conn,
    rule: RuleId,
    since: Time,
    until: Time,
    slice: Slice,
) -> Result<Vec<IssueFires>> {
    let mut query = Query::new(
        "SELECT f.issue_id, COUNT(*) AS count, MAX(f.date_added) AS last_fired, \
         (SELECT l.event_id FROM rule_fire l WHERE l.rule_id = $1 AND l.issue_id = f.issue_id AND l.date_added >= $2 \
          AND l.date_added < $3 ORDER BY l.date_added DESC, l.id DESC LIMIT 1) AS event_id \
         FROM rule_fire f JOIN issue i ON i.id = f.issue_id AND i.status NOT IN (3, 4, 5) \
         WHERE f.rule_id = $1 AND f.date_added >= $2 AND f.date_added < $3 \
         GROUP BY f.issue_id ORDER BY count DESC, last_fired DESC, f.issue_id",
    )
    .bind(rule)
    .bind(since)
    .bind(until);
    query.slice(slice);
    conn.all(query).await
}

/// How often a rule fired in each hour (epoch seconds / 3600), from `since` until before `until`.
pub async fn by_hour(conn: &mut Conn, rule: RuleId, since: Time, until: Time) -> Result<Vec<(i64, i64)>> {
    let query = Query::new(
        "SELECT date_added / 3600000000 AS hour, COUNT(*) FROM rule_fire \
         WHERE rule_id = $1 AND date_added >= $2 AND date_added < $3 GROUP BY hour",
    );
    conn.all(query.bind(rule).bind(since).bind(until)).await
}
