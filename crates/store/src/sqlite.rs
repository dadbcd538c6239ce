//! The embedded database. Statements run on the thread that asks for them: handing one to another thread costs many times
//! what a simple statement does. The writer has a thread of its own. A read begins where it is asked for; one that turns
//! out long, or has to wait for a lock, is given up there and begun again on a thread on which blocking is allowed.

mod row;
mod statement;

use std::{
    panic,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags, config::DbConfig};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task, time,
};

pub(crate) use self::{
    row::{Cells, SqliteRow, Turns},
    statement::SqliteConnection,
};
use crate::{Result, StoreError};

/// How many statements a connection keeps prepared.
const STATEMENTS_KEPT_MAX: usize = 512;
/// How many connections read at once.
const READERS_MAX: u32 = 4;
/// How many steps of SQLite's virtual machine a read may take where it is asked for: less than half a millisecond.
const STEPS_IN_PLACE_MAX: i32 = 5_000;
/// How long a statement waits for another process that holds the file's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The file that a URL names: `sqlite:PATH` or `sqlite://PATH`.
pub(crate) fn path(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

/// Opens the file, and creates it where it is missing, for the one who writes.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "wal_autocheckpoint", 4000)?;
    prepare(&conn)?;
    Ok(conn)
}

/// Opens a file that there is, as it is.
pub(crate) fn open_existing(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    Ok(conn)
}

fn open_reader(path: &Path) -> Result<ReadConnection> {
    let conn = open_existing(path)?;
    conn.pragma_update(None, "query_only", true)?;
    prepare(&conn)?;
    let is_in_place = Arc::new(AtomicBool::new(false));
    let gives_up = Arc::clone(&is_in_place);
    conn.progress_handler(STEPS_IN_PLACE_MAX, Some(move || gives_up.load(Ordering::Relaxed)))?;
    Ok(ReadConnection { conn: SqliteConnection::new(conn), is_in_place })
}

/// A connection that reads, here or where blocking is allowed.
#[derive(Debug)]
struct ReadConnection {
    conn: SqliteConnection,
    /// While it is set, a statement is interrupted after [`STEPS_IN_PLACE_MAX`].
    is_in_place: Arc<AtomicBool>,
}

impl ReadConnection {
    /// Runs `work` on this thread; `None` when it would take long or wait.
    fn try_in_place<T>(&self, work: impl FnOnce(&SqliteConnection) -> Result<T>) -> Option<Result<T>> {
        if let Err(error) = self.conn.raw().busy_timeout(Duration::ZERO) {
            return Some(Err(error.into()));
        }
        self.is_in_place.store(true, Ordering::Relaxed);
        let result = work(&self.conn);
        self.is_in_place.store(false, Ordering::Relaxed);
        match result {
            Err(StoreError::Busy) => None,
            Err(StoreError::Sqlite(error))
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
            {
                None
            }
            other => Some(other),
        }
    }

    /// The connection for a thread on which blocking is allowed.
    fn patient(&self) -> Result<&SqliteConnection> {
        self.conn.raw().busy_timeout(BUSY_TIMEOUT)?;
        Ok(&self.conn)
    }
}

fn prepare(conn: &Connection) -> Result<()> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT_MAX);
    // Without it a statement with `LIMIT $1` is compiled anew whenever another value is bound.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    Ok(())
}

/// The connections that read, opened when they are needed.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<ReadConnection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(path: &Path) -> Arc<Self> {
        Arc::new(Self {
            path: path.to_owned(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(READERS_MAX as usize)),
        })
    }

    /// Lends a connection until the value is dropped.
    pub(crate) async fn lend(self: &Arc<Self>) -> Result<Lent> {
        let permit = time::timeout(ACQUIRE_TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Closed)?;
        let conn = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let held = Held { conn, readers: Arc::clone(self), _permit: permit };
        Ok(Lent(Arc::new(Mutex::new(held))))
    }

    /// Waits until all are given back, and closes them.
    pub(crate) async fn close(&self) {
        let all = self.permits.acquire_many(READERS_MAX).await;
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        drop(all);
    }
}

/// A connection that is lent.
#[derive(Debug)]
pub(crate) struct Lent(Arc<Mutex<Held>>);

#[derive(Debug)]
struct Held {
    conn: Option<ReadConnection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Lent {
    /// Runs `work` on this thread; `None` when it was not begun or given up, because it would take long or wait.
    pub(crate) fn try_in_place<T>(
        &self,
        work: impl FnOnce(&SqliteConnection) -> Result<T>,
    ) -> Option<Result<T>> {
        // Another thread has it while it ends a statement that nobody waits for.
        let held = self.0.try_lock().ok()?;
        held.conn.as_ref()?.try_in_place(work)
    }

    /// Runs `work` where blocking is allowed. When nobody waits for it any more its statement is interrupted.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&SqliteConnection) -> Result<T> + Send + 'static,
    {
        let held = Arc::clone(&self.0);
        let mut waiting = Waiting::default();
        let running = Arc::clone(&waiting.running);
        let done = task::spawn_blocking(move || {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            let conn = held.conn()?;
            running.begin(conn.raw())?;
            let result = work(conn);
            // Before the connection is given back, so that nobody else's statement is interrupted.
            running.end();
            result
        });
        let done = done.await;
        waiting.is_over = true;
        match done {
            Ok(result) => result,
            Err(error) if error.is_panic() => panic::resume_unwind(error.into_panic()),
            Err(_) => Err(StoreError::Closed),
        }
    }
}

/// Waiting for a statement; interrupts it when dropped before it is over.
#[derive(Default)]
struct Waiting {
    is_over: bool,
    running: Arc<Running>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_over {
            self.running.abandon();
        }
    }
}

/// A statement that is about to run or runs, and how to interrupt it.
#[derive(Default)]
struct Running(Mutex<Progress>);

#[derive(Default)]
enum Progress {
    #[default]
    NotBegun,
    Begun(InterruptHandle),
    Ended,
    Abandoned,
}

impl Running {
    /// Notes how to interrupt the connection; refused when nobody waits any more.
    fn begin(&self, conn: &Connection) -> Result<()> {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*progress, Progress::Abandoned) {
            return Err(StoreError::Closed);
        }
        *progress = Progress::Begun(conn.get_interrupt_handle());
        Ok(())
    }

    fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Progress::Ended;
    }

    fn abandon(&self) {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Progress::Begun(handle) = &*progress {
            handle.interrupt();
        }
        *progress = Progress::Abandoned;
    }
}

impl Held {
    /// The connection, opened if it is not yet.
    fn conn(&mut self) -> Result<&SqliteConnection> {
        if self.conn.is_none() {
            self.conn = Some(open_reader(&self.readers.path)?);
        }
        self.conn.as_ref().ok_or(StoreError::Closed)?.patient()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
    }
}
