//! Unsafe requests of a session repeat the session's token in a header.

use http::{HeaderMap, Method, StatusCode};
use mortise_service::SessionFacts;
use mortise_service::same_secret;

use super::Error;

/// The header that repeats the token.
const HEADER: &str = "x-csrftoken";

/// Refuses an unsafe request that does not repeat the token.
pub(super) fn check(method: &Method, headers: &HeaderMap, session: &SessionFacts) -> Result<(), Error> {
    if method.is_safe() {
        return Ok(());
    }
    let Some(sent) = headers.get(HEADER) else { return refuse("CSRF token missing.") };
    let expected = session.csrf_token.as_bytes();
    if sent.len() != expected.len() {
        return refuse("CSRF token from the 'X-Csrftoken' HTTP header has incorrect length.");
    }
    if !same_secret(sent.as_bytes(), expected) {
        return refuse("CSRF token from the 'X-Csrftoken' HTTP header incorrect.");
    }
    Ok(())
}

fn refuse(reason: &str) -> Result<(), Error> {
    Err(Error::detail(StatusCode::FORBIDDEN, format!("CSRF Failed: {reason}")))
}
