//! The store suite: every test runs on SQLite and, where a server is named, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that meets None or an error has failed")]

mod reader;
mod schema;
mod support;
mod writer;
