//! Tests of what clients see; files mirror the source tree.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod cursor;
mod datetime;
mod errors;
mod fields;
mod js_json;
mod json_in;
mod page;
