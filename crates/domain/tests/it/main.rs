//! The rules of the domain as tables.

mod audit;
mod coded;
mod issue;
mod org;
mod origin;
mod platform;
mod role;
mod short_id;
mod slug;
mod token;
mod url;
mod version;
