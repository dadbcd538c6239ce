//! The forms of a good answer.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use mortise_service::Ctx;
use mortise_wire::datetime::http_date;
use serde::Serialize;

use super::error::internal;

/// What most answers fit into, bytes.
const BODY_BYTES: usize = 1024;

/// An answer with a body. A vector takes many small pieces cheaper than what `axum::Json` writes into.
fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let mut bytes = Vec::with_capacity(BODY_BYTES);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => {
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            (status, [kind], bytes).into_response()
        }
        Err(error) => internal(&error),
    }
}

/// 200 with a body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

/// 201 with a body.
#[derive(Debug)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        json(StatusCode::CREATED, &self.0)
    }
}

/// 202 with a body.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        json(StatusCode::ACCEPTED, &self.0)
    }
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// A status without a body.
#[derive(Debug, Clone, Copy)]
pub struct Empty(pub StatusCode);

impl IntoResponse for Empty {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// 200 with a page's rows (or an object that holds them) and the headers that lead to its neighbours.
#[derive(Debug)]
pub struct Paged<T> {
    pub(crate) body: T,
    pub(crate) link: String,
    pub(crate) extra: Vec<(HeaderName, String)>,
}

impl<T> Paged<T> {
    /// Adds a header, such as `x-hits`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }
}

impl<T: Serialize> IntoResponse for Paged<T> {
    fn into_response(self) -> Response {
        let mut response = json(StatusCode::OK, &self.body);
        let headers = self.extra.into_iter().chain([(header::LINK, self.link)]);
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// What an answer says of who may keep it: nobody.
const NEVER_CACHED: &str = "max-age=0, no-cache, no-store, must-revalidate, private";

/// An answer that nobody may keep.
pub fn uncached(ctx: &Ctx, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER_CACHED));
    if let Ok(now) = HeaderValue::from_str(&http_date(ctx.now())) {
        headers.insert(header::EXPIRES, now);
    }
    response
}
