//! The only crate that knows SQL. One SQL text serves SQLite and PostgreSQL; what differs lives in [`mod@dialect`].
//!
//! * [`Store::read`] lends a connection for reading; [`Store::write`] is the one door for writing: a closure over a
//!   [`Tx`] whose rows and events are committed together or not at all.
//! * SQLite: one writer runs the closures that wait, one after another, each in a savepoint, inside one physical
//!   transaction with `synchronous=FULL`, and answers them all after its single commit. PostgreSQL: a closure is a
//!   transaction.
//! * Times are epoch microseconds (`BIGINT`), JSON is `TEXT`, secrets are sealed bytes. `SUM` needs
//!   `CAST(.. AS BIGINT)`, because PostgreSQL widens it. Placeholders are `$1`, `$2`, ...
//! * A module per aggregate holds its row types and its functions: reads take `&mut Conn`, writes `&mut Tx`. Not
//!   found is `None`; a broken unique constraint is [`StoreError::Conflict`].

pub mod activity;
pub mod app_request;
pub mod application;
pub mod audit;
pub mod backlog;
pub mod backup;
pub mod code_mapping;
pub mod code_owners;
pub mod commit;
pub mod credential;
pub mod deletion;
pub mod delivery;
pub mod deploy;
pub mod dialect;
pub mod directory;
pub mod environment;
pub mod error_event;
pub mod ingest;
pub mod integration;
pub mod issue;
pub mod job;
pub mod member;
pub mod metric_rule;
mod migrate;
pub mod oauth;
pub mod org_token;
pub mod organization;
pub mod outbox;
mod pattern;
pub mod place;
pub mod plugin;
pub mod project;
pub mod project_key;
mod range;
pub mod release;
pub mod release_commits;
pub mod release_fetch;
pub mod repository;
pub mod repository_hook;
pub mod repository_link;
pub mod retention;
pub mod rule;
pub mod sealed;
pub mod sentry_app;
pub mod service_hook;
pub mod session;
mod sql;
mod sqlite;
mod store;
pub mod team;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod user;
pub mod user_report;
mod writer;

use std::error::Error;

use rusqlite::{ErrorCode, ffi};

pub use pattern::Pattern;
pub use range::{Range, RangeStart, Slice};
pub use sql::{Bind, Column, Conn, FromRow, Query, Row, Value};
pub use store::{Open, Reader, Store, Tx};

/// What a store function can fail with. A missing row is `Option`, never an error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint refused the row; the text names it.
    #[error("conflict: {0}")]
    Conflict(String),
    /// A row refers to one that is gone, or is still referred to.
    #[error("broken reference: {0}")]
    Reference(String),
    /// A stored value that this version cannot read.
    #[error("unreadable value in column {column}: {reason}")]
    Corrupt {
        /// The column of the result.
        column: String,
        /// What was wrong with it.
        reason: String,
    },
    /// An update that had to touch exactly one row touched another number.
    #[error("{affected} rows changed where one had to")]
    RowCount {
        /// How many rows were changed.
        affected: u64,
    },
    /// The writer stopped before it answered; nothing was committed.
    #[error("the writer is gone")]
    WriterGone,
    /// The store is closed, or closing.
    #[error("the database is closed")]
    Closed,
    /// All connections are lent, or another process holds the file, for too long.
    #[error("the database is busy: it did not become free in time")]
    Busy,
    /// Upgrading the schema failed.
    #[error("migration: {0}")]
    Migrate(Box<dyn Error + Send + Sync>),
    /// PostgreSQL, or the way to it.
    #[error("database: {0}")]
    Postgres(sqlx::Error),
    /// The embedded database.
    #[error("database: {0}")]
    Sqlite(rusqlite::Error),
    /// The database URL or folder cannot be used.
    #[error("{0}")]
    Config(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(db) if db.is_unique_violation() => StoreError::Conflict(db.message().to_owned()),
            Some(db) if db.is_foreign_key_violation() => StoreError::Reference(db.message().to_owned()),
            _ if matches!(error, sqlx::Error::PoolTimedOut) => StoreError::Busy,
            _ if matches!(error, sqlx::Error::PoolClosed) => StoreError::Closed,
            _ => StoreError::Postgres(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|error| error.extended_code) {
            Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                StoreError::Conflict(error.to_string())
            }
            Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::Reference(error.to_string()),
            _ if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => StoreError::Busy,
            _ => StoreError::Sqlite(error),
        }
    }
}

/// The result of a store function.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
