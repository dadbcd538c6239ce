//! The key paginator: pages of a list ordered by a numeric key, stable while rows are added.
//!
//! A cursor names a *boundary* between two rows by the rounded key of a row beside it and by how many rows with that
//! same rounded key lie on one side: rounding (microseconds to milliseconds) and real ties are the same thing. Going
//! forward the natural count is the rows *before* the boundary, going backward the rows *after* it, and then one range
//! of rows answers the request: skip that many, take a page and one more. Turning round inside a group of equal keys
//! leaves only the other count known; such cursors carry it as a negative offset and are answered with two ranges:
//! the rest of the group, then what lies strictly beyond it. So a walk that turns anywhere still shows each row once.
//!
//! A cursor value of zero means "no boundary", hence keys must be positive. Rows with equal keys must be ordered by id.

use super::{Page, PageLink, PageRequest};
use crate::cursor::Cursor;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// Smallest key first.
    Ascending,
    /// Largest key first.
    Descending,
}

impl KeyOrder {
    fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Where a range of rows starts, seen in the range's own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnd {
    /// At the very first row.
    Open,
    /// At the rows with this key: `key >= x` ascending, `key <= x` descending.
    At(i64),
    /// Behind the rows with this key: `key > x` ascending, `key < x` descending.
    Beyond(i64),
}

/// One query: rows from `start` in `order` (of the key, then of the id), `LIMIT take OFFSET skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRange {
    /// The order of this query, not always that of the list.
    pub order: KeyOrder,
    /// Where it starts.
    pub start: KeyEnd,
    /// Rows to pass over.
    pub skip: i64,
    /// Rows to fetch.
    pub take: i64,
}

/// A boundary inside or beside the group of rows whose rounded key is the cursor's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Boundary {
    /// So many rows of the group come before it, in list order.
    Before(i64),
    /// So many rows of the group come after it.
    After(i64),
}

impl Boundary {
    fn of(cursor: Cursor) -> Self {
        match (cursor.is_prev, cursor.offset) {
            (false, n @ 0..) | (true, n @ ..=0) => Self::Before(n.saturating_abs()),
            (_, n) => Self::After(n.saturating_abs()),
        }
    }

    fn forward(self, value: i64) -> Cursor {
        match self {
            Self::Before(n) => Cursor::next(value, n),
            Self::After(n) => Cursor::next(value, -n),
        }
    }

    fn backward(self, value: i64) -> Cursor {
        match self {
            Self::Before(n) => Cursor::prev(value, -n),
            Self::After(n) => Cursor::prev(value, n),
        }
    }
}

/// Which rows to fetch, and what page they make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyWindow {
    cursor: Cursor,
    boundary: Boundary,
    limit: i64,
    order: KeyOrder,
    unit: i64,
}

impl KeyWindow {
    pub(super) fn new(request: &PageRequest, order: KeyOrder, unit: i64) -> Self {
        let cursor = request.cursor.unwrap_or_default();
        Self { cursor, boundary: Boundary::of(cursor), limit: request.per_page, order, unit }
    }

    /// The queries to run, one after another (mostly one); their rows are handed to [`KeyWindow::page`] in order.
    pub fn ranges(&self) -> Vec<KeyRange> {
        let wanted = (self.limit + 1).max(0);
        let ahead = if self.cursor.is_prev { self.order.reversed() } else { self.order };
        let range = |order, start, skip, take| KeyRange { order, start, skip, take };
        if self.cursor.value == 0 {
            return vec![range(ahead, KeyEnd::Open, self.cursor.offset.max(0), wanted)];
        }
        // Forward starts at the rounded key; its opposite, the far end of the group, is one unit further.
        match self.group_rows_ahead() {
            None => vec![range(ahead, self.group_start(ahead), self.cursor.offset.saturating_abs(), wanted)],
            Some(rest) => {
                let near = rest.min(wanted);
                let back = ahead.reversed();
                let mut ranges = Vec::with_capacity(2);
                if near > 0 {
                    ranges.push(range(back, self.group_start(back), rest - near, near));
                }
                if near < wanted {
                    ranges.push(range(ahead, self.group_end(ahead), 0, wanted - near));
                }
                ranges
            }
        }
    }

    /// How many rows of the group still lie ahead, when that is what the cursor counts.
    fn group_rows_ahead(&self) -> Option<i64> {
        match (self.cursor.is_prev, self.boundary) {
            (false, Boundary::After(n)) | (true, Boundary::Before(n)) => Some(n),
            _ => None,
        }
    }

    /// The first and last stored keys of the group: rounded up in descending lists, down in ascending ones.
    fn group_keys(&self) -> (i64, i64) {
        let key = self.cursor.value.saturating_mul(self.unit);
        match self.order {
            KeyOrder::Descending => (key.saturating_sub(self.unit - 1), key),
            KeyOrder::Ascending => (key, key.saturating_add(self.unit - 1)),
        }
    }

