//! Events that wait for the database at the same time are stored together.
//!
//! Whoever comes while nobody stores takes everything that waits and stores it; the others find their answer when it is
//! their turn, or take what came meanwhile. So a lone event goes at once, and the busier the node, the more events share
//! their statements: the owners of all hashes, all rows, and one count per issue, hour and tag instead of one per event.
//!
//! Only plain events go together, which most are: those of unresolved issues that own all their hashes, with nothing new
//! beside them. Every other event has a transaction of its own, and so has each of a batch that failed.

use std::{
    collections::{BTreeMap, HashSet},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::join_all;
use mortise_domain::{IssueId, ProjectId, Time, issue::IssueStatus};
use mortise_store::{
    Tx, error_event,
    ingest::issue::{self, Owner},
    issue::{stat, tag},
};
use tokio::sync::{Mutex as AsyncMutex, oneshot};

use super::{
    Prepared, StoredEvent,
    memory::Seen,
    store::{first_owner, row, store_alone},
    transition::hour_of,
};
use crate::{
    Ctx, Error, Result,
    events::{self, IssueRef},
};

/// How many events one transaction stores at most.
const EVENTS_MAX: usize = 64;

/// The events that wait, and whose turn it is to store them.
#[derive(Debug, Default)]
pub(super) struct Batches {
    waiting: Mutex<Vec<Waiting>>,
    turn: Arc<AsyncMutex<()>>,
}

#[derive(Debug)]
struct Waiting {
    event: Arc<Prepared>,
    reply: oneshot::Sender<Result<StoredEvent>>,
}

impl Batches {
    fn put(&self, waiting: Waiting) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(waiting);
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = waiting.len().min(EVENTS_MAX);
        let rest = waiting.split_off(taken);
        mem::replace(&mut *waiting, rest)
    }
}

/// Stores an event, with others if there are any; durable when this returns.
pub async fn store_event(ctx: &Ctx, event: Prepared) -> Result<StoredEvent> {
    let (reply, mut answer) = oneshot::channel();
    let batches = &ctx.ingest().batches;
    batches.put(Waiting { event: Arc::new(event), reply });
    loop {
        let turn = tokio::select! {
            biased;
            stored = &mut answer => return stored.unwrap_or_else(|_| Err(lost())),
            turn = Arc::clone(&batches.turn).lock_owned() => turn,
        };
        let ctx = ctx.clone();
        // On a task of its own, because the others must not wait in vain when this caller goes away.
        tokio::spawn(async move {
            let batch = ctx.ingest().batches.take();
            store(&ctx, batch).await;
            drop(turn);
        });
    }
}

fn lost() -> Error {
    Error::Internal("the task that stored the event broke".to_owned())
}

async fn store(ctx: &Ctx, batch: Vec<Waiting>) {
    let events: Vec<Arc<Prepared>> = batch.iter().map(|waiting| Arc::clone(&waiting.event)).collect();
    let together = if events.len() > 1 { store_together(ctx, events).await } else { Vec::new() };
    let mut alone = Vec::new();
    for (position, waiting) in batch.into_iter().enumerate() {
        match together.get(position) {
            // Whoever went away does not want the answer.
            Some(Some(stored)) => _ = waiting.reply.send(Ok(stored.clone())),
            _ => alone.push(async move { _ = waiting.reply.send(store_alone(ctx, waiting.event).await) }),
        }
    }
    join_all(alone).await;
}

/// What became of each event, in their order; `None` for those that were not stored. Empty when that is all of them.
async fn store_together(ctx: &Ctx, events: Vec<Arc<Prepared>>) -> Vec<Option<StoredEvent>> {
    let inner = ctx.clone();
    let stored =
        ctx.store.write(move |tx| Box::pin(async move { store_in(tx, &inner, &events).await })).await;
    stored.unwrap_or_else(|error: Error| {
        tracing::debug!(%error, "a batch of events is stored one by one");
        Vec::new()
    })
}

