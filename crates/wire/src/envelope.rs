//! Envelopes: what SDKs send. A header line, then items, each a header line and a payload.
//!
//! Items borrow from the body ([`Bytes`] slices), nothing is copied. Limits are checked while splitting, so a body that
//! breaks them is refused before anything is stored. The format is public:
//! <https://develop.sentry.dev/sdk/data-model/envelopes/>.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::json_in::parse_lenient;

/// Largest request as sent.
pub const REQUEST_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Largest request when unpacked.
pub const BODY_BYTES_MAX: usize = 100 * 1024 * 1024;
/// Largest event.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Largest sum of attachments.
pub const ATTACHMENTS_BYTES_MAX: usize = 100 * 1024 * 1024;
/// Largest check-in.
pub const CHECK_IN_BYTES_MAX: usize = 100 * 1024;
/// Most sessions in one envelope.
pub const SESSIONS_MAX: usize = 100;
/// Largest request of the store endpoint as sent.
pub const STORE_REQUEST_BYTES_MAX: usize = 200 * 1024;
/// Largest event of the store endpoint when unpacked.
pub const STORE_EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Largest header line.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Most items in one envelope.
pub const ITEMS_MAX: usize = 1_000;

/// Why an ingestion body is refused; the text is the `detail` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// No bytes at all.
    #[error("empty request body")]
    EmptyBody,
    /// The body cannot be unpacked or read.
    #[error("invalid request body")]
    InvalidBody,
    /// The event of the store endpoint is no JSON.
    #[error("invalid JSON data: {0}")]
    InvalidJson(String),
    /// The framing is broken.
    #[error("invalid event envelope")]
    InvalidEnvelope,
    /// An event id is none.
    #[error("invalid event id")]
    InvalidEventId,
    /// An item or a kind of item is too large.
    #[error(
        "envelope exceeded size limits for type '{0}' (https://develop.sentry.dev/sdk/envelopes/#size-limits)"
    )]
    ItemTooLarge(String),
    /// The request is too large.
    #[error("request body too large")]
    BodyTooLarge,
    /// Nothing can be taken now.
    #[error("failed to queue envelope")]
    Overload,
    /// A quota is used up.
    #[error(
        "Sentry dropped data due to a quota or internal rate limit being reached. This will not affect your \
         application. See https://docs.sentry.io/product/accounts/quotas/ for more information."
    )]
    RateLimited,
}

impl IngestError {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::BodyTooLarge => 413,
            Self::RateLimited => 429,
            Self::Overload => 503,
            _ => 400,
        }
    }
}

/// An envelope, split into its items.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The header as sent.
    pub header: Map<String, Value>,
    /// The event id of the header: 32 hex digits.
    pub event_id: Option<String>,
    /// The DSN of the header.
    pub dsn: Option<String>,
    /// The items, unknown ones too.
    pub items: Vec<Item>,
}

/// An item of an envelope.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its `type`, such as `event`.
    pub kind: String,
    /// The header as sent.
    pub header: Map<String, Value>,
    /// The payload, a slice of the body.
    pub payload: Bytes,
}

impl Item {
    /// Whether this is what the envelope's event id is about; there is at most one.
    pub fn is_event(&self) -> bool {
        matches!(self.kind.as_str(), "event" | "transaction")
    }

    /// A text of the header, such as `filename`.
    pub fn header_text(&self, key: &str) -> Option<&str> {
        self.header.get(key).and_then(Value::as_str)
    }
}

impl Envelope {
    /// Splits a body and checks its limits.
    pub fn parse(body: &Bytes) -> Result<Self, IngestError> {
        if body.is_empty() {
            return Err(IngestError::EmptyBody);
        }
        let mut reader = Reader { body, at: 0 };
        let header = reader.header()?;
        let event_id = match header.get("event_id") {
            None | Some(Value::Null) => None,
            Some(value) => {
                Some(value.as_str().and_then(normalise_event_id).ok_or(IngestError::InvalidEventId)?)
            }
        };
        let dsn = dsn(&header);
        let mut items = Vec::new();
        while let Some(item) = reader.item()? {
            items.push(item);
            if items.len() > ITEMS_MAX {
                return Err(IngestError::InvalidEnvelope);
            }
        }
        check_limits(&items)?;
        Ok(Self { header, event_id, dsn, items })
    }

    /// The DSN in the header line of an envelope whose rest is not there yet.
    pub fn dsn_of_header(line: &[u8]) -> Result<Option<String>, IngestError> {
        Ok(dsn(&header(line)?))
    }

