//! SQLite's single writer. Closures queue up; the writer begins a transaction, runs every closure that waits, each in
//! a savepoint so that one failure undoes only itself, commits once, and only then answers them all. While it waits
//! for the disk the queue fills again, so the busier the store the more commits share one `fsync`.

use std::{
    sync::{Arc, atomic::AtomicU64},
    thread,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, oneshot},
};

use crate::{Conn, Query, Result, StoreError, Tx, sql::ConnKind, sqlite::SqliteConnection, store::guarded};

/// How many closures one commit serves at most.
const BATCH_MAX: usize = 256;
/// How long a transaction takes in further closures.
const BATCH_TIME_MAX: Duration = Duration::from_millis(20);
/// How many closures may wait before callers do.
const QUEUE_MAX: usize = 4096;

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

/// Starts the writer on its connection, on a thread of its own, since every statement and every commit blocks it.
pub(crate) fn start(
    conn: SqliteConnection,
    statements: &Arc<AtomicU64>,
    appended: Arc<Notify>,
) -> Result<WriterHandle> {
    let (queue, jobs) = mpsc::channel(QUEUE_MAX);
    let tx = Tx::new(Conn::new(ConnKind::SqliteWriter(conn), statements));
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
                && let Err(error) = conn.close()
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
        if committed && let Err(error) = run_in_savepoint(tx, done.is_empty(), job.as_mut()).await {
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

/// Runs one closure; `first` begins the transaction. What a closure that failed did is undone.
async fn run_in_savepoint(tx: &mut Tx, first: bool, job: &mut dyn Job) -> Result<()> {
    let appended = tx.appended;
    if first {
        tx.execute(Query::new("BEGIN IMMEDIATE")).await?;
    }
    tx.execute(Query::new("SAVEPOINT job")).await?;
    if !job.run(tx).await {
        tx.appended = appended;
        tx.execute(Query::new("ROLLBACK TO job")).await?;
    }
    tx.execute(Query::new("RELEASE job")).await?;
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
