//! The offset paginator. The cursor's value is the page size it was made with and its offset the page number, so the
//! rows to skip are their product, also when the client changes `per_page` midway.

use super::{Page, PageError, PageLink, PageRequest};
use crate::cursor::Cursor;

/// Deepest row that can be reached; databases count through every skipped row.
const OFFSET_ROWS_MAX: i64 = 10_000_000;
/// Largest page size that a cursor can claim to have been made with.
const CURSOR_PAGE_SIZE_MAX: i64 = 1_000;

/// The rows to fetch: `LIMIT fetch OFFSET skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffsetWindow {
    /// Rows to pass over.
    pub skip: i64,
    /// Rows to fetch, one more than are shown.
    pub fetch: i64,
    page: i64,
    per_page: i64,
    same_size: bool,
}

impl OffsetWindow {
    pub(super) fn new(request: &PageRequest) -> Result<Self, PageError> {
        let Cursor { value, offset: page, .. } = request.cursor.unwrap_or_default();
        if value > CURSOR_PAGE_SIZE_MAX.max(request.per_page) {
            return Err(PageError::Cursor);
        }
        let skip = i128::from(value) * i128::from(page);
        if skip < 0 {
            return Err(PageError::OffsetNegative);
        }
        let per_page = request.per_page;
        let size = if value == 0 { per_page } else { value };
        Ok(Self {
            skip: i64::try_from(skip)
                .ok()
                .filter(|skip| *skip <= OFFSET_ROWS_MAX)
                .ok_or(PageError::OffsetTooLarge)?,
            fetch: size.saturating_add(1).max(0),
            page,
            per_page,
            same_size: value == per_page,
        })
    }

    /// The page of a list that is there as a whole.
    pub fn of_all<T>(&self, all: Vec<T>) -> Page<T> {
        let (skip, fetch) = (usize::try_from(self.skip), usize::try_from(self.fetch));
        let rows = all.into_iter().skip(skip.unwrap_or(usize::MAX)).take(fetch.unwrap_or(0));
        self.page(rows.collect())
    }

    /// The page that comes of the fetched rows.
    pub fn page<T>(&self, mut rows: Vec<T>) -> Page<T> {
        if !self.same_size {
            let keep = usize::try_from(self.per_page + 1).unwrap_or(0);
            rows.drain(..rows.len().saturating_sub(keep));
        }
        let has_more = rows.len() as i64 > self.per_page;
        rows.truncate(usize::try_from(self.per_page).unwrap_or(0));
        Page {
            rows,
            previous: PageLink {
                cursor: Cursor::prev(self.per_page, self.page.saturating_sub(1)),
                has_results: self.page > 0,
            },
            next: PageLink {
                cursor: Cursor::next(self.per_page, self.page.saturating_add(1)),
                has_results: has_more,
            },
        }
    }
}
