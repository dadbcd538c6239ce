//! Counts of what was accepted, dropped here, or dropped by SDKs before it was sent.

use mortise_domain::ProjectId;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A count. hour = epoch seconds / 3600.
    pub struct Outcome {
        pub project_id: ProjectId,
        pub hour: i64,
        /// `accepted`, `rate_limited`, `invalid`, `dropped`, or from SDKs `client_discard`, `client_rate_limited`,
        /// `client_filtered`, `client_sampled`.
        pub source: String,
        /// As in the header `X-Sentry-Rate-Limits`.
        pub category: String,
        pub reason: String,
        pub quantity: i64,
    }
}

/// How many rows one statement adds.
const ROWS_MAX: usize = 100;

/// Adds to the counts. Counts of projects that are gone are left out.
pub async fn add(tx: &mut Tx, outcomes: &[Outcome]) -> Result<()> {
    for rows in outcomes.chunks(ROWS_MAX) {
        let mut query = Query::new(
            "INSERT INTO outcome (project_id, hour, source, category, reason, quantity) \
             SELECT v.project_id, v.hour, v.source, v.category, v.reason, v.quantity FROM (",
        );
        for (position, row) in rows.iter().enumerate() {
            query.push(if position == 0 { "SELECT CAST(" } else { " UNION ALL SELECT CAST(" });
            query.arg(row.project_id).push(" AS BIGINT) AS project_id, CAST(").arg(row.hour);
            query.push(" AS BIGINT) AS hour, CAST(").arg(&row.source).push(" AS TEXT) AS source, CAST(");
            query.arg(&row.category).push(" AS TEXT) AS category, CAST(").arg(&row.reason);
            query.push(" AS TEXT) AS reason, CAST(").arg(row.quantity).push(" AS BIGINT) AS quantity");
        }
        query.push(
            ") AS v WHERE v.project_id IN (SELECT id FROM project) \
             ON CONFLICT (project_id, hour, source, category, reason) \
             DO UPDATE SET quantity = outcome.quantity + excluded.quantity",
        );
        tx.execute(query).await?;
    }
    Ok(())
}

/// The counts of a project from `first_hour` on.
pub async fn since(conn: &mut Conn, project: ProjectId, first_hour: i64) -> Result<Vec<Outcome>> {
    let query = Query::new(
        "SELECT * FROM outcome WHERE project_id = $1 AND hour >= $2 ORDER BY hour, source, category, reason",
    );
    conn.all(query.bind(project).bind(first_hour)).await
}
