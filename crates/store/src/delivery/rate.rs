//! How often a subscriber is told.

use mortise_domain::DeliveryId;

use crate::{Conn, Query, Result};

/// The windows in which deliveries are counted, microseconds: the minutes of the clock.
const WINDOW_US: i64 = 60_000_000;

/// Those of these deliveries that came after `max` others to the same subscriber in the same minute. It is the same
/// for a delivery however often it is asked, so one that is tried again keeps its turn.
pub async fn beyond_rate(conn: &mut Conn, ids: &[DeliveryId], max: u32) -> Result<Vec<DeliveryId>> {
    if ids.is_empty() || max == 0 {
        return Ok(ids.to_vec());
    }
    let mut query = Query::new(
        "SELECT d.id FROM delivery d WHERE (SELECT e.created_at FROM delivery e WHERE e.subscriber = d.subscriber \
         AND e.id < d.id ORDER BY e.id DESC LIMIT 1 OFFSET ",
    );
    query.arg(i64::from(max) - 1).push(") >= d.created_at - d.created_at % ").arg(WINDOW_US);
    query.push(" AND d.id IN ").list(ids.iter().copied());
    conn.all(query).await
}
