//! The API, called as clients call it, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that meets None or an error has failed")]

mod applications;
mod audit_log;
mod auth;
mod conventions;
mod environments;
mod ingest;
mod issues;
mod keys;
mod matrix;
mod projects;
mod sentry_apps;
mod tokens;