    /// The items of one type.
    pub fn items_of<'e>(&'e self, kind: &'e str) -> impl Iterator<Item = &'e Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }
}

fn header(line: &[u8]) -> Result<Map<String, Value>, IngestError> {
    if line.len() > HEADER_BYTES_MAX {
        return Err(IngestError::InvalidEnvelope);
    }
    match parse_lenient(line) {
        Ok(Value::Object(header)) => Ok(header),
        _ => Err(IngestError::InvalidEnvelope),
    }
}

fn dsn(header: &Map<String, Value>) -> Option<String> {
    header.get("dsn").and_then(Value::as_str).map(str::to_owned)
}

struct Reader<'b> {
    body: &'b Bytes,
    at: usize,
}

impl Reader<'_> {
    /// What comes before the next line feed or the end; steps behind it.
    fn line(&mut self) -> Bytes {
        let rest = &self.body[self.at..];
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = self.body.slice(self.at..self.at + end);
        self.at = (self.at + end + 1).min(self.body.len());
        line
    }

    fn header(&mut self) -> Result<Map<String, Value>, IngestError> {
        header(&self.line())
    }

    fn item(&mut self) -> Result<Option<Item>, IngestError> {
        // Empty lines before the end are harmless and sent by some.
        while self.body.get(self.at) == Some(&b'\n') {
            self.at += 1;
        }
        if self.at >= self.body.len() {
            return Ok(None);
        }
        let header = self.header()?;
        let kind = header.get("type").and_then(Value::as_str).ok_or(IngestError::InvalidEnvelope)?.to_owned();
        let payload = match header.get("length") {
            None | Some(Value::Null) => self.line(),
            Some(length) => {
                let length = length.as_u64().and_then(|length| usize::try_from(length).ok());
                self.exactly(length.ok_or(IngestError::InvalidEnvelope)?)?
            }
        };
        Ok(Some(Item { kind, header, payload }))
    }

    fn exactly(&mut self, length: usize) -> Result<Bytes, IngestError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.body.len());
        let end = end.ok_or(IngestError::InvalidEnvelope)?;
        let payload = self.body.slice(self.at..end);
        self.at = end;
        match self.body.get(end) {
            None => {}
            Some(b'\n') => self.at += 1,
            Some(_) => return Err(IngestError::InvalidEnvelope),
        }
        Ok(payload)
    }
}

fn check_limits(items: &[Item]) -> Result<(), IngestError> {
    let too_large = |kind: &str| Err(IngestError::ItemTooLarge(kind.to_owned()));
    let mut attachments_bytes = 0_usize;
    let mut sessions = 0;
    let mut events = 0;
    for item in items {
        let bytes = item.payload.len();
        match item.kind.as_str() {
            "event" | "transaction" => {
                events += 1;
                if item.kind == "event" && bytes > EVENT_BYTES_MAX {
                    return too_large("event");
                }
            }
            "check_in" if bytes > CHECK_IN_BYTES_MAX => return too_large("check_in"),
            "attachment" => attachments_bytes = attachments_bytes.saturating_add(bytes),
            "session" | "sessions" => sessions += 1,
            _ => {}
        }
    }
    if events > 1 {
        return Err(IngestError::InvalidEnvelope);
    }
    if attachments_bytes > ATTACHMENTS_BYTES_MAX {
        return too_large("attachment");
    }
    if sessions > SESSIONS_MAX {
        return too_large("session");
    }
    Ok(())
}

/// An event id as 32 lowercase hex digits; reads that and the dashed form.
pub fn normalise_event_id(text: &str) -> Option<String> {
    let text = text.trim();
    let dashes = [8, 13, 18, 23];
    let hex: String = match text.len() {
        32 => text.to_ascii_lowercase(),
        36 if dashes.iter().all(|at| text.as_bytes()[*at] == b'-') => {
            text.replace('-', "").to_ascii_lowercase()
        }
        _ => return None,
    };
    (hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hex)
}

/// The body of a refused ingestion request; the text also goes into the header `X-Sentry-Error`.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct IngestErrorBody {
    /// What went wrong.
    pub detail: String,
    /// What lies behind it.
    pub causes: Vec<String>,
}

impl IngestErrorBody {
    /// An error with nothing behind it.
    pub fn new(error: &impl std::fmt::Display) -> Self {
        Self { detail: error.to_string(), causes: Vec::new() }
    }
}

/// The body of an accepted ingestion request: `{"id": "..."}`, or `{}` without event.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Accepted {
    /// 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
