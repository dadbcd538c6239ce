//! What is to be deleted later: one row per object, which says when. A row in hand is locked by its time, so that a node
//! that dies gives it back.

use mortise_domain::{Time, UserId};

use crate::{Query, Result, Tx, row};

row! {
    /// Something to delete.
    pub struct Scheduled {
        pub id: i64,
        pub object_id: i64,
        pub actor_id: Option<UserId>,
        /// How often it was tried and failed.
        pub attempts: i64,
    }
}

/// Plans a deletion; a plan that is there is replaced.
pub async fn schedule(
    tx: &mut Tx,
    model: &str,
    object: i64,
    guid: &str,
    actor: Option<UserId>,
    at: Time,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO scheduled_deletion (guid, model, object_id, actor_id, date_added, date_scheduled, attempts) \
         VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (model, object_id) DO UPDATE SET \
         actor_id = excluded.actor_id, date_scheduled = excluded.date_scheduled, attempts = 0",
    );
    let query = query.bind(guid).bind(model).bind(object).bind(actor).bind(now).bind(at);
    tx.execute(query).await.map(drop)
}

/// Drops a plan that is not in hand.
pub async fn cancel(tx: &mut Tx, model: &str, object: i64) -> Result<()> {
    let query = Query::new(
        "DELETE FROM scheduled_deletion WHERE model = $1 AND object_id = $2 AND in_progress_since IS NULL",
    );
    tx.execute(query.bind(model).bind(object)).await.map(drop)
}

/// Takes up to `limit` due plans of a model in hand. Those that somebody took before `stuck` are taken again.
pub async fn claim(tx: &mut Tx, model: &str, now: Time, stuck: Time, limit: i64) -> Result<Vec<Scheduled>> {
    let query = Query::new(
        "UPDATE scheduled_deletion SET in_progress_since = $2 WHERE id IN (SELECT id FROM scheduled_deletion \
         WHERE model = $1 AND date_scheduled <= $2 AND (in_progress_since IS NULL OR in_progress_since < $3) \
         ORDER BY date_scheduled, id LIMIT $4) RETURNING id, object_id, actor_id, attempts",
    );
    tx.all(query.bind(model).bind(now).bind(stuck).bind(limit)).await
}

/// Tries a plan again at `at`.
pub async fn postpone(tx: &mut Tx, id: i64, at: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE scheduled_deletion SET in_progress_since = NULL, date_scheduled = $2, attempts = attempts + 1 \
         WHERE id = $1",
    );
    tx.execute(query.bind(id).bind(at)).await.map(drop)
}

/// Ends a plan.
pub async fn finish(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(Query::new("DELETE FROM scheduled_deletion WHERE id = $1").bind(id)).await.map(drop)
}
