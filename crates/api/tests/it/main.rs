//! The API, called as clients call it, on both databases.

mod conventions;
