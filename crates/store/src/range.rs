//! A range of rows of a list that is ordered by a numeric key and then by id, in the same direction.

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

impl Query {
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
        self.push(" LIMIT ").arg(range.take).push(" OFFSET ").arg(range.skip)
    }
}
