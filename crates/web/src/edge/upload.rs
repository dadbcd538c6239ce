//! A form with a file that was sent from one of our own pages.

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request},
};
use mortise_service::same_secret;

use super::{Pairs, Problem, Visit, form::CSRF_FIELD};

/// The largest form with a file, bytes: the largest picture of an app, and some. A route that takes one sets this limit.
pub const UPLOAD_BYTES_MAX: usize = 5_100_000;

/// The texts of a form whose CSRF token is the visitor's, and its file; empty when none was chosen.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The texts.
    pub texts: Pairs,
    /// The file.
    pub file: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let visit = Visit::of(request.extensions())?;
        if super::form::comes_from_elsewhere(request.headers()) {
            return Err(Problem::Csrf);
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| Problem::Csrf)?;
        let (mut texts, mut file) = (Vec::new(), Bytes::new());
        while let Some(part) = parts.next_field().await.map_err(|_| Problem::TooLarge)? {
            let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
            let bytes = part.bytes().await.map_err(|_| Problem::TooLarge)?;
            match is_file {
                true => file = bytes,
                false => texts.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        let texts: Pairs = texts.into_iter().collect();
        if same_secret(texts.get(CSRF_FIELD).as_bytes(), visit.csrf.as_bytes()) {
            Ok(Self { texts, file })
        } else {
            Err(Problem::Csrf)
        }
    }
}
