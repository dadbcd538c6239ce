//! Calls to the other side per integration and day (UTC, days since 1970), for deciding whether an integration is broken.

use mortise_domain::{IntegrationId, OrgId};

use crate::{Conn, Query, Result, Tx, row};

/// Calls of a day by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// Answered.
    pub successes: i64,
    /// Refused, or not answered.
    pub errors: i64,
    /// Those after which nothing can work.
    pub fatals: i64,
}

row! {
    /// Calls of an integration over some days.
    pub struct Calls {
        pub integration_id: IntegrationId,
        pub provider: String,
        pub fatals: i64,
        /// Days that had errors and no successes.
        pub failing_days: i64,
    }
}

const COLUMNS: &str = "SELECT h.integration_id, i.provider, CAST(SUM(h.fatals) AS BIGINT) AS fatals, \
     CAST(SUM(CASE WHEN h.errors > 0 AND h.successes = 0 THEN 1 ELSE 0 END) AS BIGINT) AS failing_days \
     FROM integration_health h JOIN integration i ON i.id = h.integration_id WHERE h.day >= ";

/// How many rows one statement adds.
const ROWS_MAX: usize = 100;

/// Adds to the counts of integrations and days. Integrations that are gone are left out.
pub async fn add(tx: &mut Tx, counts: &[(IntegrationId, i64, Day)]) -> Result<()> {
    for rows in counts.chunks(ROWS_MAX) {
        let mut query = Query::new(
            "INSERT INTO integration_health (integration_id, day, successes, errors, fatals) \
             SELECT v.integration_id, v.day, v.successes, v.errors, v.fatals FROM (",
        );
        for (position, (integration, day, counts)) in rows.iter().enumerate() {
            query.push(if position == 0 { "SELECT CAST(" } else { " UNION ALL SELECT CAST(" });
            query.arg(*integration).push(" AS BIGINT) AS integration_id, CAST(").arg(*day);
            query
                .push(" AS BIGINT) AS day, CAST(")
                .arg(counts.successes)
                .push(" AS BIGINT) AS successes, CAST(");
            query.arg(counts.errors).push(" AS BIGINT) AS errors, CAST(").arg(counts.fatals);
            query.push(" AS BIGINT) AS fatals");
        }
        query.push(
            ") AS v WHERE v.integration_id IN (SELECT id FROM integration) ON CONFLICT (integration_id, day) \
             DO UPDATE SET successes = integration_health.successes + excluded.successes, \
             errors = integration_health.errors + excluded.errors, \
             fatals = integration_health.fatals + excluded.fatals",
        );
        tx.execute(query).await?;
    }
    Ok(())
}

/// Calls of these integrations of an organization from a day on.
pub async fn of_org(
    conn: &mut Conn,
    org: OrgId,
    ids: &[IntegrationId],
    first_day: i64,
) -> Result<Vec<Calls>> {
    let mut query = Query::new(COLUMNS);
    query.arg(first_day).push(" AND h.integration_id IN ").list(ids.iter().copied());
    query.push(
        " AND EXISTS (SELECT 1 FROM organization_integration o WHERE o.integration_id = h.integration_id \
         AND o.organization_id = ",
    );
    query.arg(org).push(") GROUP BY h.integration_id, i.provider");
    conn.all(query).await
}

/// Calls from a day on of the integrations that are active in an organization and had errors.
pub async fn failing_of_org(conn: &mut Conn, org: OrgId, first_day: i64) -> Result<Vec<Calls>> {
    let mut query = Query::new(COLUMNS);
    query.arg(first_day).push(
        " AND i.status = 0 AND h.integration_id IN (SELECT integration_id FROM organization_integration \
         WHERE status = 0 AND organization_id = ",
    );
    query.arg(org).push(
        ") GROUP BY h.integration_id, i.provider HAVING SUM(h.errors) + SUM(h.fatals) > 0 \
         ORDER BY h.integration_id",
    );
    conn.all(query).await
}

/// Calls of active integrations that had errors from a day on, by id, beginning after one.
pub async fn failing(
    conn: &mut Conn,
    first_day: i64,
    after: IntegrationId,
    limit: i64,
) -> Result<Vec<Calls>> {
    let mut query = Query::new(COLUMNS);
    query.arg(first_day).push(" AND i.status = 0 AND h.integration_id > ").arg(after);
    query.push(
        " GROUP BY h.integration_id, i.provider HAVING SUM(h.errors) + SUM(h.fatals) > 0 \
         ORDER BY h.integration_id LIMIT ",
    );
    query.arg(limit);
    conn.all(query).await
}

/// Forgets the calls of an integration.
pub async fn clear(tx: &mut Tx, id: IntegrationId) -> Result<()> {
    let query = Query::new("DELETE FROM integration_health WHERE integration_id = $1");
    tx.execute(query.bind(id)).await.map(drop)
}

/// Forgets everything up to a day.
pub async fn purge(tx: &mut Tx, last_day: i64) -> Result<u64> {
    tx.execute(Query::new("DELETE FROM integration_health WHERE day <= $1").bind(last_day)).await
}
