//! Client reports: what an SDK dropped before it was sent.

use mortise_domain::Time;
use serde_json::Value;

use crate::{datetime::parse_or_epoch, json_in::parse_lenient};

/// Most counts that are read of one report.
pub const DISCARDS_MAX: usize = 1_000;
/// Longest reason or category that is kept.
pub const NAME_CHARACTERS_MAX: usize = 64;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientReport {
    /// When it was made.
    pub timestamp: Option<Time>,
    /// What was dropped.
    pub discards: Vec<Discard>,
}

/// Why something was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscardKind {
    /// Dropped by the SDK.
    Discarded,
    /// Held back because of a limit.
    RateLimited,
    /// Held back by a filter.
    Filtered,
    /// Held back by sampling.
    FilteredSampling,
}

/// A count of what was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discard {
    /// Which list it was in.
    pub kind: DiscardKind,
    /// Why, such as `queue_overflow`.
    pub reason: String,
    /// What, such as `error`.
    pub category: String,
    /// How many.
    pub quantity: u64,
}

const LISTS: [(&str, DiscardKind); 4] = [
    ("discarded_events", DiscardKind::Discarded),
    ("rate_limited_events", DiscardKind::RateLimited),
    ("filtered_events", DiscardKind::Filtered),
    ("filtered_sampling_events", DiscardKind::FilteredSampling),
];

impl ClientReport {
    /// Reads a report; what it holds that is no count is passed over. `None` when it is no object.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let Ok(Value::Object(report)) = parse_lenient(payload) else { return None };
        let timestamp = report.get("timestamp").and_then(parse_or_epoch);
        let discards = LISTS.iter().flat_map(|(key, kind)| {
            let list = report.get(*key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(|entry| Discard::read(*kind, entry))
        });
        Some(Self { timestamp, discards: discards.take(DISCARDS_MAX).collect() })
    }
}

impl Discard {
    fn read(kind: DiscardKind, entry: &Value) -> Option<Self> {
        let text = |key: &str| Some(entry.get(key)?.as_str()?.chars().take(NAME_CHARACTERS_MAX).collect());
        let quantity = entry.get("quantity")?.as_u64()?;
        Some(Self { kind, reason: text("reason")?, category: text("category")?, quantity })
    }
}
