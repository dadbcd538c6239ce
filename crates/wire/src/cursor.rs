//! The cursor: `value:offset:is_prev`, three numbers. What they mean is up to the paginator ([`crate::page`]); clients
//! send back what they were given.

use std::{fmt, str::FromStr};

/// A place in a list, as a client sends it and as the `Link` header prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Page size, rounded sort key or zero, depending on the paginator.
    pub value: i64,
    /// Page number, number of equal keys passed, or absolute index.
    pub offset: i64,
    /// Whether the page before this place is meant.
    pub is_prev: bool,
}

impl Cursor {
    /// The cursor that leads forward from a place.
    pub const fn next(value: i64, offset: i64) -> Self {
        Self { value, offset, is_prev: false }
    }

    /// The cursor that leads backward from a place.
    pub const fn prev(value: i64, offset: i64) -> Self {
        Self { value, offset, is_prev: true }
    }
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid cursor parameter.")]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut parts = text.split(':');
        let (Some(value), Some(offset), Some(is_prev), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidCursor);
        };
        Ok(Self { value: number(value)?, offset: integer(offset)?, is_prev: integer(is_prev)? != 0 })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.value, self.offset, u8::from(self.is_prev))
    }
}

fn integer(text: &str) -> Result<i64, InvalidCursor> {
    text.trim().parse().map_err(|_| InvalidCursor)
}

/// An integer, or a float whose fraction is dropped.
fn number(text: &str) -> Result<i64, InvalidCursor> {
    if let Ok(value) = integer(text) {
        return Ok(value);
    }
    // Only a point makes a float: `1e5` and `nan` are no numbers here.
    if !text.contains('.') {
        return Err(InvalidCursor);
    }
    let value: f64 = text.trim().parse().map_err(|_| InvalidCursor)?;
    // 2^63 is the first float that does not fit.
    if value.is_finite() && value.abs() < 9_223_372_036_854_775_808.0 {
        Ok(value as i64)
    } else {
        Err(InvalidCursor)
    }
}
