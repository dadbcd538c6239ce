//! Backups of an SQLite database: a copy as of one moment, with a table `backup` that says what it is.

use std::path::Path;

use mortise_domain::Time;
use rusqlite::Connection;

use crate::{Result, StoreError, sqlite};

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
pub fn write(database: &Path, backup: &Path, note: &Note) -> Result<()> {
    let source = sqlite::open_existing(database)?;
    source.execute("VACUUM INTO ?1", [backup.to_string_lossy()])?;
    let copy = plain_file(backup)?;
    copy.execute_batch(
        "CREATE TABLE backup (version TEXT NOT NULL, created_at INTEGER NOT NULL, keys TEXT) STRICT",
    )?;
    copy.execute(
        "INSERT INTO backup (version, created_at, keys) VALUES (?1, ?2, ?3)",
        (&note.version, note.created_at.as_microsecond(), &note.keys),
    )?;
    copy.close().map_err(|(_, error)| error.into())
}

/// Checks the backup and copies it to `database` without the table that makes it one.
pub fn read(backup: &Path, database: &Path) -> Result<Note> {
    std::fs::copy(backup, database)
        .map_err(|error| StoreError::Config(format!("{}: {error}", backup.display())))?;
    let no_backup = |_| StoreError::Config(format!("{} is no backup of Mortise", backup.display()));
    let copy = plain_file(database).map_err(no_backup)?;
    let health = copy.query_row("PRAGMA integrity_check(1)", (), |row| row.get::<_, String>(0))?;
    if health != "ok" {
        return Err(StoreError::Config(format!("{} is damaged: {health}", backup.display())));
    }
    let note = copy.query_row("SELECT version, created_at, keys FROM backup", (), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    });
    let (version, created_at, keys) = note.map_err(StoreError::from).map_err(no_backup)?;
    let created_at =
        Time::from_microsecond(created_at).map_err(|error| StoreError::Config(error.to_string()))?;
    // Overwritten, since the keys were in it.
    copy.pragma_update(None, "secure_delete", true)?;
    copy.execute_batch("DROP TABLE backup")?;
    copy.close().map_err(|(_, error)| StoreError::from(error))?;
    Ok(Note { version, created_at, keys })
}

/// One file without companions.
fn plain_file(path: &Path) -> Result<Connection> {
    let conn = sqlite::open_existing(path)?;
    conn.pragma_update(None, "journal_mode", "delete")?;
    Ok(conn)
}
