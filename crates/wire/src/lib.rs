//! What clients see, byte for byte: JSON objects with their keys in order, error bodies, cursors and links, envelopes,
//! webhook bodies. Types here are plain data that the service fills; nothing reads a database or a network.
//!
//! Absent and null differ on the wire. A key that may be absent is an `Option` that is skipped when `None`; a key that
//! may be null is an `Option` that is written as null. Ids are texts of digits unless a type says otherwise.

pub mod cursor;
pub mod datetime;
pub mod errors;
pub mod fields;
pub mod js_json;
pub mod json_in;
pub mod page;
pub mod patch;

pub use cursor::Cursor;
pub use datetime::WireTime;
pub use errors::{ErrorBody, FieldErrors};
pub use fields::{Body, Fields};
pub use page::{Page, PageError, PageRequest};
