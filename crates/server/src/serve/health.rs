//! What machines ask to know how the server is.
//!
//! | path | answers |
//! |---|---|
//! | `/healthz`, `/_health/` | the process is alive |
//! | `/readyz` | the database answers, and how far the workers are behind |
//! | `/metrics` | everything that is counted, for Prometheus; for the networks in `metrics.allow` only |

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Extension, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use mortise_domain::Time;
use mortise_service::Ctx;
use mortise_store::{Store, backlog};
use serde_json::json;

use super::client::Origin;
use crate::config::{Config, Role};

/// A worker that is this far behind says that it is not ready, seconds.
const LAG_MAX_S: f64 = 300.0;

/// What the answers are made from.
#[derive(Clone)]
pub(crate) struct Health(Arc<Parts>);

struct Parts {
    ctx: Ctx,
    role: Role,
    metrics: PrometheusHandle,
    readers: Vec<IpNet>,
}

impl Health {
    /// For this node.
    pub(crate) fn new(config: &Config, ctx: &Ctx, metrics: PrometheusHandle) -> Self {
        let readers = config.metrics.allow.clone();
        Self(Arc::new(Parts { ctx: ctx.clone(), role: config.role, metrics, readers }))
    }
}

/// The routes.
pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/_health/", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn alive() -> &'static str {
    "ok"
}

/// A node that answers requests is ready when the database is, however far the workers are behind: taking it away would
/// not help them. A worker alone is not ready when it is far behind.
async fn ready(State(health): State<Health>) -> Response {
    let parts = &*health.0;
    let (status, body) = match measure(&parts.ctx).await {
        Ok(lag) => {
            let is_ready = parts.role != Role::Worker || lag.worst_s() <= LAG_MAX_S;
            let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            (
                status,
                json!({
                    "ready": is_ready,
                    "database": "ok",
                    "schema": Store::newest_schema(),
                    "events": {"waiting": lag.events, "lag_seconds": lag.events_s},
                    "deliveries": {"waiting": lag.deliveries, "lag_seconds": lag.deliveries_s},
                }),
            )
        }
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, json!({"ready": false, "database": "does not answer"}))
        }
    };
    (status, Json(body)).into_response()
}

async fn metrics(
    State(health): State<Health>,
    Extension(origin): Extension<Origin>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
) -> Response {
    let parts = &*health.0;
    let address = client.ip().to_canonical();
    if origin.is_hidden || !parts.readers.iter().any(|network| network.contains(&address)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match measure(&parts.ctx).await {
        Ok(lag) => lag.gauge(),
        Err(error) => tracing::warn!(%error, "metrics without the workers' lag"),
    }
    metrics::counter!("mortise_store_statements_total").absolute(parts.ctx.store.statements());
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (content_type, parts.metrics.render()).into_response()
}

/// How far the workers are behind.
struct Lag {
    events: i64,
    events_s: f64,
    deliveries: i64,
    deliveries_s: f64,
}

impl Lag {
    fn worst_s(&self) -> f64 {
        self.events_s.max(self.deliveries_s)
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge of Prometheus is a floating point number")]
    fn gauge(&self) {
        metrics::gauge!("mortise_outbox_events_waiting").set(self.events as f64);
        metrics::gauge!("mortise_outbox_lag_seconds").set(self.events_s);
        metrics::gauge!("mortise_deliveries_waiting").set(self.deliveries as f64);
        metrics::gauge!("mortise_deliveries_lag_seconds").set(self.deliveries_s);
    }
}

async fn measure(ctx: &Ctx) -> mortise_service::Result<Lag> {
    let now = ctx.now();
    let found = backlog::backlog(&mut *ctx.store.read().await?, now).await?;
    let since = |then: Option<Time>| then.map_or(0.0, |then| now.duration_since(then).as_secs_f64().max(0.0));
    Ok(Lag {
        events: found.events,
        events_s: since(found.oldest_event),
        deliveries: found.deliveries,
        deliveries_s: since(found.oldest_due),
    })
}
