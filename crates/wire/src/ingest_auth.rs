//! Who sends an event: the public key of a project, from one of five places.

use base64::{Engine, engine::general_purpose::STANDARD};
use url::Url;

/// Protocol versions that are spoken.
pub const VERSIONS: std::ops::RangeInclusive<u32> = 2..=8;
/// The version of clients that name none.
const VERSION_DEFAULT: u32 = 7;

/// Why the credentials of an ingestion request are refused; the text is the `detail` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestAuthError {
    /// No place has credentials.
    #[error("missing authorization information")]
    Missing,
    /// Several places have.
    #[error("multiple authorization payloads detected")]
    Multiple,
    /// A header cannot be read.
    #[error("bad x-sentry-auth header")]
    BadHeader,
    /// The envelope's DSN cannot be read or names another key or project.
    #[error("bad envelope authentication header")]
    BadEnvelopeDsn,
    /// The key is not 32 hex digits.
    #[error("bad sentry DSN public key")]
    BadPublicKey,
    /// A version that is not spoken.
    #[error("unsupported protocol version ({0})")]
    Version(u32),
    /// The project in the path is no number.
    #[error("bad project path parameter")]
    BadProject,
    /// The project is unknown or disabled.
    #[error("event submission rejected with_reason: ProjectId")]
    ProjectId,
    /// The key is disabled.
    #[error("event submission rejected with_reason: KeyDisabled")]
    KeyDisabled,
}

impl IngestAuthError {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Missing | Self::Multiple | Self::BadHeader | Self::BadEnvelopeDsn => 401,
            Self::BadPublicKey | Self::Version(_) | Self::BadProject => 400,
            Self::ProjectId | Self::KeyDisabled => 403,
        }
    }
}

/// Where credentials may be, as found in a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuthSources<'a> {
    /// The header `X-Sentry-Auth`.
    pub sentry_auth: Option<&'a str>,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The decoded query parameters.
    pub query: &'a [(String, String)],
    /// The key in the path.
    pub path_key: Option<&'a str>,
    /// `dsn` of the envelope header.
    pub envelope_dsn: Option<&'a str>,
}

/// Who sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestAuth {
    /// 32 lowercase hex digits.
    pub public_key: String,
    /// The protocol version.
    pub version: u32,
    /// Name and version of the SDK.
    pub client: Option<String>,
}

impl IngestAuth {
    /// Finds the one credential of a request for `project_id`.
    pub fn find(sources: AuthSources<'_>, project_id: i64) -> Result<Self, IngestAuthError> {
        let mut found = Vec::new();
        if let Some(header) = sources.sentry_auth {
            found.push(Partial::from_header(header)?);
        }
        if let Some(header) = sources.authorization {
            found.extend(Partial::from_authorization(header)?);
        }
        if sources.query.iter().any(|(name, _)| name == "sentry_key") {
            found.push(Partial::from_pairs(
                sources.query.iter().map(|(name, value)| (name.as_str(), value.as_str())),
            )?);
        }
        if let Some(key) = sources.path_key {
            found.push(Partial { key: Some(key.to_owned()), ..Partial::default() });
        }
        if found.len() > 1 {
            return Err(IngestAuthError::Multiple);
        }
        let dsn = sources
            .envelope_dsn
            .map(|dsn| dsn_parts(dsn).ok_or(IngestAuthError::BadEnvelopeDsn))
            .transpose()?;
        match (found.pop(), dsn) {
            (None, None) => Err(IngestAuthError::Missing),
            (Some(auth), None) => auth.check(),
            (None, Some((key, _))) => Partial { key: Some(key), ..Partial::default() }.check(),
            (Some(auth), Some((key, project))) => {
                let auth = auth.check()?;
                let agrees = key.eq_ignore_ascii_case(&auth.public_key) && project == project_id;
                if agrees { Ok(auth) } else { Err(IngestAuthError::BadEnvelopeDsn) }
            }
        }
    }
}

/// The project in the path of an ingestion request.
pub fn parse_project_id(text: &str) -> Result<i64, IngestAuthError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0).ok_or(IngestAuthError::BadProject)
}

/// Public key and project of a DSN.
pub fn dsn_parts(dsn: &str) -> Option<(String, i64)> {
    let url = Url::parse(dsn).ok()?;
    let project = url.path_segments()?.rfind(|segment| !segment.is_empty())?.parse().ok()?;
    let key = url.username();
    (!key.is_empty()).then(|| (key.to_owned(), project))
}

/// Credentials as sent, before they are checked.
#[derive(Debug, Default)]
struct Partial {
    key: Option<String>,
    version: Option<u32>,
    client: Option<String>,
}

impl Partial {
    /// `Sentry sentry_key=..., sentry_version=7`; the prefix of the names may be missing. Words that are no pair, such as
    /// those behind a blank in a client's name, are passed over.
    fn from_header(header: &str) -> Result<Self, IngestAuthError> {
        let (scheme, rest) = header.trim().split_once(' ').ok_or(IngestAuthError::BadHeader)?;
        if !scheme.eq_ignore_ascii_case("sentry") {
            return Err(IngestAuthError::BadHeader);
        }
        let pairs = rest.split([',', ' ']).filter_map(|pair| pair.split_once('='));
        let auth = Self::from_pairs(pairs)?;
        if auth.key.is_none() { Err(IngestAuthError::BadHeader) } else { Ok(auth) }
    }

    /// `Sentry ...` or `Basic ...`; other schemes belong to others.
    fn from_authorization(header: &str) -> Result<Option<Self>, IngestAuthError> {
        let header = header.trim();
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("sentry") {
            return Self::from_header(header).map(Some);
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Ok(None);
        }
        let decoded = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let decoded = decoded.ok_or(IngestAuthError::BadHeader)?;
        let key = decoded.split(':').next().unwrap_or_default().to_owned();
        Ok(Some(Self { key: Some(key), ..Self::default() }))
    }

    fn from_pairs<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> Result<Self, IngestAuthError> {
        let mut auth = Self::default();
        for (name, value) in pairs {
            match name.strip_prefix("sentry_").unwrap_or(name) {
                "key" => auth.key = Some(value.to_owned()),
                "client" => auth.client = Some(value.to_owned()),
                "version" => {
                    // Some clients send `7.0`.
                    let whole = value.split('.').next().unwrap_or(value);
                    auth.version = Some(whole.parse().map_err(|_| IngestAuthError::BadHeader)?);
                }
                _ => {}
            }
        }
        Ok(auth)
    }

    fn check(self) -> Result<IngestAuth, IngestAuthError> {
        let key = self.key.unwrap_or_default().to_ascii_lowercase();
        if key.len() != 32 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(IngestAuthError::BadPublicKey);
        }
        let version = self.version.unwrap_or(VERSION_DEFAULT);
        if !VERSIONS.contains(&version) {
            return Err(IngestAuthError::Version(version));
        }
        Ok(IngestAuth { public_key: key, version, client: self.client })
    }
}
