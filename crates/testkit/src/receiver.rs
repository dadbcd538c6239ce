//! A receiver of webhooks on a port of this machine: keeps what it gets, answers as told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, extract::State, response::IntoResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use tokio::{net::TcpListener, task::JoinHandle};

/// How long tests wait for something that should come at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Received {
    /// `GET`, `POST`, ...
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// When.
    pub at: Instant,
}

impl Received {
    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// How to answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    delay: Duration,
    body: String,
}

impl Reply {
    /// With this status, at once, without body.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// 200 with this JSON.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::status(200).body(body.to_string())
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// After a while.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

#[derive(Debug, Default)]
struct Shared {
    received: Vec<Received>,
    /// For the next requests, in order; the last one stays.
    replies: Vec<Reply>,
}

/// The receiver; it stops when dropped.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    server: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Receiver {
    /// Listens on a free port and answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Mutex::new(Shared::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving does not end");
        });
        Self { address, shared, server }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// How the next requests are answered, in order; the last reply is for all that follow.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.shared).replies = replies.into_iter().collect();
    }

    /// What has come in so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared).received.clone()
    }

    /// Waits until at least so many requests came in.
    #[track_caller]
    pub fn wait_for(&self, count: usize) -> impl Future<Output = Vec<Received>> {
        let shared = Arc::clone(&self.shared);
        async move {
            let started = Instant::now();
            loop {
                let received = lock(&shared).received.clone();
                if received.len() >= count {
                    return received;
                }
                assert!(started.elapsed() < PATIENCE, "{} of {count} requests came", received.len());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let reply = {
        let mut shared = lock(&shared);
        let path = uri.to_string();
        shared.received.push(Received {
            method: method.to_string(),
            path,
            headers,
            body: body.to_vec(),
            at: Instant::now(),
        });
        match shared.replies.len() {
            0 => Reply::status(200),
            1 => shared.replies[0].clone(),
            _ => shared.replies.remove(0),
        }
    };
    tokio::time::sleep(reply.delay).await;
    let mut headers = HeaderMap::new();
    for (name, value) in reply.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    (StatusCode::from_u16(reply.status).expect("a status"), headers, reply.body)
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
