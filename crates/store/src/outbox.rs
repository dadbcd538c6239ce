//! The outbox: what happened, written in the transaction of the change.

use mortise_domain::{EventId, OrgId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Store, Tx};

/// The channel on which nodes tell each other of new events (PostgreSQL).
pub const NOTIFY_CHANNEL: &str = "mortise_event";

/// Something that happened.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// `issue.created`, `comment.deleted`, ...
    pub kind: &'static str,
    /// Whose organization it happened in.
    pub org: OrgId,
    /// What order is kept for: `issue:7`, `installation:3`.
    pub subject: String,
    /// The facts a subscriber needs beyond the current state.
    pub payload: Json,
}

/// Appends an event. Its subscribers are found after the commit.
pub async fn append(tx: &mut Tx, event: &NewEvent, now: Time) -> Result<EventId> {
    tx.appended = true;
    let query = Query::new(
        "INSERT INTO event (kind, organization_id, subject, payload, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    );
    tx.one(query.bind(event.kind).bind(event.org).bind(&event.subject).bind(&event.payload).bind(now)).await
}

/// Hears of events that other nodes appended.
#[derive(Debug)]
pub struct Listener(sqlx::postgres::PgListener);

impl Listener {
    /// Waits until some node appended events. Connects again by itself when the database was away.
    pub async fn heard(&mut self) -> Result<()> {
        self.0.recv().await?;
        Ok(())
    }
}

/// Starts listening; `None` on SQLite, where there are no other nodes.
pub async fn listen(store: &Store) -> Result<Option<Listener>> {
    let Some(pool) = store.postgres() else { return Ok(None) };
    let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
    listener.listen(NOTIFY_CHANNEL).await?;
    Ok(Some(Listener(listener)))
}

/// Wakes the dispatchers of other nodes when the transaction commits (PostgreSQL).
pub(crate) async fn notify_nodes(conn: &mut Conn) -> Result<()> {
    conn.execute(Query::new("SELECT pg_notify('mortise_event', '')")).await?;
    Ok(())
}

/// Marks what has happened in an organization so far as told to everybody who listens: nobody is looked up for it.
pub async fn settle(tx: &mut Tx, org: OrgId, now: Time) -> Result<u64> {
    let query = Query::new(
        "UPDATE event SET dispatched_at = $2 WHERE organization_id = $1 AND dispatched_at IS NULL",
    );
    tx.execute(query.bind(org).bind(now)).await
}
