//! `mortise serve`: puts the router and the workers together, and takes them down in order.
//!
//! Start: listen (so that a taken port is told first), open the database, make the first owner if there is nobody, start
//! the workers, accept. Stop, on SIGTERM or SIGINT: accept no more, finish the requests that run, let the workers finish
//! or give back what they have in hand, close the database. What is not done after [`DRAIN_TIME_MAX`] is left: every
//! acknowledged write is on disk, and leases end by themselves.

mod banner;
mod client;
mod first_start;
mod health;
mod http;
mod observe;
mod rest;
mod workers;

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use mortise_service::{Ctx, ingest, integrations};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use crate::{config::Config, context, telemetry};

pub(crate) use workers::KEYS_POLL_INTERVAL;

/// How long shutting down may take.
const DRAIN_TIME_MAX: Duration = Duration::from_secs(30);
/// How long requests that run may take of it; the workers have the rest.
const REQUESTS_TIME_MAX: Duration = Duration::from_secs(20);

/// Serves until a signal comes.
pub(crate) async fn run(config: &Config) -> Result<()> {
    let signals = Signals::listen()?;
    let listener = TcpListener::bind(config.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let metrics = telemetry::start_metrics()?;
    let opened = context::open(config, address).await?;
    let ctx = opened.ctx.clone();
    if config.role.answers() {
        first_start::prepare(&ctx).await?;
    }
    let stop = CancellationToken::new();
    let mail = config.mail.route()?;
    let workers = workers::start(config, &ctx, &metrics, mail, &stop);
    banner::print(config, &ctx, address);
    let app = router(config, &ctx, health::Health::new(config, &ctx, metrics));
    let proxies = client::Proxies::of(config);
    let serving = tokio::spawn(http::serve(listener, app, proxies, stop.clone(), REQUESTS_TIME_MAX));
    signals.wait().await;
    tracing::info!("stopping: no new requests, finishing what runs");
    stop.cancel();
    let drained = async {
        // A panic of the accept loop was logged where it happened; the workers are drained all the same.
        let _ = serving.await;
        workers.finish().await;
        // A failure is logged; only counts are lost.
        let _ = ingest::flush_outcomes(&ctx).await;
        let _ = integrations::flush_calls(&ctx).await;
        ctx.store.close().await;
    };
    match tokio::time::timeout(DRAIN_TIME_MAX, drained).await {
        Ok(()) => tracing::info!("stopped"),
        Err(_) => tracing::warn!("stopped with work in hand; it is taken up again on the next start"),
    }
    Ok(())
}

/// Everything that this node answers.
fn router(config: &Config, ctx: &Ctx, health: health::Health) -> Router {
    let mut app = Router::new();
    if config.role.answers() {
        app = app.merge(mortise_api::api(ctx).router).merge(pages(ctx));
    }
    app.merge(health::router(health))
}

fn pages(ctx: &Ctx) -> Router {
    mortise_web::router(ctx.clone()).layer(CompressionLayer::new().gzip(true))
}

/// The signals that end the server. Listened to from the start: one that came earlier than that would kill it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
