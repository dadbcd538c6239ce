//! The address under which people and programs reach this server. It is in every link that Mortise hands out, so it
//! is checked once, at the start, and links are made by joining, never by pasting.

use std::{fmt, str::FromStr};

use url::Url;

/// An absolute `http` or `https` address without trailing slash, query, fragment or sign-in: `https://m.example.com`,
/// or with a path when a proxy serves Mortise below one (`https://example.com/mortise`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicUrl {
    text: String,
    host: String,
    authority_at: usize,
    path_at: usize,
}

/// Why an address cannot be the public one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not an absolute URL.
    #[error("not an absolute URL, such as https://mortise.example.com: {0}")]
    Syntax(String),
    /// Browsers and SDKs speak only these.
    #[error("the scheme must be http or https, not {0}")]
    Scheme(String),
    /// Something that links cannot be appended to.
    #[error("a public URL has no user name, query or fragment")]
    Extra,
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let url = Url::parse(text.trim()).map_err(|error| PublicUrlError::Syntax(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PublicUrlError::Scheme(url.scheme().to_owned()));
        }
        let has_sign_in = !url.username().is_empty() || url.password().is_some();
        if has_sign_in || url.query().is_some() || url.fragment().is_some() {
            return Err(PublicUrlError::Extra);
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let text = url.as_str().trim_end_matches('/').to_owned();
        let authority_at = url.scheme().len() + "://".len();
        let path_at = text[authority_at..].find('/').map_or(text.len(), |at| authority_at + at);
        Ok(Self { text, host, authority_at, path_at })
    }
}

impl PublicUrl {
    /// The whole address, without trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The address of a page or endpoint. `path` may start with a slash or not, and may carry a query.
    pub fn join(&self, path: &str) -> String {
        format!("{}/{}", self.text, path.strip_prefix('/').unwrap_or(path))
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        &self.text[..self.authority_at - "://".len()]
    }

    /// Whether cookies may be marked `Secure`.
    pub fn is_https(&self) -> bool {
        self.scheme() == "https"
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host and, unless it is the scheme's default, the port.
    pub fn authority(&self) -> &str {
        &self.text[self.authority_at..self.path_at]
    }

    /// Scheme and authority: what browsers send as `Origin`.
    pub fn origin(&self) -> &str {
        &self.text[..self.path_at]
    }

    /// The path below which everything lives: empty, or with a leading and without a trailing slash.
    pub fn path_prefix(&self) -> &str {
        &self.text[self.path_at..]
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}
