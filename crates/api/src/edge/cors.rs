//! Which origins may call, and the header block that every answer of the API carries.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use mortise_domain::{PublicUrl, origin::Origin};
use mortise_service::Caller;
use mortise_wire::errors::ErrorBody;

use super::{Error, Result};

const ALLOW_HEADERS: &str = "X-Sentry-Auth, X-Requested-With, Origin, Accept, Content-Type, Authentication, \
    Authorization, Content-Encoding, sentry-trace, baggage, X-CSRFToken";
const EXPOSE_HEADERS: &str =
    "X-Sentry-Error, X-Sentry-Direct-Hit, X-Hits, X-Max-Hits, Endpoint, Retry-After, Link";
/// How long a browser may keep a preflight's answer, seconds.
const MAX_AGE_S: &str = "3600";

/// The origin of a request, unless absent or `null`.
pub(super) fn origin(headers: &HeaderMap) -> Option<Origin<'_>> {
    Origin::from_header(headers.get(header::ORIGIN)?.to_str().ok()?)
}

/// Refuses an origin from which these credentials may not be used. Requests without token follow the system's rule,
/// which allows every origin.
pub(super) fn check(headers: &HeaderMap, caller: &Caller) -> Result<()> {
    let (Some(origin), Some(auth)) = (origin(headers), &caller.auth) else { return Ok(()) };
    if origin.is_allowed_by(auth.allowed_origins()) {
        return Ok(());
    }
    let body = ErrorBody::Text(format!("Invalid origin: {}", origin.as_str()));
    Err(Error::Status(StatusCode::BAD_REQUEST, body))
}

/// Adds the block to an answer. `allow` lists the methods of the route.
pub(super) fn decorate(
    response: &mut Response,
    request_origin: Option<&HeaderValue>,
    allow: &str,
    public: &PublicUrl,
) {
    let headers = response.headers_mut();
    let origin = request_origin.and_then(|value| value.to_str().ok()).and_then(Origin::from_header);
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if let Ok(allow) = HeaderValue::from_str(allow) {
        headers.insert(header::ALLOW, allow.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow);
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOW_HEADERS));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSE_HEADERS));
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.as_ref().map_or("*", |origin| origin.as_str()));
    if let Some(origin) = origin {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if origin.is_within(public.host()) {
            set(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }
}

/// The answer to a preflight.
pub(super) fn preflight() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_S)];
    (StatusCode::OK, headers).into_response()
}
