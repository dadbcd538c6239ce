//! What an app or a documentation integration is good for, by number.

use mortise_domain::Time;

use crate::{Conn, Query, Result, Tx};

/// What has features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A Sentry App.
    App,
    /// A documentation integration.
    DocIntegration,
}

impl Target {
    fn number(self) -> i64 {
        match self {
            Self::App => 0,
            Self::DocIntegration => 1,
        }
    }
}

/// Leaves something with these features alone.
pub async fn set(tx: &mut Tx, target: Target, id: i64, features: &[i64], now: Time) -> Result<()> {
    let mut query = Query::new("DELETE FROM integration_feature WHERE target_type = ");
    query.arg(target.number()).push(" AND target_id = ").arg(id).push(" AND NOT feature IN ");
    // No feature is -1: the list is never empty.
    query.list(features.iter().copied().chain([-1]));
    tx.execute(query).await?;
    for feature in features {
        let query = Query::new(
            "INSERT INTO integration_feature (target_type, target_id, feature, date_added) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (target_type, target_id, feature) DO NOTHING",
        );
        tx.execute(query.bind(target.number()).bind(id).bind(*feature).bind(now)).await?;
    }
    Ok(())
}

/// The features of these, as pairs of id and feature.
pub async fn list(conn: &mut Conn, target: Target, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let mut query = Query::new("SELECT target_id, feature FROM integration_feature WHERE target_type = ");
    query.arg(target.number()).push(" AND target_id IN ").list(ids.iter().copied());
    query.push(" ORDER BY target_id, feature");
    conn.all(query).await
}
