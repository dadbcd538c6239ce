//! Leases: who tries a delivery, and until when.

use mortise_domain::{AppId, DeliveryId, EventId, OrgId, Time};

use crate::{Conn, Query, Result, Tx, dialect, row};

/// What a node wants to try.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// The node's name, new with every start.
    pub node: &'a str,
    /// Whose deliveries.
    pub subscriber: &'a str,
    /// The current time.
    pub now: Time,
    /// When the lease ends.
    pub lease_until: Time,
    /// An earlier delivery of the same subject that is due after this no longer holds up later ones.
    pub hold_until: Time,
    /// At most so many.
    pub limit: i64,
}

row! {
    /// A delivery under this node's lease.
    pub struct Claimed {
        pub id: DeliveryId,
        pub uuid: String,
        pub event_id: EventId,
        pub organization_id: OrgId,
        pub kind: String,
        pub subscriber: String,
        pub subject: String,
        pub sentry_app_id: Option<AppId>,
        pub attempts: i64,
        pub attempts_before: i64,
        pub created_at: Time,
    }
}

/// Leases deliveries that are due, oldest first.
///
/// What holds a delivery up is looked for by a subquery with the order of its index instead of `NOT EXISTS`: PostgreSQL
/// plans the latter as a join over the whole backlog while it has no statistics of the table.
pub async fn claim(tx: &mut Tx, claim: &Claim<'_>) -> Result<Vec<Claimed>> {
    macro_rules! text {
        ($lock:literal) => {
            concat!(
                "UPDATE delivery SET leased_by = $1, due_at = $2 WHERE id IN (SELECT d.id FROM delivery d \
                 WHERE d.state = 0 AND d.subscriber = $3 AND d.due_at <= $4 AND (SELECT e.id FROM delivery e \
                 WHERE e.state = 0 AND e.subscriber = d.subscriber AND e.subject = d.subject AND e.id < d.id \
                 AND (e.leased_by IS NOT NULL OR e.due_at <= $5) ORDER BY e.subscriber, e.subject, e.id LIMIT 1) \
                 IS NULL ORDER BY d.due_at, d.id LIMIT $6",
                $lock,
                ") RETURNING id, uuid, event_id, organization_id, kind, subscriber, subject, sentry_app_id, attempts, \
                 attempts_before, created_at"
            )
        };
    }
    let query = dialect::query(tx, text!(""), text!(" FOR UPDATE OF d SKIP LOCKED"));
    let query = query.bind(claim.node).bind(claim.lease_until).bind(claim.subscriber).bind(claim.now);
    let mut claimed: Vec<Claimed> = tx.all(query.bind(claim.hold_until).bind(claim.limit)).await?;
    claimed.sort_unstable_by_key(|delivery| delivery.id);
    Ok(claimed)
}

/// Subscribers with deliveries that are due, in alphabetical order behind `after`. Hops from subscriber to subscriber
/// along the index, so a long backlog of one costs no more than a short one.
pub async fn due_subscribers(conn: &mut Conn, after: &str, now: Time, limit: i64) -> Result<Vec<String>> {
    let query = Query::new(
        "WITH RECURSIVE pending (name) AS (\
         SELECT MIN(subscriber) FROM delivery WHERE state = 0 AND subscriber > $1 UNION ALL \
         SELECT (SELECT MIN(d.subscriber) FROM delivery d WHERE d.state = 0 AND d.subscriber > p.name) \
         FROM pending p WHERE p.name IS NOT NULL) \
         SELECT p.name FROM pending p WHERE p.name IS NOT NULL AND EXISTS (SELECT 1 FROM delivery d \
         WHERE d.state = 0 AND d.subscriber = p.name AND d.due_at <= $2) LIMIT $3",
    );
    conn.all(query.bind(after).bind(now).bind(limit)).await
}

/// Gives back every lease of a node, when it stops.
pub async fn release(tx: &mut Tx, node: &str, now: Time) -> Result<u64> {
    let query =
        Query::new("UPDATE delivery SET leased_by = NULL, due_at = $2 WHERE state = 0 AND leased_by = $1");
    tx.execute(query.bind(node).bind(now)).await
}

/// Gives back every lease: when a node that can only be alone starts, as on SQLite.
pub async fn release_all(tx: &mut Tx, now: Time) -> Result<u64> {
    let query = Query::new(
        "UPDATE delivery SET leased_by = NULL, due_at = $1 WHERE state = 0 AND leased_by IS NOT NULL",
    );
    tx.execute(query.bind(now)).await
}
