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

/// Why there is no answer.
pub(super) fn of_failure(failed: &Failed, url: &str) -> ApiError {
    let has_begun = failed.exchange.response.is_some();
    match &failed.error {
        CallError::Timeout { .. } => error(
            ApiErrorKind::Timeout,
            Some(TIMED_OUT),
            said("Timed out attempting to reach host", "Timed out reaching host", url),
        ),
        CallError::Reset if has_begun => {
            error(ApiErrorKind::Reset, Some(RESET), "Connection reset by peer".to_owned())
        }
        CallError::InvalidResponse { reason } if has_begun && reason.contains("chunk") => {
            error(ApiErrorKind::Broken, None, "Connection broken: invalid chunk length".to_owned())
        }
        broken @ (CallError::InvalidResponse { .. }
        | CallError::BodyTooLarge { .. }
        | CallError::HeadersTooLarge { .. })
            if has_begun =>
        {
            error(ApiErrorKind::Broken, None, broken.to_string())
        }
        // Nobody there who speaks HTTP, or nobody who may be called.
        _ => error(
            ApiErrorKind::Host,
            Some(UNREACHABLE),
            said("Unable to reach host", "Unable to reach host", url),
        ),
    }
}

/// A path without anything that it is under.
pub(super) fn no_base(path: &str) -> ApiError {
    error(ApiErrorKind::Broken, None, format!("Invalid URL: {path}"))
}

/// No answer comes of it, and nobody can be blamed by name.
pub(super) fn without_answer() -> ApiError {
    error(ApiErrorKind::Broken, None, "Internal Error".to_owned())
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
