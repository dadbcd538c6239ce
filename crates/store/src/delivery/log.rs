//! The delivery log: what was handed over, what came back, and doing it again.

use mortise_domain::{AppId, AttemptId, DeliveryId, EventId, OrgId, Time, status::DeliveryState};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A delivery.
    pub struct Delivery {
        pub id: DeliveryId,
        pub uuid: String,
        pub event_id: EventId,
        pub organization_id: OrgId,
        pub kind: String,
        pub subscriber: String,
        pub subject: String,
        pub sentry_app_id: Option<AppId>,
        pub state: i64,
        pub attempts: i64,
        pub attempts_before: i64,
        pub due_at: Time,
        pub leased_by: Option<String>,
        pub created_at: Time,
        pub finished_at: Option<Time>,
    }
}

row! {
    /// One try of a delivery.
    pub struct Attempt {
        pub id: AttemptId,
        pub delivery_id: DeliveryId,
        pub number: i64,
        pub started_at: Time,
        pub duration_us: i64,
        pub response_code: Option<i64>,
        pub exchange: Json,
    }
}

row! {
    /// One try without what was sent and received, for lists.
    pub struct AttemptSummary {
        pub delivery_id: DeliveryId,
        pub number: i64,
        pub started_at: Time,
        pub duration_us: i64,
        pub response_code: Option<i64>,
    }
}

row! {
    /// What the event behind a delivery says.
    pub struct EventFacts {
        pub id: EventId,
        pub payload: Json,
        pub created_at: Time,
    }
}

/// What names of subscribers begin with that may have several receivers.
const RECEIVERS: &str = "plugin:";

/// Which deliveries of an organization are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// To whom. `plugin:7/webhooks` are all receivers of that plugin, which have names of their own below it.
    pub subscriber: Option<String>,
    /// About what.
    pub subject: Option<String>,
    /// The event's kind.
    pub kind: Option<String>,
    /// Where they stand.
    pub state: Option<DeliveryState>,
    /// Not older than this.
    pub since: Option<Time>,
    /// Not newer than this.
    pub until: Option<Time>,
}

impl LogFilter {
    /// Appends the conditions; the text before it ends with a condition on the organization.
    fn append(&self, query: &mut Query) {
        if let Some(subscriber) = &self.subscriber {
            query.push(" AND (subscriber = ").arg(subscriber);
            if subscriber.starts_with(RECEIVERS) {
                query.push(" OR substr(subscriber, 1, length(").arg(subscriber).push(") + 1) = ");
                query.arg(format!("{subscriber}/"));
            }
            query.push(")");
        }
        if let Some(subject) = &self.subject {
            query.push(" AND subject = ").arg(subject);
        }
        if let Some(kind) = &self.kind {
            query.push(" AND kind = ").arg(kind);
        }
        if let Some(state) = self.state {
            query.push(" AND state = ").arg(state.number());
        }
        if let Some(since) = self.since {
            query.push(" AND created_at >= ").arg(since);
        }
        if let Some(until) = self.until {
            query.push(" AND created_at <= ").arg(until);
        }
    }
}

/// Deliveries of an organization, newest first, older than `before`.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    filter: &LogFilter,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let mut query = Query::new("SELECT * FROM delivery WHERE organization_id = $1").bind(org);
    filter.append(&mut query);
    if let Some(before) = before {
        query.push(" AND id < ").arg(before);
    }
    query.push(" ORDER BY id DESC LIMIT ").arg(limit);
    conn.all(query).await
}

/// A delivery of an organization.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: DeliveryId) -> Result<Option<Delivery>> {
    let query = Query::new("SELECT * FROM delivery WHERE organization_id = $1 AND id = $2");
    conn.optional(query.bind(org).bind(id)).await
}

/// All tries of a delivery, in order.
pub async fn attempts_of(conn: &mut Conn, id: DeliveryId) -> Result<Vec<Attempt>> {
    conn.all(Query::new("SELECT * FROM attempt WHERE delivery_id = $1 ORDER BY number").bind(id)).await
}

/// The last try of each of these deliveries that was tried.
pub async fn last_attempts(conn: &mut Conn, ids: &[DeliveryId]) -> Result<Vec<AttemptSummary>> {
    let mut query = Query::new(
        "SELECT a.delivery_id, a.number, a.started_at, a.duration_us, a.response_code FROM delivery d \
         JOIN attempt a ON a.delivery_id = d.id AND a.number = d.attempts WHERE d.id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}

/// What these events say.
pub async fn event_facts(conn: &mut Conn, ids: &[EventId]) -> Result<Vec<EventFacts>> {
    let mut query = Query::new("SELECT id, payload, created_at FROM event WHERE id IN ");
    query.list(ids.iter().copied());
    conn.all(query).await
}

/// Makes a finished delivery due again, with a fresh schedule. Whether there was one.
pub async fn replay(tx: &mut Tx, org: OrgId, id: DeliveryId, now: Time) -> Result<bool> {
    tx.appended = true;
    let query = Query::new(
        "UPDATE delivery SET state = 0, attempts_before = attempts, due_at = $3, finished_at = NULL \
         WHERE organization_id = $1 AND id = $2 AND state <> 0",
    );
    Ok(tx.execute(query.bind(org).bind(id).bind(now)).await? > 0)
}

/// Makes every delivery that failed for good and fits the filter due again. How many.
pub async fn replay_failed(tx: &mut Tx, org: OrgId, filter: &LogFilter, now: Time) -> Result<u64> {
    tx.appended = true;
    let mut query = Query::new(
        "UPDATE delivery SET state = 0, attempts_before = attempts, due_at = $2, finished_at = NULL \
         WHERE organization_id = $1 AND state = 2",
    )
    .bind(org)
    .bind(now);
    filter.append(&mut query);
    tx.execute(query).await
}
