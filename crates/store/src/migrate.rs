//! The numbered list of migrations: one text for both databases, with a few words translated by
//! [`crate::dialect::ddl`]. Forward only; `sqlx` keeps the list of what has run and takes the lock.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::{
    Result,
    dialect::{self, Dialect},
};

const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "accounts", include_str!("../migrations/0001_accounts.sql")),
    (2, "projects", include_str!("../migrations/0002_projects.sql")),
    (3, "issues", include_str!("../migrations/0003_issues.sql")),
    (4, "apps", include_str!("../migrations/0004_apps.sql")),
    (5, "delivery", include_str!("../migrations/0005_delivery.sql")),
];

/// The migrations in the words of one database.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let list = MIGRATIONS.iter().map(|(number, name, text)| {
        let sql = AssertSqlSafe(dialect::ddl(dialect, text)).into_sql_str();
        Migration::new(*number, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(list.collect())
}

/// The number of the newest migration.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(number, ..)| *number)
}

/// The number of the newest migration that has run on a database.
pub(crate) async fn applied(url: &str) -> Result<Option<i64>> {
    let sql = "SELECT MAX(version) FROM _sqlx_migrations";
    let version = if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await?;
        sqlx::query_scalar(sql).fetch_one(&mut conn).await
    } else {
        let mut conn = PgConnection::connect(url).await?;
        sqlx::query_scalar(sql).fetch_one(&mut conn).await
    };
    match version {
        Ok(version) => Ok(version),
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
