//! What to call.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{CallError, exchange::HIDDEN};

/// A call to make. Nothing is checked before [`Egress::call`](crate::Egress::call), so that what is wrong with it is
/// recorded like everything else.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Bytes,
    pub(crate) timeout: Option<Duration>,
    pub(crate) hidden: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) is_secret: bool,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, if self.is_secret { "[hidden]" } else { &self.value })
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Request");
        shown
            .field("method", &self.method)
            .field("url", &self.shown(&self.url))
            .field("headers", &self.headers);
        shown.field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
            timeout: None,
            hidden: Vec::new(),
        }
    }

    /// Adds a header. A name that is already there gets another value.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into(), is_secret: false });
        self
    }

    /// Adds a header whose value is hidden in records. `Authorization` and cookies always are.
    #[must_use]
    pub fn secret_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into(), is_secret: true });
        self
    }

    /// Hides a text in records wherever it stands in the URL or the body: a credential that the other side wants there.
    #[must_use]
    pub fn hide(mut self, text: impl Into<String>) -> Self {
        self.hidden.push(text.into());
        self
    }

    /// Sets the body. Its type is for a header to say.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the time for the whole call, instead of [`Limits::total_timeout`](crate::Limits::total_timeout).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// A text of it as records show it.
    pub(crate) fn shown(&self, text: &str) -> String {
        let hidden = self.hidden.iter().filter(|hidden| !hidden.is_empty());
        hidden.fold(text.to_owned(), |text, hidden| text.replace(hidden.as_str(), HIDDEN))
    }

    /// The headers as HTTP wants them.
    pub(crate) fn header_map(&self) -> Result<HeaderMap, CallError> {
        let mut map = HeaderMap::new();
        for header in &self.headers {
            let invalid = || CallError::InvalidHeader { name: header.name.clone() };
            let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| invalid())?;
            let value = HeaderValue::from_str(&header.value).map_err(|_| invalid())?;
            map.append(name, value);
        }
        Ok(map)
    }
}
