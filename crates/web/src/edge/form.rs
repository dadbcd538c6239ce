//! A form that was sent from one of our own pages.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use http::{HeaderMap, header};
use mortise_service::same_secret;

use super::{Pairs, Problem, Visit};

/// The hidden field that repeats the visitor's token.
pub const CSRF_FIELD: &str = "csrfmiddlewaretoken";
/// Largest form, bytes: the longest comment, encoded, and some.
pub const FORM_BYTES_MAX: usize = 512 * 1024;

/// The fields of a form whose CSRF token is the visitor's.
#[derive(Debug, Clone)]
pub struct Form(pub Pairs);

impl std::ops::Deref for Form {
    type Target = Pairs;
    fn deref(&self) -> &Pairs {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let visit = Visit::of(request.extensions())?;
        if !is_form(request.headers()) || comes_from_elsewhere(request.headers()) {
            return Err(Problem::Csrf);
        }
        let body = Bytes::from_request(request, state).await.map_err(|_| Problem::TooLarge)?;
        let pairs = Pairs::decode(&body);
        if same_secret(pairs.get(CSRF_FIELD).as_bytes(), visit.csrf.as_bytes()) {
            Ok(Self(pairs))
        } else {
            Err(Problem::Csrf)
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// What the browser itself says about where a request was started; the page cannot change it.
pub(super) fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}
