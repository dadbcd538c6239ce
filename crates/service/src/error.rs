//! Every way in which a use case can refuse. One exhaustive match at each edge maps it; the variants say whose fault
//! it is: everything but [`Error::Internal`], [`Error::Store`] and [`Error::Busy`] is an answer, not an accident.

use mortise_store::StoreError;
use mortise_wire::errors::{ErrorBody, FieldErrors};
use serde_json::Value;

/// A refusal or a failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An organization, project, team or issue that the path names is not there (404, "The requested resource does not
    /// exist").
    #[error("no such resource")]
    NoSuchResource,
    /// Something deeper is not there, or must not be seen (404, "Not found.").
    #[error("not found")]
    NotFound,
    /// Not there, with a text or shape of its own (404).
    #[error("not found: {0:?}")]
    Missing(ErrorBody),
    /// Nobody asks (401, "Authentication credentials were not provided.").
    #[error("not authenticated")]
    NotAuthenticated,
    /// Credentials that do not hold, or a gate that asks for more (401).
    #[error("unauthorized: {0:?}")]
    Unauthorized(ErrorBody),
    /// The caller may not (403, "You do not have permission to perform this action.").
    #[error("forbidden")]
    Forbidden,
    /// The caller may not, with a text or shape of its own (403).
    #[error("refused: {0:?}")]
    Refused(ErrorBody),
    /// The request makes no sense as it is (400).
    #[error("invalid: {0:?}")]
    Invalid(ErrorBody),
    /// It clashes with what is there (409).
    #[error("conflict: {0:?}")]
    Conflict(ErrorBody),
    /// It is gone for good or was done before (410).
    #[error("gone: {0:?}")]
    Gone(ErrorBody),
    /// The project has another slug now (302). `path` is the API path under the new slug.
    #[error("moved to {slug}")]
    Moved {
        /// The new slug.
        slug: String,
    },
    /// More was sent than is taken (413).
    #[error("too large: {0:?}")]
    TooLarge(ErrorBody),
    /// Too often (429).
    #[error("too many requests: {0:?}")]
    TooMany(ErrorBody),
    /// An app failed, and the server passes its status on.
    #[error("an app failed: {status} {body:?}")]
    Relayed {
        /// The app's status, or 502 where it did not answer.
        status: u16,
        /// What is said about it.
        body: ErrorBody,
    },
    /// The operator has not set what it needs; the text names the options (422).
    #[error("{0}")]
    Unconfigured(&'static str),
    /// The service on the other side failed (503).
    #[error("upstream: {0}")]
    Upstream(String),
    /// The database could not be had in time (503). The same request may succeed in a moment.
    #[error("{}", Error::BUSY)]
    Busy,
    /// The database failed (500).
    #[error(transparent)]
    Store(StoreError),
    /// A bug or a broken machine (500). The text is for the log.
    #[error("internal: {0}")]
    Internal(String),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Error::Busy,
            error => Error::Store(error),
        }
    }
}

impl Error {
    /// What whoever meets [`Error::Busy`] is told.
    pub const BUSY: &str = "The server is busy. Try again in a moment.";

    /// 400 with `{"detail": text}`.
    pub fn invalid(text: impl Into<String>) -> Self {
        Error::Invalid(ErrorBody::detail(text))
    }

    /// 400 with `{field: [text]}`.
    pub fn field(name: &str, text: impl Into<String>) -> Self {
        Error::Invalid(ErrorBody::field(name, text))
    }

    /// 403 with `{"detail": text}`.
    pub fn refused(text: impl Into<String>) -> Self {
        Error::Refused(ErrorBody::detail(text))
    }

    /// 404 with `{"detail": text}`.
    pub fn missing(text: impl Into<String>) -> Self {
        Error::Missing(ErrorBody::detail(text))
    }

    /// 409 with `{"detail": text}`.
    pub fn conflict(text: impl Into<String>) -> Self {
        Error::Conflict(ErrorBody::detail(text))
    }

    /// 401 with `{"detail": text}`.
    pub fn unauthorized(text: impl Into<String>) -> Self {
        Error::Unauthorized(ErrorBody::detail(text))
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Error::Invalid(errors.into())
    }
}

impl From<mortise_wire::page::PageError> for Error {
    fn from(error: mortise_wire::page::PageError) -> Self {
        Error::invalid(error.to_string())
    }
}

impl Error {
    /// What was refused and why, for a command line and for messages about documents; the text for the log where it
    /// was no refusal.
    pub fn in_words(&self) -> String {
        let body = match self {
            Error::Missing(body) | Error::Unauthorized(body) | Error::Refused(body) => body,
            Error::Relayed { body, .. } => body,
            Error::Invalid(body) | Error::Conflict(body) | Error::Gone(body) => body,
            Error::TooLarge(body) | Error::TooMany(body) => body,
            other => return other.to_string(),
        };
        serde_json::to_value(body).map_or_else(|error| error.to_string(), |body| sentence(&body))
    }

    /// Whether it is an answer to what was asked, rather than an accident.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Error::Busy | Error::Store(_) | Error::Internal(_) | Error::Upstream(_))
    }
}

/// The texts of an error's body.
fn sentence(body: &Value) -> String {
    match body {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(sentence).collect::<Vec<_>>().join(" "),
        Value::Object(fields) if fields.contains_key("detail") => sentence(&fields["detail"]),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name}: {}", sentence(value));
            fields.iter().map(field).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
