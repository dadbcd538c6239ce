//! Opening a database, lending connections, and the one door for writing.

use std::{
    any::Any,
    ops::{Deref, DerefMut},
    panic::AssertUnwindSafe,
    path::Path,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::Notify;

use crate::{
    Conn, Result, StoreError,
    dialect::Dialect,
    migrate,
    outbox::Announcer,
    sql::ConnKind,
    sqlite::{self, Readers, SqliteConnection},
    writer::{self, WriterHandle},
};

/// How many statements a connection to PostgreSQL keeps prepared.
const STATEMENTS_KEPT_MAX: usize = 512;
/// How long a caller waits for a connection.
const ACQUIRE_TIMEOUT_MS: u64 = 10_000;

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Open {
    /// `sqlite:PATH` or `postgres://...`.
    pub url: String,
    /// Connections to PostgreSQL at most.
    pub postgres_connections_max: u32,
}

impl Open {
    /// With default limits.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: url.into(), postgres_connections_max: 16 }
    }

    /// An SQLite file.
    pub fn sqlite_file(path: &Path) -> Self {
        Self::url(format!("sqlite:{}", path.display()))
    }
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    statements: Arc<AtomicU64>,
    appended: Arc<Notify>,
}

#[derive(Debug)]
enum Backend {
    Sqlite { readers: Arc<Readers>, writer: WriterHandle },
    Postgres { pool: PgPool, announcer: Announcer },
}

impl Store {
    /// Opens the database, creates an SQLite file that is missing, and runs the migrations that have not run.
    pub async fn open(open: &Open) -> Result<Store> {
        let statements = Arc::new(AtomicU64::new(0));
        let appended = Arc::new(Notify::new());
        let backend = if let Some(path) = sqlite::path(&open.url) {
            if open.url.contains('?') {
                return Err(StoreError::Config(
                    "an SQLite URL is `sqlite:PATH`, without parameters".to_owned(),
                ));
            }
            let mut conn = sqlite::open(path)?;
            migrate::sqlite(&mut conn)?;
            let writer = writer::start(SqliteConnection::new(conn), &statements, Arc::clone(&appended))?;
            Backend::Sqlite { readers: Readers::new(path), writer }
        } else if open.url.starts_with("postgres:") || open.url.starts_with("postgresql:") {
            Self::open_postgres(open).await?
        } else {
            return Err(StoreError::Config(
                "the database URL must start with sqlite: or postgres://; see `mortise config`".to_owned(),
            ));
        };
        Ok(Store { inner: Arc::new(Inner { backend, statements, appended }) })
    }

    async fn open_postgres(open: &Open) -> Result<Backend> {
        let options = PgConnectOptions::from_str(&open.url)?
            .statement_cache_capacity(STATEMENTS_KEPT_MAX)
            .application_name("mortise");
        let pool = PgPoolOptions::new()
            .max_connections(open.postgres_connections_max)
            .acquire_timeout(Duration::from_millis(ACQUIRE_TIMEOUT_MS))
            .connect_with(options)
            .await?;
        migrate::postgres(&pool).await?;
        let announcer = Announcer::start(pool.clone());
        Ok(Backend::Postgres { pool, announcer })
    }

    /// Lends a connection for reading. Give it back (drop it) before calling anything remote.
    pub fn read(&self) -> BoxFuture<'_, Result<Reader>> {
        Box::pin(async move {
            let kind = match &self.inner.backend {
                Backend::Sqlite { readers, .. } => ConnKind::SqliteReader(readers.lend().await?),
                // Boxed once more: the driver's future has 14 KB, which a reader of SQLite would carry along.
                Backend::Postgres { pool, .. } => ConnKind::PgReader(Box::pin(pool.acquire()).await?),
            };
            Ok(Reader(Conn::new(kind, &self.inner.statements)))
        })
    }

    /// Runs `work` in a transaction: all of it is durable when this returns `Ok`, none of it when it returns `Err`.
    ///
    /// `work` must only talk to the database: on SQLite every other writer waits for it.
    pub fn write<T, E, F>(&self, work: F) -> BoxFuture<'_, Result<T, E>>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        Box::pin(async move {
            match &self.inner.backend {
                Backend::Sqlite { writer, .. } => writer.run(work).await,
                Backend::Postgres { pool, announcer } => self.write_postgres(pool, announcer, work).await,
            }
        })
    }

    async fn write_postgres<T, E, F>(&self, pool: &PgPool, announcer: &Announcer, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send,
        E: From<StoreError> + Send,
    {
        let begun = pool.begin().await.map_err(|e| E::from(StoreError::from(e)))?;
        let mut tx = Tx::new(Conn::new(ConnKind::PgTx(begun), &self.inner.statements));
        let value = work(&mut tx).await?;
        let appended = tx.appended;
        if let ConnKind::PgTx(begun) = tx.conn.kind {
            begun.commit().await.map_err(|e| E::from(StoreError::from(e)))?;
        }
        if appended {
            self.inner.appended.notify_one();
            announcer.announce();
        }
        Ok(value)
    }

    /// Signalled after a commit that appended events to the outbox.
    pub fn appended(&self) -> &Notify {
        &self.inner.appended
    }

    /// What nodes hear of each other through, on PostgreSQL.
    pub(crate) fn postgres(&self) -> Option<(&PgPool, &Announcer)> {
        match &self.inner.backend {
            Backend::Sqlite { .. } => None,
            Backend::Postgres { pool, announcer } => Some((pool, announcer)),
        }
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match &self.inner.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// The newest schema number this build knows; `open` has brought the database to it.
    pub fn newest_schema() -> i64 {
        migrate::newest()
    }

    /// The schema number that a database has now, without changing it; `None` before the first start.
    pub async fn schema_of(open: &Open) -> Result<Option<i64>> {
        migrate::applied(&open.url).await
    }

    /// How many statements were run since the store was opened; benchmarks and tests read it.
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Waits for running writes and closes all connections.
    pub async fn close(&self) {
        match &self.inner.backend {
            Backend::Sqlite { readers, writer } => {
                readers.close().await;
                writer.stop().await;
            }
            Backend::Postgres { pool, .. } => pool.close().await,
        }
    }
}

/// A connection for reading.
#[derive(Debug)]
pub struct Reader(Conn);

impl Deref for Reader {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// A transaction. Reads see its own writes.
#[derive(Debug)]
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) appended: bool,
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, appended: false }
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// Runs a closure's future and turns a panic into `None`, so that one bad closure cannot take the writer down.
pub(crate) async fn guarded<T>(future: BoxFuture<'_, T>) -> Option<T> {
    match AssertUnwindSafe(future).catch_unwind().await {
        Ok(value) => Some(value),
        Err(panic) => {
            let text = panic_text(panic.as_ref());
            tracing::error!(panic = text, "a write panicked and was rolled back");
            None
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("?")
}
