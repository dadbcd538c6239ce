//! From the JSON an SDK sent to the event Mortise keeps: pure functions, no I/O, no clock, no randomness.
//!
//! ```text
//! raw JSON --normalize--> Normalized (columns + `data`, the stored JSON) --grouping::hashes--> md5 hashes, primary first
//! ```
//! * [`normalize()`] accepts any JSON value. What it cannot use it drops or cuts, and says so in `data.errors`; it never
//!   fails and never panics, because the sender already has its answer when this runs.
//! * [`display`] derives title, culprit, metadata and location from what was normalized.
//! * [`grouping`] derives the hashes that decide which issue the event belongs to.
//! * [`process()`] does all three, which is what ingestion wants.
//!
//! Every step works on the owned JSON in place: subtrees are moved, not cloned. Limits are the constants of
//! [`limits`]. Shapes follow the public event payload documentation (<https://develop.sentry.dev/sdk/data-model/>).

use std::net::IpAddr;

use mortise_domain::{Level, ProjectId, ProjectKeyId, Time};
use serde_json::{Map, Value};

pub mod display;
mod event_id;
pub mod grouping;
pub mod limits;
pub mod normalize;
mod scrub;
pub(crate) mod view;

pub use event_id::parse_event_id;
pub use normalize::{is_environment, normalize};
pub use scrub::Scrubber;

/// What is known about the request that carried an event, besides its body.
#[derive(Debug, Clone)]
pub struct ClientFacts<'a> {
    /// The project the event was sent to; wins over what the event says.
    pub project_id: ProjectId,
    /// The client key that was used, when it is known.
    pub key_id: Option<ProjectKeyId>,
    /// The sender's address; replaces `{{auto}}`.
    pub ip_address: Option<IpAddr>,
    /// The `User-Agent` of the request. Read only for events of browsers that do not name one themselves.
    pub user_agent: Option<&'a str>,
    /// The `sentry_client` of the authentication, such as `sentry.python/2.1.0`; used when the event names no SDK.
    pub sdk: Option<&'a str>,
}

/// Everything [`normalize()`] needs besides the event.
#[derive(Debug, Clone)]
pub struct Intake<'a> {
    /// When the request arrived.
    pub received: Time,
    /// The id in the envelope header, when there is one; wins over the event's own.
    pub envelope_event_id: Option<&'a str>,
    /// A fresh id of 32 hex digits, used when neither the envelope nor the event has a valid one.
    pub fallback_event_id: &'a str,
    /// The sender.
    pub client: ClientFacts<'a>,
    /// The project's rules for private data.
    pub scrubber: &'a Scrubber,
}

/// A normalized event: the columns of its row, and `data`, the JSON that is stored and shown.
#[derive(Debug, Clone)]
pub struct Normalized {
    /// 32 lowercase hex digits.
    pub event_id: String,
    /// When it happened, by the sender's clock where that is plausible.
    pub timestamp: Time,
    /// When it arrived.
    pub received: Time,
    /// `error`, `default`, `csp`, `hpkp`, `expectct` or `expectstaple`.
    pub event_type: &'static str,
    /// How bad it is.
    pub level: Level,
    /// One of the platforms events may name; `other` for all else.
    pub platform: &'static str,
    /// Name of the logger, `""` without one.
    pub logger: String,
    /// A valid release version.
    pub release: Option<String>,
    /// Distribution of the release; never present without one.
    pub dist: Option<String>,
    /// Environment name; `None` is the unnamed environment.
    pub environment: Option<String>,
    /// `id:7`, `email:a@b.c`, `username:x` or `ip:10.0.0.1`: the identity by which users are counted.
    pub user_tag: Option<String>,
    /// The sender's tags in their order, then the derived ones. No duplicate keys. `release`, `dist` and `user` carry
    /// their plain names.
    pub tags: Vec<(String, String)>,
    /// First line for lists and subjects.
    pub title: String,
    /// Where it happened, `""` when nothing tells.
    pub culprit: String,
    /// The formatted message, `""` without one.
    pub message: String,
    /// The file of the crash frame.
    pub location: Option<String>,
    /// The parts of the title.
    pub metadata: Map<String, Value>,
    /// True when the thrown exception's mechanism says `handled: false`.
    pub is_unhandled: bool,
    /// The raw event: an object with snake_case keys. [`process()`] also sets its `hashes`.
    pub data: Value,
}

/// A normalized event with its grouping.
#[derive(Debug, Clone)]
pub struct Processed {
    /// The event; `data.hashes` equals `hashes`.
    pub event: Normalized,
    /// At least one md5 in 32 lowercase hex digits, the primary first, no duplicates.
    pub hashes: Vec<String>,
}

/// Normalizes and groups one event.
pub fn process(raw: Value, intake: &Intake<'_>) -> Processed {
    let mut event = normalize(raw, intake);
    let hashes = grouping::hashes(&event);
    if let Value::Object(data) = &mut event.data {
        data.insert("hashes".to_owned(), hashes.iter().map(String::as_str).collect());
    }
    Processed { event, hashes }
}
