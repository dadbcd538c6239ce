//! Tests of what clients see; files mirror the source tree.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod cursor;
mod datetime;
mod entities;
mod errors;
mod event;
mod fields;
mod ingest;
mod issue;
mod js_json;
mod json_in;
mod page;
mod samples;
mod webhook;