async fn store_in(tx: &mut Tx, ctx: &Ctx, events: &[Arc<Prepared>]) -> Result<Vec<Option<StoredEvent>>> {
    let owners = owners(tx, events).await?;
    let mut outcomes = vec![None; events.len()];
    let mut plain = Vec::new();
    for (position, event) in events.iter().enumerate() {
        if let Some(owner) = owners.get(&event.project).and_then(|owners| plain_owner(ctx, event, owners)) {
            plain.push((position, event, owner));
        }
    }
    // Issues are locked in the order of their ids, on every node.
    plain.sort_by_key(|(position, _, owner)| (owner.id, *position));
    let rows = plain.iter().map(|(_, event, owner)| row(event, owner.id)).collect();
    let mut inserted: HashSet<_> = error_event::insert_many(tx, rows).await?.into_iter().collect();
    let mut counts = Counts::default();
    let now = ctx.now();
    for (position, event, owner) in plain {
        let is_new = inserted.remove(&(event.project, event.event_id.clone()));
        if let Some(outcome) = outcomes.get_mut(position) {
            *outcome = Some(StoredEvent::of_known(is_new.then_some(owner.id)));
        }
        if !is_new {
            continue;
        }
        counts.add(event, owner);
        if event.wants_hook() {
            let subject = IssueRef { org: event.org, project: event.project, issue: owner.id };
            events::error_created(tx, subject, &event.event_id, now).await?;
        }
    }
    counts.write(tx).await?;
    Ok(outcomes)
}

/// The owners of all hashes, by project.
async fn owners(tx: &mut Tx, events: &[Arc<Prepared>]) -> Result<BTreeMap<ProjectId, Vec<Owner>>> {
    let mut hashes: BTreeMap<ProjectId, Vec<String>> = BTreeMap::new();
    for event in events {
        hashes.entry(event.project).or_default().extend(event.hashes.iter().cloned());
    }
    let mut owners = BTreeMap::new();
    for (project, mut hashes) in hashes {
        hashes.sort_unstable();
        hashes.dedup();
        owners.insert(project, issue::owners(tx, project, &hashes).await?);
    }
    Ok(owners)
}

/// The issue of a plain event.
fn plain_owner<'o>(ctx: &Ctx, event: &Prepared, owners: &'o [Owner]) -> Option<&'o Owner> {
    let owner = first_owner(&event.hashes, owners)?;
    let is_unresolved = owner.status == IssueStatus::Unresolved.number();
    let owns_all = event.hashes.iter().all(|hash| owners.iter().any(|owner| owner.hash == *hash));
    let memory = &ctx.ingest().seen;
    let nothing_new = Seen::beside(event).iter().all(|seen| memory.contains_key(seen));
    Some(owner).filter(|_| is_unresolved && owns_all && nothing_new)
}

/// What a batch adds to the counts.
#[derive(Default)]
struct Counts<'e> {
    issues: BTreeMap<IssueId, IssueCount<'e>>,
    hours: BTreeMap<(IssueId, i64), i64>,
    tags: BTreeMap<(IssueId, &'e str, &'e str), tag::Bump>,
}

#[derive(Default)]
struct IssueCount<'e> {
    /// Events not older than the one that the issue shows, and the newest of them.
    latest: Option<(i64, &'e Prepared)>,
    /// Older ones, and the time of the oldest.
    late: Option<(i64, Time)>,
}

impl<'e> Counts<'e> {
    fn add(&mut self, event: &'e Prepared, owner: &Owner) {
        let (id, seen) = (owner.id, event.timestamp);
        let count = self.issues.entry(id).or_default();
        if seen >= owner.last_seen {
            let (events, newest) = count.latest.unwrap_or((0, event));
            count.latest = Some((events + 1, if seen >= newest.timestamp { event } else { newest }));
        } else {
            let (events, oldest) = count.late.unwrap_or((0, seen));
            count.late = Some((events + 1, oldest.min(seen)));
        }
        *self.hours.entry((id, hour_of(seen))).or_default() += 1;
        for (key, value) in &event.counted {
            let bump =
                self.tags.entry((id, key, value)).or_insert(tag::Bump { times: 0, first: seen, last: seen });
            bump.times += 1;
            bump.first = bump.first.min(seen);
            bump.last = bump.last.max(seen);
        }
    }

    async fn write(self, tx: &mut Tx) -> Result<()> {
        for (id, count) in self.issues {
            if let Some((events, newest)) = count.latest {
                issue::count_latest(tx, id, events, newest.timestamp, &newest.shown).await?;
            }
            if let Some((events, oldest)) = count.late {
                issue::count_late(tx, id, events, oldest).await?;
            }
        }
        let hours: Vec<_> = self.hours.into_iter().map(|((id, hour), events)| (id, hour, events)).collect();
        stat::bump_many(tx, &hours).await?;
        let tags: Vec<_> = self.tags.into_iter().collect();
        tag::bump_many(tx, &tags).await?;
        Ok(())
    }
}
