//! What to call.

use std::{cmp::Reverse, time::Duration};

use bytes::Bytes;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use url::form_urlencoded::byte_serialize;

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
    pub(crate) hidden: Hidden,
    pub(crate) any_certificate: bool,
}

/// Texts that records do not show.
#[derive(Clone, Default)]
pub(crate) struct Hidden(Vec<String>);

impl Hidden {
    /// Adds a text in each of the forms in which URLs and bodies write it.
    fn add(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let in_json = serde_json::Value::from(text).to_string();
        let without_quotes = in_json[1..in_json.len() - 1].to_owned();
        let forms = [text.to_owned(), byte_serialize(text.as_bytes()).collect(), without_quotes];
        self.0.extend(forms);
        // One that is a part of another must not leave the rest of it behind.
        self.0.sort_by_key(|text| Reverse(text.len()));
        self.0.dedup();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text as records show it.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, hidden| text.replace(hidden.as_str(), HIDDEN))
    }
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
            .field("url", &self.hidden.shown(&self.url))
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
            hidden: Hidden::default(),
            any_certificate: false,
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

    /// Hides a text in records wherever it stands in the URL or the body, or comes back in the answer: a credential that
    /// the other side wants there. It is found as it is, and as forms, addresses and JSON write it.
    #[must_use]
    pub fn hide(mut self, text: impl AsRef<str>) -> Self {
        self.hidden.add(text.as_ref());
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

    /// Takes any certificate of the other side, so that anybody on the way can read and change what is said. Only for
    /// servers that people run themselves, and only where they asked for it.
    #[must_use]
    pub fn any_certificate(mut self) -> Self {
        self.any_certificate = true;
        self
    }

    /// Where it goes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The value of a header, the last one that was added; credentials as well.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().rfind(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value.as_str())
    }

    /// The body with all that is in it.
    pub fn body_bytes(&self) -> &[u8] {
        &self.body
    }

    /// The time for the whole call, where it has its own.
    pub fn time_limit(&self) -> Option<Duration> {
        self.timeout
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
