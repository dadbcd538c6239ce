//! Formats against known vectors, and properties over everything else.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod app_key;
mod assertion;
mod compare;
mod password;
mod seal;
mod sign;
mod token;
