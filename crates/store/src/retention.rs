//! What is deleted when its time is over, a batch at a time, so that no transaction is long.

use mortise_domain::Time;

use crate::{Query, Result, Tx};

/// How many rows one statement deletes at most.
pub const BATCH: i64 = 500;

/// Error events that were received before `before`. Issues and their counts stay. Only the rows with the lowest ids are
/// looked at, which are the oldest; this needs no index.
pub async fn purge_error_events(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM error_event WHERE id IN (SELECT id FROM \
         (SELECT id, received FROM error_event ORDER BY id LIMIT $2) AS oldest WHERE received < $1)",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}

/// Outbox events that happened before `before` and whose deliveries are all over, with these deliveries and attempts.
pub async fn purge_outbox(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM event WHERE id IN (SELECT id FROM \
         (SELECT id, created_at, dispatched_at FROM event ORDER BY id LIMIT $2) AS oldest \
         WHERE created_at < $1 AND dispatched_at IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = oldest.id AND d.state = 0))",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}

/// Calls of providers that were handled before `before`.
pub async fn purge_inbound(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM inbound WHERE id IN (SELECT id FROM \
         (SELECT id, handled_at FROM inbound ORDER BY id LIMIT $2) AS oldest WHERE handled_at < $1)",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}

/// Calls to apps that are no deliveries and were made before `before`.
pub async fn purge_app_requests(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM app_request WHERE id IN (SELECT id FROM \
         (SELECT id, date FROM app_request ORDER BY id LIMIT $2) AS oldest WHERE date < $1)",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}

/// Counts of events of the oldest hours before `hour` (epoch seconds / 3600). What an issue was seen in all stays.
pub async fn purge_issue_stats(tx: &mut Tx, hour: i64) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM issue_stat WHERE (issue_id, hour) IN \
         (SELECT issue_id, hour FROM issue_stat WHERE hour < $1 ORDER BY hour LIMIT $2)",
    );
    tx.execute(query.bind(hour).bind(BATCH)).await
}

/// Outcomes of the oldest hours before `hour` (epoch seconds / 3600).
pub async fn purge_outcomes(tx: &mut Tx, hour: i64) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM outcome WHERE (project_id, hour, source, category, reason) IN \
         (SELECT project_id, hour, source, category, reason FROM outcome WHERE hour < $1 ORDER BY hour LIMIT $2)",
    );
    tx.execute(query.bind(hour).bind(BATCH)).await
}

/// What users reported about events, before `before`.
pub async fn purge_user_reports(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM user_report WHERE id IN (SELECT id FROM \
         (SELECT id, date_added FROM user_report ORDER BY id LIMIT $2) AS oldest WHERE date_added < $1)",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}

/// Times before `before` at which alert rules fired. When a rule last did for an issue stays with the issue.
pub async fn purge_rule_fires(tx: &mut Tx, before: Time) -> Result<u64> {
    let query = Query::new(
        "DELETE FROM rule_fire WHERE id IN (SELECT id FROM \
         (SELECT id, date_added FROM rule_fire ORDER BY id LIMIT $2) AS oldest WHERE date_added < $1)",
    );
    tx.execute(query.bind(before).bind(BATCH)).await
}
