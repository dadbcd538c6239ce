//! What goes wrong with a provider, and the sentence that a person reads about it.

use std::collections::BTreeMap;

use serde_json::Value;

/// From this status on the other side may do better later.
const SERVER_ERROR_MIN: u16 = 500;
const INTERNAL: &str =
    "An internal error occurred with the integration and the Sentry team has been notified";

/// What goes wrong with a provider.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// The other side could not be reached, or refused.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Something that a person did or can mend; the text says what.
    #[error("{0}")]
    Refused(String),
    /// The other side refused fields of a form: messages by field.
    #[error("Invalid integration action")]
    Form(BTreeMap<String, Vec<String>>),
    /// The account that the integration acts with is gone or has lost its rights; the text says what.
    #[error("{0}")]
    Identity(String),
    /// The operator has not set what this needs; the text names the options.
    #[error("{0}")]
    Unconfigured(&'static str),
    /// Something is wrong here; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

/// Why a call brought no good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// 401.
    Unauthorized,
    /// 409.
    Conflict,
    /// 429.
    RateLimited,
    /// Any other status of 400 and more.
    Status,
    /// No connection: refused, unknown name, or an address that is not allowed.
    Host,
    /// No answer in time.
    Timeout,
    /// The connection broke off.
    Reset,
    /// An answer that cannot be read to its end, or no call at all.
    Broken,
    /// An answer of a type that nobody asked for.
    Unsupported,
}

/// A call to a provider that brought no good answer. Its text is the body of the answer, or a sentence where there is
/// none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{text}")]
pub struct ApiError {
    /// Why.
    pub kind: ApiErrorKind,
    /// The status of the answer, or the one that stands for what happened: 503 without a connection, 504 without an
    /// answer in time, 104 (the operating system's number) for a connection that broke off.
    pub code: Option<u16>,
    /// The whole body, or a sentence.
    pub text: String,
    /// The body, where it is a JSON object.
    pub json: Option<Value>,
}

impl ProviderError {
    /// Whether the other side cannot be reached at present, which is answered with 503.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Api(error) if error.code == Some(503))
    }

    /// Whether the other side may do better later.
    pub fn is_passing(&self) -> bool {
        let Self::Api(error) = self else { return false };
        match error.kind {
            ApiErrorKind::RateLimited | ApiErrorKind::Host | ApiErrorKind::Timeout | ApiErrorKind::Reset => {
                true
            }
            _ => error.code.is_some_and(|code| code >= SERVER_ERROR_MIN),
        }
    }

    /// Messages by field, where the other side named fields that a person filled in; `fields` reads a body of the provider.
    pub fn by_field(
        self,
        fields: impl Fn(&Value) -> Option<BTreeMap<String, Vec<String>>>,
    ) -> Option<BTreeMap<String, Vec<String>>> {
        match self {
            Self::Form(fields) => Some(fields),
            Self::Api(error) if error.kind != ApiErrorKind::Unauthorized => {
                error.json.as_ref().and_then(fields)
            }
            _ => None,
        }
    }

    /// The sentence for people. `name` is the provider's name; `message` reads a body of the provider.
    pub fn message(&self, name: &str, message: impl Fn(&Value) -> Option<String>) -> String {
        match self {
            Self::Api(error) => error.message(name, message),
            Self::Refused(text) | Self::Identity(text) => text.clone(),
            Self::Unconfigured(text) => (*text).to_owned(),
            Self::Form(_) => self.to_string(),
            Self::Internal(_) => INTERNAL.to_owned(),
        }
    }
}

impl ApiError {
    /// An answer that says nothing of what it should say.
    pub(crate) fn empty(text: &str) -> Self {
        Self { kind: ApiErrorKind::Broken, code: None, text: text.to_owned(), json: None }
    }

    /// The sentence for people.
    pub fn message(&self, name: &str, message: impl Fn(&Value) -> Option<String>) -> String {
        match self.kind {
            ApiErrorKind::Unauthorized => {
                "Unauthorized: either your access token was invalid or you do not have access".to_owned()
            }
            ApiErrorKind::Host => self.text.clone(),
            ApiErrorKind::Unsupported => format!("An unsupported response type was returned: {}", self.text),
            _ => {
                let code = self.code.map_or_else(|| "None".to_owned(), |code| code.to_string());
                let said = self.json.as_ref().and_then(message).unwrap_or_else(|| "unknown error".to_owned());
                format!("Error Communicating with {name} (HTTP {code}): {said}")
            }
        }
    }
}

/// Reads `message` of a body, as most providers send it.
pub fn message_of(body: &Value) -> Option<String> {
    body.get("message").and_then(Value::as_str).map(str::to_owned)
}
