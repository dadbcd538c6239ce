//! How often apps are installed, looked at and used.

use mortise_domain::{AppId, Time};

use crate::{Conn, Query, Result, Tx, row};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Somebody looked at an app; the name is its id.
    Viewed,
    /// Somebody used a component; the name is the app's slug, a colon, and the type of the component.
    ComponentUsed,
}

impl Counted {
    fn number(self) -> i64 {
        match self {
            Self::Viewed => 800,
            Self::ComponentUsed => 801,
        }
    }
}

/// Counts once more in a slot.
pub async fn count_use(
    tx: &mut Tx,
    counted: Counted,
    name: &str,
    resolution_s: i64,
    slot: i64,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO app_counter (kind, name, resolution, slot, count) VALUES ($1, $2, $3, $4, 1) \
         ON CONFLICT (kind, name, resolution, slot) DO UPDATE SET count = app_counter.count + 1",
    );
    tx.execute(query.bind(counted.number()).bind(name).bind(resolution_s).bind(slot)).await?;
    Ok(())
}

/// The counts of these slots, ends included, as (slot, count); slots without any are left out.
pub async fn uses(
    conn: &mut Conn,
    counted: Counted,
    name: &str,
    resolution_s: i64,
    (first, last): (i64, i64),
) -> Result<Vec<(i64, i64)>> {
    let query = Query::new(
        "SELECT slot, count FROM app_counter WHERE kind = $1 AND name = $2 AND resolution = $3 \
         AND slot >= $4 AND slot <= $5",
    );
    conn.all(query.bind(counted.number()).bind(name).bind(resolution_s).bind(first).bind(last)).await
}

/// Forgets slots of a resolution before one.
pub async fn purge_uses(tx: &mut Tx, resolution_s: i64, before: i64) -> Result<u64> {
    let query = Query::new("DELETE FROM app_counter WHERE resolution = $1 AND slot < $2");
    tx.execute(query.bind(resolution_s).bind(before)).await
}

/// How many installations an app ever had, and how many of them ended.
pub async fn install_totals(conn: &mut Conn, app: AppId) -> Result<(i64, i64)> {
    let query = Query::new(
        "SELECT COUNT(*), COUNT(date_deleted) FROM sentry_app_installation WHERE sentry_app_id = $1",
    );
    conn.one(query.bind(app)).await
}

/// When the installations of an app that began in this time began and ended.
pub async fn installed_between(
    conn: &mut Conn,
    app: AppId,
    (since, until): (Time, Time),
) -> Result<Vec<(Time, Option<Time>)>> {
    let query = Query::new(
        "SELECT date_added, date_deleted FROM sentry_app_installation WHERE sentry_app_id = $1 \
         AND date_added >= $2 AND date_added <= $3 ORDER BY id",
    );
    conn.all(query.bind(app).bind(since).bind(until)).await
}

row! {
    /// An app and where it is installed now.
    pub struct InstallCount {
        pub id: AppId,
        pub uuid: String,
        pub slug: String,
        pub name: String,
        pub installs: i64,
    }
}

/// Apps by how often they are installed, most first: without those that all have uninstalled.
pub async fn install_counts(conn: &mut Conn, limit: Option<i64>) -> Result<Vec<InstallCount>> {
    let mut query = Query::new(
        "SELECT a.id, a.uuid, a.slug, a.name, COUNT(i.id) AS installs FROM sentry_app a \
         LEFT JOIN sentry_app_installation i ON i.sentry_app_id = a.id AND i.date_deleted IS NULL \
         WHERE a.date_deleted IS NULL AND (i.id IS NOT NULL OR NOT EXISTS \
         (SELECT 1 FROM sentry_app_installation e WHERE e.sentry_app_id = a.id)) \
         GROUP BY a.id, a.uuid, a.slug, a.name ORDER BY installs DESC, a.id",
    );
    if let Some(limit) = limit {
        query.push(" LIMIT ").arg(limit);
    }
    conn.all(query).await
}

/// The types of an app's components.
pub async fn component_types(conn: &mut Conn, app: AppId) -> Result<Vec<String>> {
    let query = Query::new("SELECT type FROM sentry_app_component WHERE sentry_app_id = $1 ORDER BY id");
    conn.all(query.bind(app)).await
}
