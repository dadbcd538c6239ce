//! Paging of lists: what a client asks for ([`PageRequest`]), which rows to fetch, and which page and links come of
//! the rows. Everything here is pure; the store runs the query in between.
//!
//! | paginator | cursor value | cursor offset | for |
//! |---|---|---|---|
//! | [`PageRequest::offset_window`] | page size | page number | most lists |
//! | [`PageRequest::key_window`] | rounded sort key | equal keys passed | long lists ordered by time or id |
//! | [`PageRequest::sequence`] | 0 | absolute index | lists that are in memory |

mod key;
mod link;
mod offset;

pub use key::{KeyEnd, KeyOrder, KeyRange, KeyWindow};
pub use link::{LinkUrl, link_header};
pub use offset::OffsetWindow;

use std::num::IntErrorKind;

use crate::cursor::{Cursor, InvalidCursor};

/// Page size when the client names none.
pub const PER_PAGE_DEFAULT: i64 = 100;
/// Largest page size of ordinary lists.
pub const PER_PAGE_MAX: i64 = 100;

/// What is wrong with a page request; the text is the `detail` of a 400 answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not three numbers.
    #[error("Invalid cursor parameter.")]
    Cursor,
    /// Not an integer, or below -1.
    #[error("Invalid per_page parameter.")]
    PerPage,
    /// More than the list allows.
    #[error("Invalid per_page value. Cannot exceed {max}.")]
    PerPageTooLarge {
        /// The largest allowed value.
        max: i64,
    },
    /// The `limit` of issue lists is no number.
    #[error("invalid limit")]
    Limit,
    /// Too deep for an offset paginator.
    #[error("Pagination offset too large")]
    OffsetTooLarge,
    /// Page size times page number is negative.
    #[error("Pagination offset cannot be negative")]
    OffsetNegative,
}

impl From<InvalidCursor> for PageError {
    fn from(_: InvalidCursor) -> Self {
        Self::Cursor
    }
}

/// Which page of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Where; `None` is the first page.
    pub cursor: Option<Cursor>,
    /// Rows on the page: -1 and 0 give none.
    pub per_page: i64,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { cursor: None, per_page: PER_PAGE_DEFAULT }
    }
}

impl PageRequest {
    /// Reads the query parameters `cursor` (empty means none) and `per_page` of a list with pages of at most 100.
    pub fn parse(cursor: Option<&str>, per_page: Option<&str>) -> Result<Self, PageError> {
        Self::parse_with_max(cursor, per_page, PER_PAGE_MAX)
    }

    /// [`PageRequest::parse`] for a list with another largest page.
    pub fn parse_with_max(cursor: Option<&str>, per_page: Option<&str>, max: i64) -> Result<Self, PageError> {
        let per_page = match per_page {
            None => PER_PAGE_DEFAULT.min(max),
            Some(text) => match text.trim().parse::<i64>() {
                Err(error) if *error.kind() == IntErrorKind::PosOverflow => i64::MAX,
                parsed => parsed.map_err(|_| PageError::PerPage)?,
            },
        };
        if per_page < -1 {
            return Err(PageError::PerPage);
        }
        if per_page > max {
            return Err(PageError::PerPageTooLarge { max });
        }
        let cursor = cursor.filter(|text| !text.is_empty()).map(str::parse).transpose()?;
        Ok(Self { cursor, per_page })
    }

    /// Applies the `limit` parameter of issue lists, which is cut to the maximum instead of refused.
    pub fn with_limit(mut self, limit: Option<&str>) -> Result<Self, PageError> {
        if let Some(text) = limit {
            let limit: i64 = text.trim().parse().map_err(|_| PageError::Limit)?;
            if limit < 0 {
                return Err(PageError::Limit);
            }
            self.per_page = limit.min(PER_PAGE_MAX);
        }
        Ok(self)
    }

    /// The rows to fetch for an offset-paged list.
    pub fn offset_window(&self) -> Result<OffsetWindow, PageError> {
        OffsetWindow::new(self)
    }

    /// The rows to fetch for a list ordered by a key; `unit` is how many units of the stored key are one unit of the
    /// cursor: 1000 for microseconds that clients see as milliseconds, 1 for ids.
    pub fn key_window(&self, order: KeyOrder, unit: i64) -> KeyWindow {
        KeyWindow::new(self, order, unit)
    }

    /// Pages a list that is in memory.
    pub fn sequence<T>(&self, all: Vec<T>) -> Page<T> {
        let limit = self.per_page.max(0);
        let total = all.len() as i64;
        let cursor = self.cursor.unwrap_or_default();
        let (low, high) = if cursor.is_prev {
            let high = cursor.offset.clamp(0, total);
            ((high - limit).max(0), high)
        } else {
            let low = cursor.offset.clamp(0, total);
            (low, low.saturating_add(limit).min(total))
        };
        let rows = all.into_iter().skip(low as usize).take((high - low) as usize).collect();
        Page {
            rows,
            previous: PageLink { cursor: Cursor::prev(0, low), has_results: low > 0 },
            next: PageLink { cursor: Cursor::next(0, high), has_results: high < total },
        }
    }
}

/// One of the two links of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLink {
    /// Where it leads.
    pub cursor: Cursor,
    /// Whether there are rows.
    pub has_results: bool,
}

/// A page of a list with its links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// The page before.
    pub previous: PageLink,
    /// The page after.
    pub next: PageLink,
}

impl<T> Page<T> {
    /// The page with every row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        self.replace(|rows| rows.into_iter().map(f).collect())
    }

    /// The page with its rows replaced by what they look like on the wire.
    pub fn replace<U>(self, f: impl FnOnce(Vec<T>) -> Vec<U>) -> Page<U> {
        Page { rows: f(self.rows), previous: self.previous, next: self.next }
    }
}
