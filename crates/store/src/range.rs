//! Parts of lists: a [`Range`] of one that is ordered by a numeric key and then by id, in the same direction, and a
//! [`Slice`] of one that is counted through.

use crate::Query;

/// Where a range starts, seen in its own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeStart {
    /// At the very first row.
    Open,
    /// At the rows with this key.
    At(i64),
    /// Behind the rows with this key.
    Beyond(i64),
}

/// Rows from `start`, `LIMIT take OFFSET skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Smallest key first.
    pub ascending: bool,
    /// Where it starts.
    pub start: RangeStart,
    /// Rows to pass over.
    pub skip: i64,
    /// Rows to fetch.
    pub take: i64,
}

impl Range {
    /// The `take` rows with the largest keys.
    pub fn newest(take: i64) -> Self {
        Self { ascending: false, start: RangeStart::Open, skip: 0, take }
    }
}

/// `take` rows after the first `skip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Rows to pass over.
    pub skip: i64,
    /// Rows to fetch.
    pub take: i64,
}

impl Slice {
    /// The whole list.
    pub const ALL: Self = Self { skip: 0, take: i64::MAX };
}

impl Query {
    /// Appends `LIMIT` and `OFFSET`.
    pub fn slice(&mut self, slice: Slice) -> &mut Self {
        self.push(" LIMIT ").arg(slice.take).push(" OFFSET ").arg(slice.skip)
    }

    /// Appends the condition, order and limits of a range to a text that ends inside its `WHERE`. `key` and `id` are
    /// columns.
    pub fn range(&mut self, key: &'static str, id: &'static str, range: &Range) -> &mut Self {
        let (at, beyond, order) =
            if range.ascending { (" >= ", " > ", " ASC") } else { (" <= ", " < ", " DESC") };
        match range.start {
            RangeStart::Open => {}
            RangeStart::At(value) => {
                self.push(" AND ").push(key).push(at).arg(value);
            }
            RangeStart::Beyond(value) => {
                self.push(" AND ").push(key).push(beyond).arg(value);
            }
        }
        self.push(" ORDER BY ").push(key).push(order).push(", ").push(id).push(order);
        self.slice(Slice { skip: range.skip, take: range.take })
    }
}
