//! The task behind delivery: it waits until something happened, takes a turn, and sends what it leased on its way. It
//! is the only one that knows how much is under way, so nothing here is shared or locked.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use mortise_domain::{Time, status::DeliveryState};
use mortise_store::{
    delivery::{self, NewAttempt, Recorded},
    dialect::Dialect,
    outbox,
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::{
    Attempted, Registry, Verdict,
    breaker::{self, Went},
    room::Room,
    schedule,
    turn::{Done, EVENTS_MAX, Turn},
    worker::{self, Finished},
};
use crate::{Ctx, Error, Result};

/// How many outcomes one turn records at most.
const OUTCOMES_MAX: usize = 250;
/// What a lease lasts beyond the time a receiver has, so that a slow node does not lose it while recording.
const LEASE_MARGIN: Duration = Duration::from_secs(30);
/// How long to wait after the database failed a turn.
const FAILED_TURN_PAUSE: Duration = Duration::from_millis(500);

/// Bounds of a node's delivery.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Calls under way at once, in all.
    pub calls_max: usize,
    /// Calls under way at once to one subscriber.
    pub share_max: usize,
    /// The same while its last attempt failed.
    pub share_failing_max: usize,
    /// How often to look for what became due without a signal: retries, and what another node left. Spread by a
    /// fifth either way.
    pub poll: Duration,
    /// How long to wait for calls under way when stopping.
    pub drain: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            calls_max: 512,
            share_max: 32,
            share_failing_max: 2,
            poll: Duration::from_secs(1),
            drain: Duration::from_secs(15),
        }
    }
}

/// Delivery on this node, running.
#[derive(Debug)]
pub struct Running {
    wake: Arc<Notify>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Looks for due deliveries now instead of at the next poll.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Asks it to stop, waits for calls under way as long as [`Options::drain`] allows, and gives back the leases of
    /// the rest.
    pub async fn stop(self) {
        self.stop.cancel();
        self.stopped().await;
    }

    /// Waits until it has stopped, after its token was cancelled.
    pub async fn stopped(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "delivery ended with a panic");
        }
    }
}

/// Starts delivery on this node. It stops when `stop` is cancelled. One per process: it consumes the store's signal.
pub fn start(ctx: Ctx, registry: Registry, options: Options, stop: CancellationToken) -> Running {
    let wake = Arc::new(Notify::new());
    let node = Node::new(ctx, registry, options, Arc::clone(&wake));
    let task = tokio::spawn(node.run(stop.clone()));
    Running { wake, stop, task }
}

struct Node {
    ctx: Ctx,
    registry: Registry,
    options: Options,
    /// New with every start, so that a lease of an earlier life is not mistaken for one of this.
    name: String,
    wake: Arc<Notify>,
    room: Room,
    finished: mpsc::UnboundedSender<Finished>,
    outcomes: mpsc::UnboundedReceiver<Finished>,
    /// Ended and not recorded yet.
    unrecorded: Vec<Finished>,
    /// Subscribers that have more than their share allowed to lease.
    backlog: BTreeSet<String>,
    /// Where the next look for due deliveries begins; `None` until the next poll.
    look_behind: Option<String>,
    look_for_events: bool,
}

impl Node {
    fn new(ctx: Ctx, registry: Registry, options: Options, wake: Arc<Notify>) -> Self {
        let (finished, outcomes) = mpsc::unbounded_channel();
        Self {
            name: ctx.ids.hex(8),
            ctx,
            registry,
            options,
            wake,
            room: Room::new(options),
            finished,
            outcomes,
            unrecorded: Vec::new(),
            backlog: BTreeSet::new(),
            look_behind: Some(String::new()),
            look_for_events: true,
        }
    }

    async fn run(mut self, stop: CancellationToken) {
        let listener = tokio::spawn(listen(self.ctx.clone(), Arc::clone(&self.wake), stop.clone()));
        self.free_left_over_leases().await;
        while !stop.is_cancelled() {
            self.take_turn().await;
            if !self.has_more() {
                self.wait(&stop).await;
            }
        }
        self.drain().await;
        // It ends with the token; a panic in it was logged by the runtime.
        let _ = listener.await;
    }