    fn group_start(&self, order: KeyOrder) -> KeyEnd {
        let (low, high) = self.group_keys();
        KeyEnd::At(if order == KeyOrder::Ascending { low } else { high })
    }

    fn group_end(&self, order: KeyOrder) -> KeyEnd {
        let (low, high) = self.group_keys();
        KeyEnd::Beyond(if order == KeyOrder::Ascending { high } else { low })
    }

    fn round(&self, key: i64) -> i64 {
        let floor = key.div_euclid(self.unit);
        match self.order {
            KeyOrder::Descending if key.rem_euclid(self.unit) != 0 => floor + 1,
            _ => floor,
        }
    }

    /// The page that comes of the rows of each range of [`KeyWindow::ranges`]; `key` is a row's stored key.
    pub fn page<T>(&self, fetched: Vec<Vec<T>>, key: impl Fn(&T) -> i64) -> Page<T> {
        let two_part = self.cursor.value != 0 && self.group_rows_ahead().is_some_and(|rest| rest > 0);
        let mut rows = Vec::new();
        for (position, mut part) in fetched.into_iter().enumerate() {
            if two_part && position == 0 {
                part.reverse();
            }
            rows.append(&mut part);
        }
        let values: Vec<i64> = rows.iter().map(|row| self.round(key(row))).collect();
        rows.truncate(usize::try_from(self.limit).unwrap_or(0));
        if self.cursor.is_prev {
            rows.reverse();
            Page { rows, previous: self.previous_behind(&values), next: self.next_behind(&values) }
        } else {
            Page { rows, previous: self.previous_ahead(&values), next: self.next_ahead(&values) }
        }
    }

    fn has_more(&self, values: &[i64]) -> bool {
        values.len() as i64 > self.limit
    }

    /// `next` of a page reached forward.
    fn next_ahead(&self, values: &[i64]) -> PageLink {
        let has_results = self.has_more(values) && !values.is_empty();
        let Some(&value) = values.last() else {
            return PageLink { cursor: Cursor::next(self.cursor.value, self.cursor.offset), has_results };
        };
        let kept = &values[..values.len().min(usize::try_from(self.limit).unwrap_or(0))];
        let is_whole_list = self.cursor.value == 0 && !has_results && values.first() == Some(&value);
        let boundary = if value == self.cursor.value || is_whole_list {
            match self.boundary {
                Boundary::Before(n) => Boundary::Before(n.saturating_add(self.limit)),
                Boundary::After(n) => Boundary::After(n - kept.len() as i64),
            }
        } else {
            Boundary::Before(trailing(kept, value))
        };
        PageLink { cursor: boundary.forward(value), has_results }
    }

    /// `previous` of a page reached forward.
    fn previous_ahead(&self, values: &[i64]) -> PageLink {
        let has_results = self.cursor.value != 0 || self.cursor.offset != 0;
        let first = values.first().copied().unwrap_or(0);
        let inside = first == self.cursor.value && first != 0;
        let boundary = if inside { self.boundary } else { Boundary::Before(0) };
        PageLink { cursor: boundary.backward(first), has_results }
    }

    /// `previous` of a page reached backward; `values` run from its last row to its first.
    fn previous_behind(&self, values: &[i64]) -> PageLink {
        let has_results = self.has_more(values) && !values.is_empty();
        let kept = &values[..values.len().min(usize::try_from(self.limit).unwrap_or(0))];
        let Some(&value) = kept.last() else {
            return PageLink { cursor: Cursor::prev(self.cursor.value, self.cursor.offset), has_results };
        };
        let boundary = if value == self.cursor.value {
            match self.boundary {
                Boundary::Before(n) => Boundary::Before(n - kept.len() as i64),
                Boundary::After(n) => Boundary::After(n.saturating_add(kept.len() as i64)),
            }
        } else {
            Boundary::After(trailing(kept, value))
        };
        PageLink { cursor: boundary.backward(value), has_results }
    }

    /// `next` of a page reached backward: the boundary it was reached from.
    fn next_behind(&self, values: &[i64]) -> PageLink {
        let nearest = values.first().copied();
        if self.cursor.value == 0 {
            let value = nearest.unwrap_or(0);
            let group = values.iter().take_while(|other| **other == value).count() as i64;
            return PageLink { cursor: Cursor::next(value, group), has_results: self.cursor.offset > 0 };
        }
        let boundary = match self.boundary {
            // The whole group lies after the boundary, so it starts here.
            Boundary::After(_) if nearest != Some(self.cursor.value) => Boundary::Before(0),
            other => other,
        };
        PageLink { cursor: boundary.forward(self.cursor.value), has_results: true }
    }
}

fn trailing(values: &[i64], value: i64) -> i64 {
    values.iter().rev().take_while(|other| **other == value).count() as i64
}
