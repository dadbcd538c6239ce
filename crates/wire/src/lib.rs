//! What clients see, byte for byte: JSON objects with their keys in order, error bodies, cursors and links, envelopes,
//! webhook bodies. Types here are plain data that the service fills; nothing reads a database or a network.
//!
//! Absent and null differ on the wire. A key that may be absent is an `Option` that is skipped when `None`; a key that
//! may be null is an `Option` that is written as null. Ids are texts of digits unless a type says otherwise.

pub mod activity;
pub mod application;
pub mod audit;
pub mod avatar;
pub mod client_report;
pub mod code_mapping;
pub mod code_owners;
pub mod cursor;
pub mod datetime;
pub mod doc_integration;
pub mod envelope;
pub mod environment;
pub mod errors;
pub mod event;
pub mod external_actor;
pub mod fields;
pub mod identity;
pub mod ingest_auth;
pub mod integration;
pub mod issue;
pub mod js_json;
pub mod json_in;
pub mod key;
pub mod member;
pub mod organization;
pub mod page;
pub mod patch;
pub mod plugin;
pub mod project;
pub mod python;
pub mod rate_limits;
pub mod release;
pub mod repository;
pub mod role;
pub mod rpc;
pub mod rule;
pub mod sentry_app;
pub mod tag;
pub mod team;
pub mod token;
pub mod user;
pub mod webhook;
pub mod written;

pub use cursor::Cursor;
pub use datetime::WireTime;
pub use errors::{ErrorBody, FieldErrors};
pub use fields::{Body, Fields};
pub use page::{Page, PageError, PageRequest};
pub use written::Written;
