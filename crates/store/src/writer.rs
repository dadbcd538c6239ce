//! SQLite's single writer. Closures queue up; the writer begins a transaction, runs every closure that waits, each in
//! a savepoint so that one failure undoes only itself, commits once, and only then answers them all. While it waits
//! for the disk the queue fills again, so the busier the store the more commits share one `fsync`.

use std::{
    sync::{Arc, atomic::AtomicU64},
    thread,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use sqlx::{Connection, SqliteConnection};
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, oneshot},
};

use crate::{Conn, Query, Result, StoreError, Tx, sql::ConnKind, store::guarded};

/// How many closures one commit serves at most.
const BATCH_MAX: usize = 256;
/// How long a transaction takes in further closures.
const BATCH_TIME_MAX: Duration = Duration::from_millis(20);
/// How many closures may wait before callers do.
const QUEUE_MAX: usize = 4096;

/// Opens the transaction with the savepoint of its first closure.
const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT job";
/// Keeps what the last closure did, and opens the savepoint of the next.
const NEXT: &str = "RELEASE job; SAVEPOINT job";
/// Undoes what this closure did. Its savepoint stays open.
const UNDO: &str = "ROLLBACK TO job";

/// A closure that waits for the writer, with its answer's way back.
trait Job: Send {
    /// Runs the closure. `false`: undo what it did.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Answers the caller after the commit, or with the commit's failure.
    fn answer(self: Box<Self>, committed: bool);
}

struct Task<F, T, E> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: Option<oneshot::Sender<Result<T, E>>>,
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            self.outcome = guarded(work(tx)).await;
            if matches!(self.outcome, Some(Ok(_)))
                && let Err(error) = tx.flush().await
            {
                self.outcome = Some(Err(E::from(error)));
            }
            matches!(self.outcome, Some(Ok(_)))
        })
    }

    fn answer(mut self: Box<Self>, committed: bool) {
        let outcome = match self.outcome.take() {
            Some(Ok(_)) if !committed => Some(Err(E::from(StoreError::WriterGone))),
            other => other,
        };
        if let (Some(outcome), Some(reply)) = (outcome, self.reply.take()) {
            // The caller may have gone away; what it asked for is done all the same.
            let _ = reply.send(outcome);
        }
    }
}

enum Message {
    Job(Box<dyn Job>),
    Stop(oneshot::Sender<()>),
}

/// The way to the writer.
#[derive(Debug, Clone)]
pub(crate) struct WriterHandle {
    queue: mpsc::Sender<Message>,
}

impl WriterHandle {
    /// Queues `work` and waits until it is committed or undone.
    pub(crate) async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Task { work: Some(work), outcome: None, reply: Some(reply) };
        let queued = self.queue.send(Message::Job(Box::new(task))).await;
        queued.map_err(|_| E::from(StoreError::WriterGone))?;
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::WriterGone)))
    }

    /// Waits for what is queued and closes the connection.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _ = stopped.await;
        }
    }
}

/// Starts the writer on its connection, on a thread of its own: it waits for SQLite's thread many times per closure, and
/// waking one thread that has nothing else to do is cheaper than finding a worker of the runtime.
pub(crate) fn start(
    conn: SqliteConnection,
    statements: &Arc<AtomicU64>,
    appended: Arc<Notify>,
) -> Result<WriterHandle> {
    let (queue, jobs) = mpsc::channel(QUEUE_MAX);
    let tx = Tx::new(Conn::new(ConnKind::SqliteWriter(Box::new(conn)), statements));
    let runtime = Handle::current();
    let thread = thread::Builder::new().name("mortise-writer".to_owned());
    let started = thread.spawn(move || runtime.block_on(serve(tx, jobs, appended)));
    started.map_err(|error| StoreError::Config(format!("the writer could not be started: {error}")))?;
    Ok(WriterHandle { queue })
}

async fn serve(mut tx: Tx, mut jobs: mpsc::Receiver<Message>, appended: Arc<Notify>) {
    while let Some(message) = jobs.recv().await {
        let stop = match message {
            Message::Job(first) => batch(&mut tx, first, &mut jobs, &appended).await,
            Message::Stop(done) => Some(done),
        };
        if let Some(done) = stop {
            if let ConnKind::SqliteWriter(conn) = tx.conn.kind
                && let Err(error) = conn.close().await
            {
                tracing::warn!(%error, "closing the database");
            }
            let _ = done.send(());
            return;
        }
    }
}

/// One physical transaction: `first` and whatever waits behind it. Returns the request to stop, if one came.
async fn batch(
    tx: &mut Tx,
    first: Box<dyn Job>,
    jobs: &mut mpsc::Receiver<Message>,
    appended: &Notify,
) -> Option<oneshot::Sender<()>> {
    let started = Instant::now();
    let mut done = Vec::new();
    let mut stop = None;
    tx.appended = false;
    let mut committed = true;
    let mut next = Some(first);
    while let Some(mut job) = next.take() {
        let opening = if done.is_empty() { BEGIN } else { NEXT };
        if committed && let Err(error) = run_in_savepoint(tx, opening, job.as_mut()).await {
            tracing::error!(%error, "the transaction broke");
            committed = false;
        }
        done.push(job);
        if done.len() >= BATCH_MAX || started.elapsed() >= BATCH_TIME_MAX {
            break;
        }
        match jobs.try_recv() {
            Ok(Message::Job(job)) => next = Some(job),
            Ok(Message::Stop(reply)) => stop = Some(reply),
            Err(_) => {}
        }
    }
    committed = finish(tx, committed).await;
    if committed && tx.appended {
        appended.notify_one();
    }
    for job in done {
        job.answer(committed);
    }
    stop
}

async fn run_in_savepoint(tx: &mut Tx, opening: &'static str, job: &mut dyn Job) -> Result<()> {
    let appended = tx.appended;
    tx.execute(Query::new(opening)).await?;
    if !job.run(tx).await {
        tx.appended = appended;
        tx.waiting = None;
        tx.execute(Query::new(UNDO)).await?;
    }
    Ok(())
}

/// Commits, or rolls back what is left. Whether the commit is on disk.
async fn finish(tx: &mut Tx, healthy: bool) -> bool {
    if healthy {
        match tx.execute(Query::new("COMMIT")).await {
            Ok(_) => return true,
            Err(error) => tracing::error!(%error, "a commit failed; nothing of it was kept"),
        }
    }
    if let Err(error) = tx.execute(Query::new("ROLLBACK")).await {
        tracing::debug!(%error, "no transaction was left to roll back");
    }
    false
}
