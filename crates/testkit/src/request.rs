//! Requests and answers of tests.

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, Request, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// A request under construction.
#[derive(Debug)]
pub struct RequestBuilder {
    router: Router,
    request: http::request::Builder,
    body: Vec<u8>,
}

impl RequestBuilder {
    pub(crate) fn new(router: Router, method: Method, path: String) -> Self {
        Self { router, request: Request::builder().method(method).uri(path), body: Vec::new() }
    }

    /// With a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// With a session's cookie and its CSRF token.
    #[must_use]
    pub fn session(self, (cookie, csrf): &(String, String)) -> Self {
        let cookies = format!("sentrysid={cookie}; sc={csrf}");
        self.header(header::COOKIE, &cookies).header(HeaderName::from_static("x-csrftoken"), csrf)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: impl TryInto<HeaderName, Error: Into<http::Error>>, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header(header::CONTENT_TYPE, "application/json").body(body.to_string())
    }

    /// With these bytes as body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let request = self.request.body(Body::from(self.body)).expect("a request");
        let response = match self.router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} is no JSON ({error}): {}", self.status, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Checks the status and hands the answer on; shows the body when it differs.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The cursor of the next page, unless this is the last.
    pub fn next_cursor(&self) -> Option<String> {
        let next = self.header("link").split(',').nth(1)?.to_owned();
        let cursor = next.split("cursor=\"").nth(1)?.split('"').next()?.to_owned();
        next.contains("results=\"true\"").then_some(cursor)
    }
}
