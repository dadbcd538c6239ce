//! The outbox: what happened, written in the transaction of the change.

use std::sync::Arc;

use mortise_domain::{EventId, Ids as _, OrgId, SystemIds, Time};
use serde_json::Value as Json;
use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::Notify, task::JoinHandle};

use crate::{Query, Result, Store, Tx};

/// The channel on which nodes tell each other of new events (PostgreSQL).
const NOTIFY_CHANNEL: &str = "mortise_event";

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

/// Tells other nodes of new events (PostgreSQL): after the commit, and as many as there are in one notification. Commits
/// that notify by themselves wait for one another, each for its own write to disk. Should this node die in between, the
/// others find the events when they next look.
#[derive(Debug)]
pub(crate) struct Announcer {
    /// Who announces: a node does not listen to itself.
    node: Arc<str>,
    appended: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Announcer {
    pub(crate) fn start(pool: PgPool) -> Self {
        let node: Arc<str> = SystemIds.hex(8).into();
        let appended = Arc::new(Notify::new());
        let task = tokio::spawn(announce(pool, Arc::clone(&node), Arc::clone(&appended)));
        Self { node, appended, task }
    }

    /// Events were appended and committed.
    pub(crate) fn announce(&self) {
        self.appended.notify_one();
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn announce(pool: PgPool, node: Arc<str>, appended: Arc<Notify>) {
    while !pool.is_closed() {
        appended.notified().await;
        let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(NOTIFY_CHANNEL).bind(&*node);
        if let Err(error) = notify.execute(&pool).await {
            tracing::debug!(%error, "other nodes are not told of new events");
        }
    }
}

/// Hears of events that other nodes appended.
#[derive(Debug)]
pub struct Listener {
    listener: PgListener,
    node: Arc<str>,
}

impl Listener {
    /// Waits until some other node appended events. Connects again by itself when the database was away.
    pub async fn heard(&mut self) -> Result<()> {
        while self.listener.recv().await?.payload() == &*self.node {}
        Ok(())
    }
}

/// Starts listening; `None` on SQLite, where there are no other nodes.
pub async fn listen(store: &Store) -> Result<Option<Listener>> {
    let Some((pool, announcer)) = store.postgres() else { return Ok(None) };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(NOTIFY_CHANNEL).await?;
    Ok(Some(Listener { listener, node: Arc::clone(&announcer.node) }))
}

/// Marks what has happened in an organization so far as told to everybody who listens: nobody is looked up for it.
pub async fn settle(tx: &mut Tx, org: OrgId, now: Time) -> Result<u64> {
    let query = Query::new(
        "UPDATE event SET dispatched_at = $2 WHERE organization_id = $1 AND dispatched_at IS NULL",
    );
    tx.execute(query.bind(org).bind(now)).await
}