    /// On SQLite nobody else can hold a lease, so those of the last run are free at once.
    async fn free_left_over_leases(&self) {
        if self.ctx.store.dialect() == Dialect::Sqlite {
            let now = self.ctx.now();
            let freed =
                self.ctx.store.write(move |tx| Box::pin(async move { delivery::release_all(tx, now).await }));
            if let Err(error) = freed.await {
                tracing::warn!(%error, "leases of the last run stay until they end");
            }
        }
    }

    /// Whether the next turn need not wait for a signal.
    fn has_more(&self) -> bool {
        self.look_for_events || self.look_behind.is_some() || self.unrecorded.len() >= OUTCOMES_MAX
    }

    async fn wait(&mut self, stop: &CancellationToken) {
        let poll = spread(self.options.poll, schedule::jitter(self.ctx.ids.as_ref()));
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.ctx.store.appended().notified() => self.look_for_events = true,
            () = self.wake.notified() => self.look_everywhere(),
            Some(finished) = self.outcomes.recv() => self.note(finished),
            () = tokio::time::sleep(poll) => self.look_everywhere(),
        }
    }

    fn look_everywhere(&mut self) {
        self.look_for_events = true;
        self.look_behind.get_or_insert_default();
    }

    /// A call ended: its room is free before it is recorded.
    fn note(&mut self, finished: Finished) {
        let went_well = !matches!(&finished.attempted, Some(attempted) if matches!(attempted.verdict, Verdict::Retry { .. }));
        if self.room.is_full() {
            // Others may have been waiting for any room at all.
            self.look_behind.get_or_insert_default();
        }
        self.room.give_back(&finished.delivery.subscriber, went_well);
        self.unrecorded.push(finished);
    }

    async fn take_turn(&mut self) {
        while self.unrecorded.len() < OUTCOMES_MAX {
            let Ok(finished) = self.outcomes.try_recv() else { break };
            self.note(finished);
        }
        let now = self.ctx.now();
        let recording = self.unrecorded.len().min(OUTCOMES_MAX);
        let outcomes = self.unrecorded[..recording].iter().map(|finished| self.recorded(finished, now));
        let touched = self.unrecorded[..recording].iter().map(|finished| &finished.delivery.subscriber);
        let turn = Turn {
            node: self.name.clone(),
            now,
            lease: Duration::from_millis(self.ctx.settings.webhook_timeout_ms) + LEASE_MARGIN,
            outcomes: outcomes.collect(),
            went: self.unrecorded[..recording].iter().filter_map(Went::of).collect(),
            dispatch: std::mem::take(&mut self.look_for_events),
            look_behind: self.look_behind.take(),
            ready: touched.filter(|subscriber| self.backlog.contains(*subscriber)).cloned().collect(),
            room: self.room.clone(),
        };
        let signalled = turn.dispatch && turn.look_behind.is_none();
        match self.write(turn).await {
            Ok(done) => {
                self.unrecorded.drain(..recording);
                self.send_on_their_way(done, signalled);
            }
            Err(error) => {
                tracing::error!(%error, "a turn of delivery failed; it is taken again");
                self.look_everywhere();
                tokio::time::sleep(FAILED_TURN_PAUSE).await;
            }
        }
    }

    async fn write(&self, turn: Turn) -> Result<Done> {
        let (registry, ids) = (self.registry.clone(), Arc::clone(&self.ctx.ids));
        let work = self
            .ctx
            .store
            .write(move |tx| Box::pin(async move { turn.run(tx, &registry, ids.as_ref()).await }));
        work.await
    }

    fn send_on_their_way(&mut self, done: Done, signalled: bool) {
        self.look_for_events |= done.events == EVENTS_MAX;
        if let Some(last) = done.more_behind {
            self.look_behind = Some(last);
        } else if signalled && done.events == 0 {
            // The signal was for something else that became due, such as a replay.
            self.look_behind = Some(String::new());
        }
        for (subscriber, (asked, leased)) in done.looked_at {
            self.room.take(&subscriber, leased);
            if leased == asked || self.room.busy(&subscriber) > 0 {
                self.backlog.insert(subscriber);
            } else {
                self.backlog.remove(&subscriber);
            }
        }
        if !done.claimed.is_empty() {
            let (ctx, registry) = (self.ctx.clone(), self.registry.clone());
            tokio::spawn(worker::hand_over(ctx, registry, done.claimed, self.finished.clone()));
        }
    }

    /// What is written about a hand-over that ended.
    fn recorded(&self, finished: &Finished, now: Time) -> Recorded {
        let Finished { delivery, started_at, duration_us, attempted } = finished;
        let (state, due_at) = match attempted {
            None => (DeliveryState::Skipped, now),
            Some(Attempted { verdict, .. }) => {
                let failures = delivery.attempts - delivery.attempts_before + 1;
                self.next(*verdict, u32::try_from(failures).unwrap_or(u32::MAX), now)
            }
        };
        let attempt = attempted.as_ref().map(|attempted| NewAttempt {
            app: delivery.sentry_app_id,
            kind: delivery.kind.clone(),
            started_at: *started_at,
            duration_us: *duration_us,
            response_code: attempted.response_code.map(i64::from),
            exchange: attempted.exchange.clone(),
        });
        let (delivery_id, attempts_claimed) = (delivery.id, delivery.attempts);
        Recorded { delivery_id, attempts_claimed, state, due_at, attempt }
    }

    fn next(&self, verdict: Verdict, failures: u32, now: Time) -> (DeliveryState, Time) {
        match verdict {
            Verdict::Delivered => (DeliveryState::Delivered, now),
            Verdict::Failed => (DeliveryState::Failed, now),
            Verdict::Retry { after } => {
                match schedule::delay(failures, after, schedule::jitter(self.ctx.ids.as_ref())) {
                    Some(delay) => (DeliveryState::Pending, schedule::after(now, delay)),
                    None => (DeliveryState::Failed, now),
                }
            }
        }
    }

    /// Waits for calls under way, records them, and gives back the leases of the rest.
    async fn drain(&mut self) {
        let deadline = tokio::time::Instant::now() + self.options.drain;
        while !self.room.is_empty() {
            match tokio::time::timeout_at(deadline, self.outcomes.recv()).await {
                Ok(Some(finished)) => self.note(finished),
                Ok(None) | Err(_) => break,
            }
        }
        let now = self.ctx.now();
        let outcomes: Vec<_> = self.unrecorded.iter().map(|finished| self.recorded(finished, now)).collect();
        let went: Vec<_> = self.unrecorded.iter().filter_map(Went::of).collect();
        let node = self.name.clone();
        let written = self.ctx.store.write(move |tx| {
            Box::pin(async move {
                let held = delivery::record(tx, &node, &outcomes, now).await?;
                breaker::count(tx, &went, &held, now).await?;
                Ok::<_, Error>(delivery::release(tx, &node, now).await?)
            })
        });
        match written.await {
            Ok(0) => {}
            Ok(released) => tracing::info!(released, "deliveries under way are left for later"),
            Err(error) => tracing::error!(%error, "leases could not be given back; they end by themselves"),
        }
    }
}

/// Passes on what other nodes say, on PostgreSQL.
async fn listen(ctx: Ctx, wake: Arc<Notify>, stop: CancellationToken) {
    let pass_on = async {
        loop {
            match outbox::listen(&ctx.store).await {
                Ok(None) => return,
                Ok(Some(mut listener)) => {
                    while listener.heard().await.is_ok() {
                        wake.notify_one();
                    }
                }
                Err(error) => tracing::warn!(%error, "cannot listen for events of other nodes"),
            }
            tokio::time::sleep(FAILED_TURN_PAUSE).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = pass_on => {}
    }
}

/// A fifth more or less.
fn spread(duration: Duration, jitter: u64) -> Duration {
    duration.mul_f64(0.8 + 0.4 * ((jitter % 1000) as f64 / 1000.0))
}
