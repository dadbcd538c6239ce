//! What an ingestion request says about itself besides its body.

use axum::extract::{FromRequestParts, Path};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::{HeaderMap, header, request::Parts};
use mortise_service::{
    Client, Ctx,
    ingest::{Credentials, Rejection, Sender, admit},
};
use mortise_wire::ingest_auth::{AuthSources, IngestAuthError, parse_project_id};
use serde::de::DeserializeOwned;

use super::answer::Refused;
use crate::edge::client_of;

/// Reads both alphabets' texts after [`from_url_safe`], with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Segments of the path. Those that are no text are refused like a project that is no number.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(IngestAuthError::BadProject.into()),
        }
    }
}

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    headers: HeaderMap,
    query: Vec<(String, String)>,
    client: Client,
    path_key: Option<String>,
    project: Option<i64>,
}

impl Head {
    /// Reads a head. `project` and `path_key` are segments of the path, where it has them.
    pub(super) fn read(
        parts: &Parts,
        project: Option<&str>,
        path_key: Option<String>,
    ) -> Result<Self, Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            headers: parts.headers.clone(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            client: client_of(parts),
            path_key,
            project: project.map(parse_project_id).transpose()?,
        })
    }

    /// A header as text; a value that is none cannot be read by anybody.
    fn header(&self, name: &str) -> Result<Option<&str>, IngestAuthError> {
        let Some(value) = self.headers.get(name) else { return Ok(None) };
        value.to_str().map(Some).map_err(|_| IngestAuthError::BadHeader)
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The encoding of the body.
    pub(super) fn encoding(&self) -> Option<&[u8]> {
        self.headers.get(header::CONTENT_ENCODING).map(http::HeaderValue::as_bytes)
    }

    /// Lets the sender in, or says why not. `dsn` is that of the envelope.
    pub(super) async fn admit(&self, ctx: &Ctx, dsn: Option<&str>) -> Result<Sender, Rejection> {
        let credentials = Credentials {
            sources: AuthSources {
                sentry_auth: self.header("x-sentry-auth")?,
                authorization: self.header("authorization")?,
                query: &self.query,
                path_key: self.path_key.as_deref(),
                envelope_dsn: dsn,
            },
            project: self.project,
            origin: self.header("origin")?,
            client: &self.client,
        };
        admit(ctx, credentials).await
    }

    /// Like [`Head::admit`] before the body is known; `None` when only the body can tell who sends.
    pub(super) async fn admit_early(&self, ctx: &Ctx) -> Result<Option<Sender>, Rejection> {
        match self.admit(ctx, None).await {
            Ok(sender) => Ok(Some(sender)),
            Err(Rejection::Auth(IngestAuthError::Missing)) => Ok(None),
            Err(other) => Err(other),
        }
    }
}

/// Decodes base64 of either alphabet. Blanks stand for the plus signs that forms turn into them.
pub(super) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.trim_ascii().iter().copied().map(from_url_safe).collect();
    BASE64.decode(text).ok()
}

fn from_url_safe(byte: u8) -> u8 {
    match byte {
        b'-' | b' ' => b'+',
        b'_' => b'/',
        other => other,
    }
}
