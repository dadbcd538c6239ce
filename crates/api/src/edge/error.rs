//! From refusals to answers: one exhaustive match. What is ours becomes a 500 with an id, logged once.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use mortise_domain::{Ids, SystemIds};
use mortise_service::Error as Refusal;
use mortise_wire::errors::{self as texts, ErrorBody};

/// A refusal on its way out.
#[derive(Debug)]
pub enum Error {
    /// What a use case refused or failed with.
    Service(Refusal),
    /// What only the edge refuses.
    Status(StatusCode, ErrorBody),
}

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl<E: Into<Refusal>> From<E> for Error {
    fn from(error: E) -> Self {
        Error::Service(error.into())
    }
}

impl Error {
    /// An answer with `{"detail": text}`.
    pub fn detail(status: StatusCode, text: impl Into<String>) -> Self {
        Error::Status(status, ErrorBody::detail(text))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Error::Status(status, body) => with_body(status, body),
            Error::Service(refusal) => answer(refusal),
        }
    }
}

fn with_body(status: StatusCode, body: ErrorBody) -> Response {
    match body {
        ErrorBody::Empty => status.into_response(),
        body => (status, Json(body)).into_response(),
    }
}

fn answer(refusal: Refusal) -> Response {
    let (status, body) = match refusal {
        Refusal::NoSuchResource => (StatusCode::NOT_FOUND, ErrorBody::detail(texts::NO_SUCH_RESOURCE)),
        Refusal::NotFound => (StatusCode::NOT_FOUND, ErrorBody::detail(texts::NOT_FOUND)),
        Refusal::Missing(body) => (StatusCode::NOT_FOUND, body),
        Refusal::NotAuthenticated => (StatusCode::UNAUTHORIZED, ErrorBody::detail(texts::NOT_AUTHENTICATED)),
        Refusal::Unauthorized(body) => (StatusCode::UNAUTHORIZED, body),
        Refusal::Forbidden => (StatusCode::FORBIDDEN, ErrorBody::detail(texts::FORBIDDEN)),
        Refusal::Refused(body) => (StatusCode::FORBIDDEN, body),
        Refusal::Invalid(body) => (StatusCode::BAD_REQUEST, body),
        Refusal::Conflict(body) => (StatusCode::CONFLICT, body),
        Refusal::Gone(body) => (StatusCode::GONE, body),
        Refusal::TooLarge(body) => (StatusCode::PAYLOAD_TOO_LARGE, body),
        Refusal::TooMany(body) => (StatusCode::TOO_MANY_REQUESTS, body),
        Refusal::Relayed { status, body } => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), body)
        }
        Refusal::Unconfigured(text) => (StatusCode::UNPROCESSABLE_ENTITY, ErrorBody::detail(text)),
        // The endpoint's layer knows the path and completes the answer.
        Refusal::Moved { slug } => {
            return (StatusCode::FOUND, axum::Extension(MovedTo(slug))).into_response();
        }
        Refusal::Upstream(detail) => {
            let error_id = SystemIds.hex(16);
            tracing::warn!(error.id = %error_id, %detail, "the service on the other side failed");
            (StatusCode::SERVICE_UNAVAILABLE, ErrorBody::Upstream { detail, error_id })
        }
        Refusal::Busy => {
            tracing::warn!("a request waited too long for the database");
            (StatusCode::SERVICE_UNAVAILABLE, ErrorBody::detail(Refusal::BUSY))
        }
        refusal @ (Refusal::Store(_) | Refusal::Internal(_)) => return internal(&refusal),
    };
    // An answer without body is the handler's own; the scheme belongs to refused credentials.
    let is_challenge = status == StatusCode::UNAUTHORIZED && body != ErrorBody::Empty;
    let mut response = with_body(status, body);
    if is_challenge {
        let value = HeaderValue::from_static(texts::WWW_AUTHENTICATE);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

/// The answer to what is our fault.
pub(super) fn internal(error: &dyn std::fmt::Display) -> Response {
    let error_id = SystemIds.hex(16);
    tracing::error!(error.id = %error_id, %error, "a request failed");
    (StatusCode::INTERNAL_SERVER_ERROR, Json(ErrorBody::Internal { error_id })).into_response()
}

/// Marks the answer of a renamed project with its new slug.
#[derive(Debug, Clone)]
pub(super) struct MovedTo(pub(super) String);
