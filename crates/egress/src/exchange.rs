//! The record of one call: what people see when they ask "what did you send, and what did they say?".

use std::borrow::Cow;

use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::{Request, request::Hidden};

/// Values of these headers are credentials.
const SECRET_HEADERS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];
/// What stands for a credential.
pub(crate) const HIDDEN: &str = "[hidden]";

/// One call, as it can be stored and shown: credentials hidden, bodies cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was sent, or would have been.
    pub request: Sent,
    /// What came back, as far as it did.
    pub response: Option<Received>,
    /// From the start of the call to its end, in microseconds.
    pub duration_us: u64,
}

/// The request of an [`Exchange`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// In capitals.
    pub method: String,
    /// As it was given.
    pub url: String,
    /// Headers and body.
    #[serde(flatten)]
    pub message: Message,
}

/// The response of an [`Exchange`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The HTTP status.
    pub status: u16,
    /// Headers and body.
    #[serde(flatten)]
    pub message: Message,
}

/// What requests and responses have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// In the order in which they were sent; a name may come more than once.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body; what is no UTF-8 is replaced by `U+FFFD`.
    pub body: String,
    /// The size of the body, as far as it was read.
    pub body_bytes: u64,
}

impl Sent {
    pub(crate) fn record(request: &Request, record_bytes_max: usize) -> Self {
        let shown = |value: &str, hide: bool| if hide { HIDDEN } else { value }.to_owned();
        let headers = request
            .headers
            .iter()
            .map(|h| (h.name.clone(), shown(&h.value, h.is_secret || is_secret(&h.name))))
            .collect();
        let message =
            Message { headers, ..Message::of_body(&request.body, record_bytes_max, &request.hidden) };
        Self { method: request.method.to_string(), url: request.hidden.shown(&request.url), message }
    }
}

impl Received {
    pub(crate) fn record(
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
        record_bytes_max: usize,
        hidden: &Hidden,
    ) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let hide = is_secret(name.as_str());
                let value = if hide { HIDDEN.into() } else { String::from_utf8_lossy(value.as_bytes()) };
                (name.as_str().to_owned(), hidden.shown(&value))
            })
            .collect();
        Self { status, message: Message { headers, ..Message::of_body(body, record_bytes_max, hidden) } }
    }
}

impl Message {
    /// What is hidden is hidden before the body is cut, so that none of it is left at the edge.
    fn of_body(body: &[u8], record_bytes_max: usize, hidden: &Hidden) -> Self {
        let whole = match hidden.is_empty() {
            true => Cow::Borrowed(body),
            false => Cow::Owned(hidden.shown(&String::from_utf8_lossy(body)).into_bytes()),
        };
        let shown = &whole[..whole.len().min(record_bytes_max)];
        Self {
            headers: Vec::new(),
            body: String::from_utf8_lossy(shown).into_owned(),
            body_bytes: body.len() as u64,
        }
    }
}

fn is_secret(name: &str) -> bool {
    SECRET_HEADERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}
