//! The client: makes one call within its bounds and records it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use reqwest::{StatusCode, header::HeaderMap, redirect::Policy};
use serde::de::DeserializeOwned;
use url::Host;

use crate::{
    AddressGuard, CallError, Exchange, Lookup, Received, Request, Sent, SystemLookup,
    classify::{classify, millis},
    resolve::{GuardedResolver, permitted},
};

/// Bounds of every call of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time to resolve the name, connect and agree on TLS.
    pub connect_timeout: Duration,
    /// Time for the whole call, body included. A request may have its own.
    pub total_timeout: Duration,
    /// Names and values of the answer's headers together.
    pub response_head_bytes_max: usize,
    /// The answer's body, after decompression.
    pub response_body_bytes_max: usize,
    /// How much of each body is kept in the [`Exchange`].
    pub record_bytes_max: usize,
    /// Idle connections kept per host.
    pub idle_connections_max: usize,
}

impl Limits {
    /// What fits webhooks and most providers.
    pub const STANDARD: Limits = Limits {
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(10),
        response_head_bytes_max: 64 * 1024,
        response_body_bytes_max: 4 * 1024 * 1024,
        record_bytes_max: 16 * 1024,
        idle_connections_max: 4,
    };
}

/// Headers of an answer are refused beyond this number.
const RESPONSE_HEADERS_MAX: usize = 200;

/// How long a name may take to be found when only its addresses are checked.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// What a client is made from. Make one client per purpose (webhooks, providers), so that their connections do not mix.
pub struct EgressConfig {
    guard: AddressGuard,
    user_agent: String,
    limits: Limits,
    lookup: Arc<dyn Lookup>,
}

impl EgressConfig {
    /// With the operating system's name resolution. `user_agent` is sent when a request brings none.
    pub fn new(guard: AddressGuard, user_agent: impl Into<String>, limits: Limits) -> Self {
        Self { guard, user_agent: user_agent.into(), limits, lookup: Arc::new(SystemLookup) }
    }

    /// With another name resolution. Its answers are checked all the same.
    #[must_use]
    pub fn with_lookup(mut self, lookup: impl Lookup) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }
}

/// The HTTP client could not be set up: no usable TLS roots, or a user agent that is no header value.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up")]
pub struct BuildError(#[from] reqwest::Error);

/// A guarded, bounded, recording HTTP client. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Egress {
    client: reqwest::Client,
    /// The same for other sides whose certificates nobody knows. Its connections are its own.
    trusting: reqwest::Client,
    guard: Arc<AddressGuard>,
    limits: Limits,
    lookup: Arc<dyn Lookup>,
}

/// A complete answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status. Redirects are not followed.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
    /// The record of the call.
    pub exchange: Exchange,
}

/// A call without a complete answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Failed {
    /// Why.
    pub error: CallError,
    /// What was sent, and what had come back by then.
    pub exchange: Box<Exchange>,
}

impl Egress {
    /// A client with its own pool of connections.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub fn new(config: EgressConfig) -> Result<Self, BuildError> {
        // Fails only when the process has chosen a provider already, which then stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Arc::new(config.guard);
        let builder = || {
            reqwest::Client::builder()
                .user_agent(config.user_agent.as_str())
                .redirect(Policy::none())
                .no_proxy()
                .retry(reqwest::retry::never())
                .http1_only()
                .http1_max_headers(RESPONSE_HEADERS_MAX)
                .connect_timeout(config.limits.connect_timeout)
                .pool_max_idle_per_host(config.limits.idle_connections_max)
                .dns_resolver(GuardedResolver {
                    guard: Arc::clone(&guard),
                    lookup: Arc::clone(&config.lookup),
                })
        };
        let client = builder().build()?;
        let trusting = builder().danger_accept_invalid_certs(true).build()?;
        Ok(Self { client, trusting, guard, limits: config.limits, lookup: config.lookup })
    }

    /// Checks a URL that will be called later, as a call does before it connects: its form, and the addresses behind its
    /// name. A name that is not found now may be found by then, so it passes; the call itself checks again.
    pub async fn check(&self, url: &str) -> Result<(), CallError> {
        let url = self.guard.check_url(url)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let timeout = CHECK_TIMEOUT.min(self.limits.connect_timeout);
        match tokio::time::timeout(timeout, permitted(&self.guard, &*self.lookup, name)).await {
            Ok(Err(error @ CallError::BlockedAddress { .. })) => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes one call. Every status is an answer; see [`Answer::is_success`].
    pub async fn call(&self, request: Request) -> Result<Answer, Failed> {
        let started = Instant::now();
        let sent = Sent::record(&request, self.limits.record_bytes_max);
        let hidden = request.hidden.clone();
        let total = request.timeout.unwrap_or(self.limits.total_timeout);
        let mut partial = Partial::default();
        let outcome = tokio::time::timeout(total, self.exchange(request, &mut partial))
            .await
            .unwrap_or(Err(CallError::Timeout { limit_ms: millis(total) }));
        let Partial { head, body } = partial;
        let response = head.as_ref().map(|(status, headers)| {
            Received::record(status.as_u16(), headers, &body, self.limits.record_bytes_max, &hidden)
        });
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let exchange = Exchange { request: sent, response, duration_us };
        match (outcome, head) {
            (Ok(()), Some((status, headers))) => {
                Ok(Answer { status, headers, body: body.freeze(), exchange })
            }
            (Ok(()), None) => Err(Failed { error: CallError::Reset, exchange: Box::new(exchange) }),
            (Err(error), _) => Err(Failed { error, exchange: Box::new(exchange) }),
        }
    }

    /// Sends, and reads into `partial`, which keeps what was read when this is cut off.
    async fn exchange(&self, request: Request, partial: &mut Partial) -> Result<(), CallError> {
        let url = self.guard.check_url(&request.url)?;
        let headers = request.header_map()?;
        let client = if request.any_certificate { &self.trusting } else { &self.client };
        let call = client.request(request.method, url).headers(headers).body(request.body);
        let response = call.send().await.map_err(|error| classify(&error, &self.limits))?;
        let head = partial.head.insert((response.status(), response.headers().clone()));
        let head_bytes: usize = head.1.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if head_bytes > self.limits.response_head_bytes_max {
            let limit_bytes = self.limits.response_head_bytes_max;
            // What is too large to read is too large to keep.
            head.1.clear();
            return Err(CallError::HeadersTooLarge { limit_bytes });
        }
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| classify(&error, &self.limits))?;
            let room = self.limits.response_body_bytes_max - partial.body.len();
            partial.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Err(CallError::BodyTooLarge { limit_bytes: self.limits.response_body_bytes_max });
            }
        }
        Ok(())
    }
}

/// What has come back so far.
#[derive(Default)]
struct Partial {
    head: Option<(StatusCode, HeaderMap)>,
    body: BytesMut,
}

impl Answer {
    /// Whether the status is in the 200s.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// The value of a header, if it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON of the type wanted.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| CallError::NotJson { reason: error.to_string() })
    }
}
