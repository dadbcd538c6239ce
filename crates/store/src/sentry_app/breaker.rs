//! How webhooks of internal apps went, counted by day.

use mortise_domain::{AppId, OrgId, status::AppStatus};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// The counts of one day: epoch seconds / 86400.
    pub struct BreakerDay {
        pub sentry_app_id: AppId,
        pub organization_id: OrgId,
        pub day: i64,
        pub successes: i64,
        pub errors: i64,
        pub timeouts: i64,
    }
}

/// Those of these apps that are internal and not switched off.
pub async fn breakable(conn: &mut Conn, apps: &[AppId]) -> Result<Vec<AppId>> {
    let mut query = Query::new(
        "SELECT id FROM sentry_app WHERE is_disabled = FALSE AND date_deleted IS NULL AND status = ",
    );
    query.arg(AppStatus::Internal.number()).push(" AND id IN ").list(apps.iter().copied());
    conn.all(query).await
}

/// Adds to the counts. Rows come in one order from every node, so that two do not wait for each other.
pub async fn count_outcomes(tx: &mut Tx, rows: &[BreakerDay]) -> Result<()> {
    let mut query = Query::new(
        "INSERT INTO sentry_app_breaker (sentry_app_id, organization_id, day, successes, errors, timeouts) VALUES ",
    );
    for (position, row) in rows.iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" });
        query.arg(row.sentry_app_id).push(", ").arg(row.organization_id).push(", ").arg(row.day);
        query.push(", ").arg(row.successes).push(", ").arg(row.errors).push(", ").arg(row.timeouts);
        query.push(")");
    }
    query.push(
        " ON CONFLICT (sentry_app_id, organization_id, day) DO UPDATE SET \
         successes = sentry_app_breaker.successes + excluded.successes, \
         errors = sentry_app_breaker.errors + excluded.errors, \
         timeouts = sentry_app_breaker.timeouts + excluded.timeouts",
    );
    tx.execute(query).await?;
    Ok(())
}

/// The counts of these apps since a day.
pub async fn outcomes_since(conn: &mut Conn, apps: &[AppId], day: i64) -> Result<Vec<BreakerDay>> {
    let mut query = Query::new("SELECT * FROM sentry_app_breaker WHERE day >= ");
    query.arg(day).push(" AND sentry_app_id IN ").list(apps.iter().copied());
    query.push(" ORDER BY sentry_app_id, organization_id, day");
    conn.all(query).await
}

/// Forgets the counts of an app.
pub async fn forget_outcomes(tx: &mut Tx, app: AppId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM sentry_app_breaker WHERE sentry_app_id = $1").bind(app)).await?;
    Ok(())
}

/// Forgets days before one.
pub async fn purge_outcomes(tx: &mut Tx, before: i64) -> Result<u64> {
    tx.execute(Query::new("DELETE FROM sentry_app_breaker WHERE day < $1").bind(before)).await
}
