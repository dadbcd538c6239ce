//! How far the workers are behind.

use mortise_domain::Time;

use crate::{Conn, Query, Result, row};

row! {
    /// What waits.
    pub struct Backlog {
        /// Events whose subscribers were not looked up yet.
        pub events: i64,
        /// When the oldest of them happened.
        pub oldest_event: Option<Time>,
        /// Deliveries that are due.
        pub deliveries: i64,
        /// Since when the longest of them is due.
        pub oldest_due: Option<Time>,
    }
}

/// What waits now.
pub async fn backlog(conn: &mut Conn, now: Time) -> Result<Backlog> {
    let query = Query::new(
        "SELECT (SELECT COUNT(*) FROM event WHERE dispatched_at IS NULL) AS events, \
         (SELECT MIN(created_at) FROM event WHERE dispatched_at IS NULL) AS oldest_event, \
         (SELECT COUNT(*) FROM delivery WHERE state = 0 AND due_at <= $1) AS deliveries, \
         (SELECT MIN(due_at) FROM delivery WHERE state = 0 AND due_at <= $1) AS oldest_due",
    );
    conn.one(query.bind(now)).await
}
