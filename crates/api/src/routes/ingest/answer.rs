//! Answers to SDKs: accepted, refused, and the headers that let browsers read both.

use axum::{
    Json,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use mortise_service::ingest::{self, Rejection};
use mortise_wire::{
    envelope::{Accepted, IngestErrorBody},
    rate_limits::{self, ERROR_HEADER, RATE_LIMITS_HEADER, RateLimit},
};

const ALLOW_HEADERS: &str = "x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, \
    authentication, authorization, content-encoding, transfer-encoding";
const EXPOSE_HEADERS: &str = "x-sentry-error, x-sentry-rate-limits, retry-after";
/// How long a browser may keep a preflight's answer, seconds.
const MAX_AGE_S: &str = "3600";

/// Answers preflights, and adds what browsers want to see to every answer.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = if is_preflight { StatusCode::OK.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or_else(|| HeaderValue::from_static("*")));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
    if is_preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOW_HEADERS));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_S));
    }
    response
}

/// 200, and the limits that held back a part.
pub(super) fn accepted(accepted: ingest::Accepted) -> Response {
    let mut response = Json(Accepted { id: accepted.id }).into_response();
    limits(response.headers_mut(), &accepted.limits);
    response
}

/// A refusal on its way out.
#[derive(Debug)]
pub(crate) struct Refused(Rejection);

impl<R: Into<Rejection>> From<R> for Refused {
    fn from(rejection: R) -> Self {
        Self(rejection.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = IngestErrorBody::new(&self.0);
        let mut response = (status, Json(&body)).into_response();
        text(response.headers_mut(), ERROR_HEADER, &body.detail);
        if let Rejection::Limited(reached) = &self.0 {
            limits(response.headers_mut(), reached);
        }
        response
    }
}

fn limits(headers: &mut HeaderMap, limits: &[RateLimit]) {
    if let Some(value) = rate_limits::header_value(limits) {
        text(headers, RATE_LIMITS_HEADER, &value);
    }
    if let Some(seconds) = rate_limits::retry_after_s(limits) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Sets a header to what of a text fits into one.
fn text(headers: &mut HeaderMap, name: &'static str, value: &str) {
    let printable: String =
        value.chars().map(|c| if c.is_ascii() && !c.is_ascii_control() { c } else { '?' }).collect();
    if let Ok(value) = HeaderValue::from_str(&printable) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
