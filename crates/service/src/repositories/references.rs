//! What the message of a commit says about issues: `fixes WEB-4`, `Closes: WEB-4, API-12`. Pure.

use std::sync::LazyLock;

use mortise_domain::ShortId;
use regex::Regex;

/// Issues that one message can name.
const REFERENCES_MAX: usize = 50;
/// In a commit that is not to be looked at.
const SKIP: &str = "#skipsentry";

static FIXES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let words = r"(?:Fix|Fixes|Fixed|Close|Closes|Closed|Resolve|Resolves|Resolved)";
    Regex::new(&format!(r"(?i)\b{words}:?\s+([A-Za-z0-9_\-\s,]+)\b")).ok()
});
static SHORT_ID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b([A-Z0-9_-]+-[A-Z0-9]+)\b").ok());

/// Whether a commit with this message is not to be looked at.
pub fn is_skipped(message: &str) -> bool {
    message.contains(SKIP)
}

/// The short ids of what a message fixes, each once, in their order.
pub fn references(message: &str) -> Vec<ShortId> {
    let (Some(fixes), Some(short_id)) = (FIXES.as_ref(), SHORT_ID.as_ref()) else { return Vec::new() };
    let lists = fixes.captures_iter(message).filter_map(|found| found.get(1));
    let mut ids: Vec<ShortId> = Vec::new();
    for found in lists.flat_map(|list| short_id.find_iter(list.as_str())) {
        let Ok(id) = found.as_str().parse() else { continue };
        if !ids.contains(&id) && ids.len() < REFERENCES_MAX {
            ids.push(id);
        }
    }
    ids
}
