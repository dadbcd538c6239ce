//! Backups of an SQLite database: a copy as of one moment, with a table `backup` that says what it is.

use std::path::Path;

use mortise_domain::Time;
use sqlx::{
    Connection as _, Row as _,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode},
};

use crate::{Result, StoreError};

/// What a backup knows of itself.
#[derive(Debug, Clone)]
pub struct Note {
    /// The version of the program that made it.
    pub version: String,
    /// When.
    pub created_at: Time,
    /// The sealing keys, unless they were left out.
    pub keys: Option<String>,
}

/// Copies the database at `database` into `backup`, an empty file, while others read and write it.
pub async fn write(database: &Path, backup: &Path, note: &Note) -> Result<()> {
    let mut source = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(database)).await?;
    let target = backup.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(target).execute(&mut source).await?;
    source.close().await?;
    let mut copy = SqliteConnection::connect_with(&plain_file(backup)).await?;
    sqlx::query("CREATE TABLE backup (version TEXT NOT NULL, created_at INTEGER NOT NULL, keys TEXT) STRICT")
        .execute(&mut copy)
        .await?;
    sqlx::query("INSERT INTO backup (version, created_at, keys) VALUES ($1, $2, $3)")
        .bind(&note.version)
        .bind(note.created_at.as_microsecond())
        .bind(&note.keys)
        .execute(&mut copy)
        .await?;
    copy.close().await?;
    Ok(())
}

/// Checks the backup and copies it to `database` without the table that makes it one.
pub async fn read(backup: &Path, database: &Path) -> Result<Note> {
    std::fs::copy(backup, database)
        .map_err(|error| StoreError::Config(format!("{}: {error}", backup.display())))?;
    let mut copy = SqliteConnection::connect_with(&plain_file(database)).await?;
    let health: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut copy).await?;
    if health != "ok" {
        return Err(StoreError::Config(format!("{} is damaged: {health}", backup.display())));
    }
    let note = sqlx::query("SELECT version, created_at, keys FROM backup").fetch_one(&mut copy).await;
    let row =
        note.map_err(|_| StoreError::Config(format!("{} is no backup of Mortise", backup.display())))?;
    let created_at = Time::from_microsecond(row.try_get("created_at")?);
    let note = Note {
        version: row.try_get("version")?,
        created_at: created_at.map_err(|error| StoreError::Config(error.to_string()))?,
        keys: row.try_get("keys")?,
    };
    // Overwritten, since the keys were in it.
    sqlx::query("PRAGMA secure_delete = ON").execute(&mut copy).await?;
    sqlx::query("DROP TABLE backup").execute(&mut copy).await?;
    copy.close().await?;
    Ok(note)
}

/// One file without companions.
fn plain_file(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Delete)
}
