//! Calls to apps that are no deliveries, because somebody waited for the answer. With the attempts of deliveries they are
//! what an app's request log shows.

use mortise_domain::{AppId, OrgId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

/// A call that was made.
#[derive(Debug, Clone)]
pub struct NewAppRequest {
    /// Of which app.
    pub app: AppId,
    /// For whom; `None` for internal apps.
    pub org: Option<OrgId>,
    /// What happened, as the log names it: `select_options.requested`.
    pub kind: &'static str,
    /// What was called.
    pub url: String,
    /// The HTTP status, when there was an answer.
    pub response_code: Option<i64>,
    /// What was sent and came back, or why nothing did: `{"request", "response", "duration_us", "error"}`.
    pub exchange: Json,
}

/// Notes a call.
pub async fn insert(tx: &mut Tx, new: &NewAppRequest, now: Time) -> Result<()> {
    let query = Query::new(
        "INSERT INTO app_request (sentry_app_id, organization_id, kind, url, response_code, exchange, date) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    );
    let query = query.bind(new.app).bind(new.org).bind(new.kind).bind(&new.url).bind(new.response_code);
    tx.execute_one(query.bind(&new.exchange).bind(now)).await
}

row! {
    /// A call to an app, delivery or not.
    pub struct AppCall {
        pub organization_id: Option<OrgId>,
        pub kind: String,
        pub response_code: Option<i64>,
        pub exchange: Json,
        pub date: Time,
    }
}

/// The newest calls to an app, newest first, at most `limit`: of one kind, and only those that failed.
pub async fn newest(
    conn: &mut Conn,
    app: AppId,
    kind: Option<&str>,
    failed_only: bool,
    limit: i64,
) -> Result<Vec<AppCall>> {
    let filtered = |mut query: Query| {
        if let Some(kind) = kind {
            query.push(" AND t.kind = ").arg(kind);
        }
        if failed_only {
            query.push(" AND (t.response_code IS NULL OR t.response_code >= 400)");
        }
        query.push(" ORDER BY t.id DESC LIMIT ").arg(limit);
        query
    };
    let deliveries = Query::new(
        "SELECT d.organization_id, t.kind, t.response_code, t.exchange, t.started_at AS date FROM attempt t \
         JOIN delivery d ON d.id = t.delivery_id WHERE t.sentry_app_id = $1",
    );
    let mut calls: Vec<AppCall> = conn.all(filtered(deliveries.bind(app))).await?;
    let others = Query::new(
        "SELECT t.organization_id, t.kind, t.response_code, t.exchange, t.date FROM app_request t \
         WHERE t.sentry_app_id = $1",
    );
    calls.extend(conn.all::<AppCall>(filtered(others.bind(app))).await?);
    calls.sort_by_key(|call| std::cmp::Reverse(call.date));
    calls.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(calls)
}
