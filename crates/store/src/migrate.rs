//! The numbered list of migrations: one text for both databases, with a few words translated by
//! [`crate::dialect::ddl`]. Forward only. PostgreSQL keeps the list of what has run, with checksums; SQLite the number of
//! the newest one in the file's header.

use std::borrow::Cow;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::{
    Result, StoreError,
    dialect::{self, Dialect},
    sqlite,
};

/// Name and text; the first one is number 1.
const MIGRATIONS: &[(&str, &str)] = &[
    ("accounts", include_str!("../migrations/0001_accounts.sql")),
    ("projects", include_str!("../migrations/0002_projects.sql")),
    ("issues", include_str!("../migrations/0003_issues.sql")),
    ("apps", include_str!("../migrations/0004_apps.sql")),
    ("delivery", include_str!("../migrations/0005_delivery.sql")),
    ("alert_rules", include_str!("../migrations/0006_alert_rules.sql")),
    ("integrations", include_str!("../migrations/0007_integrations.sql")),
];

/// Runs on PostgreSQL what has not run, while other nodes wait.
pub(crate) async fn postgres(pool: &PgPool) -> Result<()> {
    let list = (1..).zip(MIGRATIONS).map(|(number, (name, text))| {
        let sql = AssertSqlSafe(dialect::ddl(Dialect::Postgres, text)).into_sql_str();
        Migration::new(number, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(list.collect());
    migrator.run(pool).await.map_err(|error| StoreError::Migrate(error.into()))
}

/// Runs on SQLite what has not run, each in a transaction.
pub(crate) fn sqlite(conn: &mut Connection) -> Result<()> {
    let texts: Vec<String> = MIGRATIONS.iter().map(|(_, text)| dialect::ddl(Dialect::Sqlite, text)).collect();
    let migrations = Migrations::from_iter(texts.iter().map(|text| M::up(text)));
    migrations.to_latest(conn).map_err(|error| StoreError::Migrate(error.into()))
}

/// The number of the newest migration.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// The number of the newest migration that has run on a database; `None` before the first start.
pub(crate) async fn applied(url: &str) -> Result<Option<i64>> {
    if let Some(path) = sqlite::path(url) {
        let conn = sqlite::open_existing(path)?;
        let number: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        return Ok((number > 0).then_some(number));
    }
    let mut conn = PgConnection::connect(url).await?;
    let number = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(&mut conn).await;
    match number {
        Ok(number) => Ok(number),
        // The table is made by the first start.
        Err(sqlx::Error::Database(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Changes whenever a migration's text does; names the template database of the tests.
#[cfg(feature = "testing")]
pub(crate) fn fingerprint() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    MIGRATIONS.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
