//! Turns the HTTP client's errors into ours. The client wraps causes several layers deep, so the chain is walked and
//! the first cause that says something decides.

use std::{error::Error, io};

use crate::{CallError, Limits};

/// What a transport error means for the caller.
pub(crate) fn classify(error: &reqwest::Error, limits: &Limits) -> CallError {
    if error.is_timeout() {
        // The client itself is only told the time to connect; the total is watched from outside.
        return CallError::ConnectTimeout { limit_ms: millis(limits.connect_timeout) };
    }
    let known = causes(error).find_map(|cause| of_cause(cause, limits));
    known.or_else(|| causes(error).find_map(unreadable)).unwrap_or_else(|| {
        let reason = causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ");
        if error.is_connect() { CallError::Connect { reason } } else { CallError::Other { reason } }
    })
}

pub(crate) fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn of_cause(cause: &(dyn Error + 'static), limits: &Limits) -> Option<CallError> {
    if let Some(own) = cause.downcast_ref::<CallError>() {
        return Some(own.clone());
    }
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return Some(CallError::Tls { reason: tls.to_string() });
    }
    if let Some(http) = cause.downcast_ref::<hyper::Error>() {
        return of_http(http, limits);
    }
    cause.downcast_ref::<io::Error>().and_then(of_io)
}

fn of_http(error: &hyper::Error, limits: &Limits) -> Option<CallError> {
    if error.is_parse_too_large() {
        Some(CallError::HeadersTooLarge { limit_bytes: limits.response_head_bytes_max })
    } else if error.is_parse() {
        Some(CallError::InvalidResponse { reason: error.to_string() })
    } else if error.is_incomplete_message() || error.is_closed() {
        Some(CallError::Reset)
    } else {
        None
    }
}

/// Chunks without a length, bytes that do not unpack. Asked last, since TLS wraps its errors in the same.
fn unreadable(cause: &(dyn Error + 'static)) -> Option<CallError> {
    let error = cause.downcast_ref::<io::Error>()?;
    let is_unreadable = matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    is_unreadable.then(|| CallError::InvalidResponse { reason: error.to_string() })
}

fn of_io(error: &io::Error) -> Option<CallError> {
    use io::ErrorKind::*;
    match error.kind() {
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => Some(CallError::Reset),
        ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable | TimedOut => {
            Some(CallError::Connect { reason: error.to_string() })
        }
        _ => None,
    }
}

/// The error and what lies beneath. An `io::Error` skips the error inside it when asked for its source, so it is
/// opened by hand.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| beneath(*cause))
}

fn beneath<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}
