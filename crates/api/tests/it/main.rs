//! The API, called as clients call it, on both databases.

mod auth;
mod conventions;
mod ingest;
mod matrix;
mod sentry_apps;
