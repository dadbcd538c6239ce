//! What a call that failed is told as. Statuses and texts are those that people and programs know.

use mortise_egress::{Answer, CallError, Failed};
use serde_json::Value;
use url::Url;

use crate::{ApiError, ApiErrorKind};

/// Stands for "nobody there".
const UNREACHABLE: u16 = 503;
/// Stands for "no answer in time".
const TIMED_OUT: u16 = 504;
/// What Linux calls a connection that was reset.
const RESET: u16 = 104;

/// An answer, unless its status says that something is wrong.
pub(super) fn by_status(answer: Answer) -> Result<Answer, ApiError> {
    let code = answer.status.as_u16();
    let kind = match code {
        ..=399 => return Ok(answer),
        401 => ApiErrorKind::Unauthorized,
        409 => ApiErrorKind::Conflict,
        429 => ApiErrorKind::RateLimited,
        _ => ApiErrorKind::Status,
    };
    let json = answer.json::<Value>().ok().filter(Value::is_object);
    Err(ApiError { kind, code: Some(code), text: answer.text().into_owned(), json })
}

/// Why there is no answer, with the word under which that is counted.
pub(super) struct Fault {
    pub(super) error: ApiError,
    pub(super) word: &'static str,
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self { error, word: "unknown" }
    }
}

/// Why there is no answer.
pub(super) fn of_failure(failed: &Failed, url: &str) -> Fault {
    let has_begun = failed.exchange.response.is_some();
    let fault = |word, kind, code, text| Fault { error: error(kind, code, text), word };
    match &failed.error {
        CallError::Timeout { .. } => {
            let text = said("Timed out attempting to reach host", "Timed out reaching host", url);
            fault("timeout", ApiErrorKind::Timeout, Some(TIMED_OUT), text)
        }
        CallError::Reset if has_begun => {
            let text = "Connection reset by peer".to_owned();
            fault("connection_reset_error", ApiErrorKind::Reset, Some(RESET), text)
        }
        CallError::InvalidResponse { reason } if has_begun && reason.contains("chunk") => {
            let text = "Connection broken: invalid chunk length".to_owned();
            fault("invalid_chunk_length", ApiErrorKind::Broken, None, text)
        }
        broken @ (CallError::InvalidResponse { .. }
        | CallError::BodyTooLarge { .. }
        | CallError::HeadersTooLarge { .. })
            if has_begun =>
        {
            fault("unknown", ApiErrorKind::Broken, None, broken.to_string())
        }
        // Nobody there who speaks HTTP, or nobody who may be called. Who does not take a connection in time is not there
        // either: only who was reached and says nothing has timed out.
        cause => {
            let word = match cause {
                CallError::BlockedAddress { .. } => "restricted_ip_address",
                _ => "connection_error",
            };
            let text = said("Unable to reach host", "Unable to reach host", url);
            fault(word, ApiErrorKind::Host, Some(UNREACHABLE), text)
        }
    }
}

/// A path without anything that it is under.
pub(super) fn no_base(path: &str) -> ApiError {
    error(ApiErrorKind::Broken, None, format!("Invalid URL: {path}"))
}

/// No answer comes of it, and nobody can be blamed by name.
pub(super) fn without_answer() -> Fault {
    error(ApiErrorKind::Broken, None, "Internal Error".to_owned()).into()
}

fn error(kind: ApiErrorKind, code: Option<u16>, text: String) -> ApiError {
    ApiError { kind, code, text, json: None }
}

/// A sentence with the host, or the one without.
fn said(with_host: &str, without: &str, url: &str) -> String {
    let url = Url::parse(url).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
    match host {
        Some((host, Some(port))) => format!("{with_host}: {host}:{port}"),
        Some((host, None)) => format!("{with_host}: {host}"),
        None => without.to_owned(),
    }
}
