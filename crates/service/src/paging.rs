//! From a page request to the rows that are fetched for it. A list that is counted through takes
//! [`slice()`] of its window; one that is ordered by a key fetches every range of its window and hands all parts back:
//!
//! ```ignore
//! let window = request.key_window(KeyOrder::Descending, TIME_UNIT);
//! let mut parts = Vec::new();
//! for range in window.ranges() {
//!     parts.push(audit::list(&mut conn, org, &range_of(range)).await?);
//! }
//! let page = window.page(parts, |row| row.date_added.as_microsecond());
//! ```

use mortise_store::{Range, RangeStart, Slice};
use mortise_wire::page::{self, KeyEnd, KeyOrder, OffsetWindow};

/// Cursors over times count milliseconds, the store microseconds.
pub const TIME_UNIT: i64 = 1_000;
/// Cursors over ids count what the store counts.
pub const ID_UNIT: i64 = 1;

/// The rows of a list that is counted through.
pub fn slice(window: &OffsetWindow) -> Slice {
    Slice { skip: window.skip, take: window.fetch }
}

/// A range of a list ordered by a key, in the store's terms.
pub fn range_of(range: page::KeyRange) -> Range {
    Range {
        ascending: range.order == KeyOrder::Ascending,
        start: match range.start {
            KeyEnd::Open => RangeStart::Open,
            KeyEnd::At(key) => RangeStart::At(key),
            KeyEnd::Beyond(key) => RangeStart::Beyond(key),
        },
        skip: range.skip,
        take: range.take,
    }
}
