//! Releases whose commits are to be fetched from the other side. Whoever takes one in hand gets it for a while; a release
//! that gets other commits meanwhile is fetched again.

use mortise_domain::{OrgId, ReleaseId, Time, UserId};
use serde_json::Value as Json;

use crate::{Query, Result, Tx, row};

row! {
    /// A release to fetch the commits of.
    pub struct Fetch {
        pub id: i64,
        pub release_id: ReleaseId,
        pub organization_id: OrgId,
        pub version: String,
        /// The release before it.
        pub previous_id: Option<ReleaseId>,
        /// Who released.
        pub actor_id: Option<UserId>,
        /// What [`put`] was given.
        pub refs: Json,
        /// How often it was taken in hand, this time included.
        pub attempts: i64,
        /// Until when it is in hand.
        pub due_at: Time,
    }
}

/// Has the commits of a release fetched; what was to be fetched for it before is not.
pub async fn put(
    tx: &mut Tx,
    release: ReleaseId,
    previous: Option<ReleaseId>,
    actor: Option<UserId>,
    refs: &Json,
    now: Time,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO release_fetch (release_id, previous_id, actor_id, refs, attempts, due_at) \
         VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (release_id) DO UPDATE SET previous_id = excluded.previous_id, \
         actor_id = excluded.actor_id, refs = excluded.refs, attempts = 0, due_at = excluded.due_at",
    );
    tx.execute_one(query.bind(release).bind(previous).bind(actor).bind(refs).bind(now)).await
}

/// Takes up to `limit` in hand that are due, until `until`.
pub async fn claim(tx: &mut Tx, now: Time, until: Time, limit: i64) -> Result<Vec<Fetch>> {
    // What another node took at the same time is not due any more.
    let query = Query::new(
        "UPDATE release_fetch SET attempts = attempts + 1, due_at = $2 WHERE due_at <= $1 AND id IN \
         (SELECT id FROM release_fetch WHERE due_at <= $1 ORDER BY due_at, id LIMIT $3) RETURNING id",
    );
    let ids: Vec<i64> = tx.all(query.bind(now).bind(until).bind(limit)).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT f.id, f.release_id, r.organization_id, r.version, f.previous_id, f.actor_id, f.refs, f.attempts, f.due_at \
         FROM release_fetch f JOIN release r ON r.id = f.release_id WHERE f.id IN ",
    );
    query.list(ids).push(" ORDER BY f.id");
    tx.all(query).await
}

/// Ends what is in hand, to be done again at `again` if that is a time. Nothing where it is not in hand any more.
pub async fn end(tx: &mut Tx, fetch: &Fetch, again: Option<Time>) -> Result<()> {
    let query = match again {
        Some(at) => Query::new("UPDATE release_fetch SET due_at = $3 WHERE id = $1 AND due_at = $2")
            .bind(fetch.id)
            .bind(fetch.due_at)
            .bind(at),
        None => Query::new("DELETE FROM release_fetch WHERE id = $1 AND due_at = $2")
            .bind(fetch.id)
            .bind(fetch.due_at),
    };
    tx.execute(query).await.map(drop)
}
