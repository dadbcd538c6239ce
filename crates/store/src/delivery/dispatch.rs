//! From events to deliveries.

use mortise_domain::{AppId, EventId, OrgId, Time};
use serde_json::Value as Json;

use crate::{Query, Result, Tx, dialect, row};

/// How many deliveries one statement inserts; SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 500;

row! {
    /// Something that happened.
    pub struct Event {
        pub id: EventId,
        pub kind: String,
        pub organization_id: OrgId,
        pub subject: String,
        pub payload: Json,
        pub created_at: Time,
    }
}

/// A delivery to make.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// 32 hex digits; what receivers see over all attempts.
    pub uuid: String,
    /// Of what.
    pub event_id: EventId,
    /// Whose.
    pub organization_id: OrgId,
    /// The event's kind as the subscriber is told it.
    pub kind: String,
    /// To whom: `installation:3`.
    pub subscriber: String,
    /// What order is kept for.
    pub subject: String,
    /// The app that is told, where the subscriber is one.
    pub app: Option<AppId>,
}

/// Takes the oldest events without deliveries, at most `limit`, in order of id, and marks them dispatched. On
/// PostgreSQL one node does so at a time, so that order survives; the others get nothing.
pub async fn take_events(tx: &mut Tx, limit: i64, now: Time) -> Result<Vec<Event>> {
    if !dialect::lock_dispatch(tx).await? {
        return Ok(Vec::new());
    }
    let query = Query::new(
        "UPDATE event SET dispatched_at = $1 WHERE id IN \
         (SELECT id FROM event WHERE dispatched_at IS NULL ORDER BY id LIMIT $2) \
         RETURNING id, kind, organization_id, subject, payload, created_at",
    );
    let mut events: Vec<Event> = tx.all(query.bind(now).bind(limit)).await?;
    events.sort_unstable_by_key(|event| event.id);
    Ok(events)
}

/// Inserts deliveries that are due at once. One that exists already for its event and subscriber is left alone.
pub async fn insert(tx: &mut Tx, deliveries: &[NewDelivery], now: Time) -> Result<()> {
    for chunk in deliveries.chunks(ROWS_MAX) {
        let mut query = Query::new(
            "INSERT INTO delivery (uuid, event_id, organization_id, kind, subscriber, subject, sentry_app_id, state, attempts, \
             attempts_before, due_at, created_at) VALUES ",
        );
        for (position, new) in chunk.iter().enumerate() {
            query.push(if position == 0 { "(" } else { ", (" });
            query.arg(&new.uuid).push(", ").arg(new.event_id).push(", ").arg(new.organization_id).push(", ");
            query.arg(&new.kind).push(", ").arg(&new.subscriber).push(", ").arg(&new.subject);
            query.push(", ").arg(new.app);
            query.push(", 0, 0, 0, ").arg(now).push(", ").arg(now).push(")");
        }
        query.push(" ON CONFLICT (event_id, subscriber) DO NOTHING");
        tx.execute(query).await?;
    }
    Ok(())
}
