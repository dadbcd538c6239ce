//! Calls to apps that are no deliveries, because somebody waited for the answer. With the attempts of deliveries they are
//! what an app's request log shows.

use mortise_domain::{AppId, OrgId, Time};
use serde_json::Value as Json;

use crate::{Query, Result, Tx};

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
