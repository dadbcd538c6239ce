//! The API's own rate limit: off unless the operator switches it on, and then visible in the headers of every answer.
//!
//! Each route and method counts for itself, per user, per organization for apps, per address for everybody else.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use mortise_domain::Time;
use mortise_service::{
    Auth, Caller,
    limits::{RateLimit, Usage},
};
use mortise_wire::errors::ErrorBody;

use super::authorization::client_of;

/// How many requests of one caller may run at once on one route, as clients are told; they size their pools by it.
const CONCURRENT_MAX: u32 = 40;

/// Routes with limits of their own: path without its organization, method, requests, window in seconds.
const TIGHTER: &[(&str, Method, u32, i64)] = &[
    ("/issues/{issue}/", Method::GET, 5, 1),
    ("/issues/{issue}/", Method::PUT, 5, 1),
    ("/issues/{issue}/", Method::DELETE, 5, 5),
    ("/issues/{issue}/events/{event}/", Method::GET, 15, 1),
    ("/eventids/{event}/", Method::GET, 1, 1),
    ("/auth/validate/", Method::GET, 1250, 60),
];

/// The limits of one route.
#[derive(Debug)]
pub(super) struct RouteLimits {
    by_method: Vec<(Method, RateLimit)>,
    in_flight: Arc<AtomicU32>,
}

/// What one request used up. While this lives, the request counts as running.
#[derive(Debug)]
pub(super) struct Spent {
    usage: Usage,
    concurrent: u32,
    in_flight: Arc<AtomicU32>,
}

impl Drop for Spent {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl RouteLimits {
    /// The limits of a route, with `per_second` requests where it has none of its own.
    pub(super) fn new(path: &str, methods: &[Method], per_second: u32) -> Self {
        let limit = |method: &Method| {
            let own = TIGHTER.iter().find(|(end, of, ..)| of == method && is_route(path, end));
            own.map_or_else(
                || RateLimit::new(per_second, 1),
                |(_, _, max, window)| RateLimit::new(*max, *window),
            )
        };
        let by_method = methods.iter().map(|method| (method.clone(), limit(method))).collect();
        Self { by_method, in_flight: Arc::default() }
    }

    /// Counts a request; `None` for a method without handler.
    pub(super) fn spend(&self, parts: &Parts, caller: Option<&Caller>, now: Time) -> Option<Spent> {
        let (_, limit) = self.by_method.iter().find(|(method, _)| *method == parts.method)?;
        let concurrent = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        let usage = limit.count(&key(parts, caller), now);
        Some(Spent { usage, concurrent, in_flight: Arc::clone(&self.in_flight) })
    }
}

impl Spent {
    /// Whether the request is within the limit.
    pub(super) fn is_allowed(&self) -> bool {
        self.usage.is_allowed()
    }

    /// The answer to a request beyond the limit; its `Allow` names the method alone.
    pub(super) fn refusal(&self) -> Option<Response> {
        if self.is_allowed() {
            return None;
        }
        let Usage { max, window_s, .. } = self.usage;
        let text = format!(
            "You are attempting to use this endpoint too frequently. Limit is {max} requests in {window_s} seconds"
        );
        let body = serde_json::to_string(&ErrorBody::Text(text)).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        Some((StatusCode::TOO_MANY_REQUESTS, kind, body).into_response())
    }

    /// Tells the caller.
    pub(super) fn decorate(&self, response: &mut Response) {
        let figures = [
            ("x-sentry-rate-limit-remaining", i64::from(self.usage.remaining())),
            ("x-sentry-rate-limit-limit", i64::from(self.usage.max)),
            ("x-sentry-rate-limit-reset", self.usage.resets_at.as_second()),
            (
                "x-sentry-rate-limit-concurrentremaining",
                i64::from(CONCURRENT_MAX.saturating_sub(self.concurrent)),
            ),
            ("x-sentry-rate-limit-concurrentlimit", i64::from(CONCURRENT_MAX)),
        ];
        for (name, value) in figures {
            response.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
}

/// Whether a path is `/api/0` + `end`, or the same within an organization.
fn is_route(path: &str, end: &str) -> bool {
    let within = path.strip_prefix("/api/0").unwrap_or(path);
    within.strip_prefix("/organizations/{org}").unwrap_or(within) == end
}

fn key(parts: &Parts, caller: Option<&Caller>) -> String {
    match caller.map(|caller| (&caller.user, &caller.auth)) {
        Some((Some(user), Some(Auth::Token(token)))) if user.is_sentry_app => match token.installation {
            Some((_, org)) => format!("org:{org}"),
            None => format!("user:{}", user.id),
        },
        Some((Some(user), _)) => format!("user:{}", user.id),
        Some((None, Some(Auth::OrgToken { org, .. } | Auth::ApiKey { org, .. }))) => format!("org:{org}"),
        _ => client_of(parts).ip.map_or_else(|| "ip:unknown".to_owned(), |ip| format!("ip:{ip}")),
    }
}
