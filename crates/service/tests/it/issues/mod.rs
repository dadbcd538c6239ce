//! Issues, read.

mod search;
