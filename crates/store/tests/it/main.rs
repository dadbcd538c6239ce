//! The store suite: every test runs on SQLite and, where a server is named, on PostgreSQL.

mod schema;
mod support;
mod writer;
