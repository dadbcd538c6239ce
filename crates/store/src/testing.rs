//! Databases for tests: a fresh SQLite file, or a fresh PostgreSQL database copied from a migrated template. Behind the
//! feature `testing`; nothing of it ships.

use std::str::FromStr;

use mortise_domain::{Ids, SystemIds};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::{Open, Result, Store, StoreError};

/// The variable that names a PostgreSQL server for tests.
pub const POSTGRES_URL_VAR: &str = "MORTISE_TEST_DATABASE_URL";

/// A store of its own, gone with this value.
#[derive(Debug)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// How to open it again, for tests that restart.
    pub open: Open,
    _dir: Option<TempDir>,
}

/// A fresh SQLite file.
pub async fn sqlite() -> Result<TestStore> {
    let dir = tempfile::tempdir().map_err(|e| StoreError::Config(e.to_string()))?;
    let open = Open::sqlite_file(&dir.path().join("mortise.db"));
    let store = Store::open(&open).await?;
    Ok(TestStore { store, open, _dir: Some(dir) })
}

/// A fresh PostgreSQL database, or `None` where no server is named.
pub async fn postgres() -> Result<Option<TestStore>> {
    let Ok(server) = std::env::var(POSTGRES_URL_VAR) else { return Ok(None) };
    let options = PgConnectOptions::from_str(&server)?;
    let template = format!("mortise_template_{}", crate::migrate::fingerprint());
    let mut admin = options.connect().await?;
    ensure_template(&mut admin, &options, &template).await?;
    let name = format!("mortise_test_{}", SystemIds.hex(8));
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).await?;
    admin.close().await?;
    let mut open = Open::url(options.database(&name).to_url_lossy().to_string());
    open.postgres_connections_max = 8;
    let store = Store::open(&open).await?;
    Ok(Some(TestStore { store, open, _dir: None }))
}

/// Creates and migrates the template once; a session lock keeps other test processes waiting.
async fn ensure_template(admin: &mut PgConnection, options: &PgConnectOptions, template: &str) -> Result<()> {
    const LOCK: i64 = 0x6d6f_7274_6973;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut *admin).await?;
    let exists = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(template.to_owned());
    if exists.fetch_optional(&mut *admin).await?.is_none() {
        let building = format!("{template}_building");
        admin.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {building}"))).await?;
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {building}"))).await?;
        let open = Open::url(options.clone().database(&building).to_url_lossy().to_string());
        Store::open(&open).await?.close().await;
        admin.execute(AssertSqlSafe(format!("ALTER DATABASE {building} RENAME TO {template}"))).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut *admin).await?;
    Ok(())
}
