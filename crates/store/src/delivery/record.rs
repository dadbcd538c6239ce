//! What became of attempts: the attempt and the delivery's next state, in one transaction guarded by the lease.

use std::collections::HashSet;

use mortise_domain::{AppId, DeliveryId, Time, status::DeliveryState};
use serde_json::Value as Json;

use crate::{Query, Result, Tx};

/// How many outcomes one pair of statements writes.
const ROWS_MAX: usize = 250;

/// What became of one claimed delivery.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Which.
    pub delivery_id: DeliveryId,
    /// The number of attempts when it was claimed: with the node's name, the proof of the lease.
    pub attempts_claimed: i64,
    /// The next state.
    pub state: DeliveryState,
    /// When it is tried again, while it stays pending.
    pub due_at: Time,
    /// What was tried; nothing when there was nothing to deliver to.
    pub attempt: Option<NewAttempt>,
}

/// One try.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The app of the delivery.
    pub app: Option<AppId>,
    /// The kind of the delivery.
    pub kind: String,
    /// When it began.
    pub started_at: Time,
    /// How long it took, microseconds.
    pub duration_us: i64,
    /// The HTTP status, when there was an answer.
    pub response_code: Option<i64>,
    /// What was sent and came back, or why nothing did.
    pub exchange: Json,
}

/// Records outcomes. Returns the deliveries whose lease the node still held; the others are left as they are.
pub async fn record(
    tx: &mut Tx,
    node: &str,
    outcomes: &[Recorded],
    now: Time,
) -> Result<HashSet<DeliveryId>> {
    let mut held = HashSet::with_capacity(outcomes.len());
    for chunk in outcomes.chunks(ROWS_MAX) {
        let ids = advance(tx, node, chunk, now).await?;
        held.extend(ids);
        let tried = chunk.iter().filter(|outcome| held.contains(&outcome.delivery_id));
        let tried: Vec<_> = tried.filter_map(|outcome| Some((outcome, outcome.attempt.as_ref()?))).collect();
        if !tried.is_empty() {
            insert_attempts(tx, &tried).await?;
        }
    }
    Ok(held)
}

async fn advance(tx: &mut Tx, node: &str, outcomes: &[Recorded], now: Time) -> Result<Vec<DeliveryId>> {
    let mut query = Query::new(
        "UPDATE delivery SET state = v.column3, attempts = v.column4, due_at = v.column5, \
         finished_at = v.column6, leased_by = NULL FROM (VALUES ",
    );
    for (position, outcome) in outcomes.iter().enumerate() {
        let finished = (outcome.state != DeliveryState::Pending).then_some(now);
        let attempts = outcome.attempts_claimed + i64::from(outcome.attempt.is_some());
        query.push(if position == 0 { "(" } else { ", (" });
        // PostgreSQL takes the types of the columns from the first row.
        for (column, value) in [
            Some(outcome.delivery_id.get()),
            Some(outcome.attempts_claimed),
            Some(outcome.state.number()),
            Some(attempts),
            Some(outcome.due_at.as_microsecond()),
            finished.map(Time::as_microsecond),
        ]
        .into_iter()
        .enumerate()
        {
            query.push(if column == 0 { "CAST(" } else { ", CAST(" }).arg(value).push(" AS BIGINT)");
        }
        query.push(")");
    }
    query.push(
        ") AS v WHERE delivery.id = v.column1 AND delivery.attempts = v.column2 AND delivery.state = 0 \
         AND delivery.leased_by = ",
    );
    query.arg(node).push(" RETURNING delivery.id");
    tx.all(query).await
}

async fn insert_attempts(tx: &mut Tx, tried: &[(&Recorded, &NewAttempt)]) -> Result<()> {
    let mut query = Query::new(
        "INSERT INTO attempt (delivery_id, number, started_at, duration_us, sentry_app_id, kind, response_code, \
         exchange) VALUES ",
    );
    for (position, (outcome, attempt)) in tried.iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" });
        query.arg(outcome.delivery_id).push(", ").arg(outcome.attempts_claimed + 1).push(", ");
        query.arg(attempt.started_at).push(", ").arg(attempt.duration_us).push(", ");
        query.arg(attempt.app).push(", ").arg(&attempt.kind).push(", ");
        query.arg(attempt.response_code).push(", ").arg(&attempt.exchange).push(")");
    }
    tx.execute(query).await?;
    Ok(())
}
