//! The listener: HTTP/1.1 with bounds on everything that a client could draw out. A proxy in front speaks HTTP/2 and TLS.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;
use tower::{Layer as _, service_fn};
use tower_http::timeout::RequestBodyTimeoutLayer;

use super::{client::Proxies, observe::observed, rest::with_rest};

/// How long the head of a request may take, and an idle connection stay open.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a client may pause within a body.
const BODY_PAUSE_MAX: Duration = Duration::from_secs(30);
/// The head of a request, bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Header lines of a request.
const HEADERS_MAX: usize = 100;
/// Connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 4096;
/// How long accepting pauses when the system is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts and answers until `stop`, then finishes what runs, for `drain_time_max` at most.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    proxies: Proxies,
    stop: CancellationToken,
    drain_time_max: Duration,
) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let connections = GracefulShutdown::new();
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection(stream, peer, app.clone(), proxies.clone());
                let connection = connections.watch(connection);
                tokio::spawn(async move {
                    // Clients that go away or talk nonsense are their own affair.
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(drain_time_max, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still running when the time to finish them was over");
    }
}

type Service = TowerToHyperService<
    tower::util::BoxCloneSyncService<Request<Incoming>, axum::response::Response, Infallible>,
>;

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    proxies: Proxies,
) -> http1::Connection<TokioIo<TcpStream>, Service> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection without TCP_NODELAY");
    }
    let bounded = RequestBodyTimeoutLayer::new(BODY_PAUSE_MAX).layer(app);
    // Around the router as a whole: a layer of the router would be boxed for every request, at every route.
    let service = service_fn(move |mut request: Request<Incoming>| {
        proxies.note_client(&mut request, peer);
        observed(bounded.clone(), with_rest(request))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .half_close(false)
        .serve_connection(
            TokioIo::new(stream),
            TowerToHyperService::new(tower::util::BoxCloneSyncService::new(service)),
        )
}
