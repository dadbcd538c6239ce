//! One turn of a node, in one transaction: record what became of calls, make deliveries of new events, lease what is
//! due. Being one transaction keeps it quick: a commit costs a flush to disk, and the rows of all three are few.

use std::{
    collections::{BTreeSet, HashMap},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use mortise_domain::{EventId, Ids, Time};
use mortise_store::{
    StoreError, Tx,
    delivery::{self, Claim, Claimed, Event, NewDelivery, Recorded},
};

use super::{
    Registry, Subscriber, Target,
    breaker::{self, Went},
    room::Room,
    schedule,
    worker::panic_text,
};

/// How many events become deliveries in one turn.
pub(super) const EVENTS_MAX: i64 = 256;
/// How many subscribers a look for due deliveries finds at once.
pub(super) const SUBSCRIBERS_MAX: i64 = 64;
/// An earlier delivery of the same subject whose next try is further away than this no longer holds up later ones:
/// a receiver that fails for long gets the news late, but a single refused delivery does not block its subject.
const HOLD: Duration = Duration::from_secs(60);

/// What a turn does.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) node: String,
    pub(super) now: Time,
    pub(super) lease: Duration,
    /// What became of calls.
    pub(super) outcomes: Arc<[Recorded]>,
    /// How webhooks of apps went among them.
    pub(super) went: Arc<[Went]>,
    /// Look for new events.
    pub(super) dispatch: bool,
    /// Look for subscribers with due deliveries behind this name.
    pub(super) look_behind: Option<String>,
    /// Subscribers that have more to be leased.
    pub(super) ready: BTreeSet<String>,
    /// How much may be leased.
    pub(super) room: Room,
}

/// What a turn did.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Leased now.
    pub(super) claimed: Vec<Claimed>,
    /// Subscribers that were looked at: how many deliveries were asked for and how many were leased.
    pub(super) looked_at: HashMap<String, (usize, usize)>,
    /// How many events became deliveries.
    pub(super) events: i64,
    /// The last subscriber that was found due, when there may be more behind it.
    pub(super) more_behind: Option<String>,
}

impl Turn {
    pub(super) async fn run(
        mut self,
        tx: &mut Tx,
        registry: &Registry,
        ids: &dyn Ids,
    ) -> crate::Result<Done> {
        let mut done = Done::default();
        if !self.outcomes.is_empty() {
            let held = delivery::record(tx, &self.node, &self.outcomes, self.now).await?;
            breaker::count(tx, &self.went, &held, self.now).await?;
            if held.len() < self.outcomes.len() {
                let lost = self.outcomes.len() - held.len();
                tracing::warn!(lost, "leases ended before their deliveries were recorded");
            }
        }
        if self.dispatch {
            let events = delivery::take_events(tx, EVENTS_MAX, self.now).await?;
            done.events = events.len() as i64;
            self.insert(tx, registry, ids, &events).await?;
        }
        self.look(tx, &mut done).await?;
        self.claim(tx, &mut done).await?;
        Ok(done)
    }

    /// Finds the subscribers of events and creates their deliveries.
    async fn insert(
        &mut self,
        tx: &mut Tx,
        registry: &Registry,
        ids: &dyn Ids,
        events: &[Event],
    ) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let by_id: HashMap<EventId, &Event> = events.iter().map(|event| (event.id, event)).collect();
        let mut deliveries = Vec::new();
        for subscriber in registry.iter() {
            for target in targets(tx, subscriber.as_ref(), events).await? {
                let Some(event) = by_id.get(&target.event_id) else { continue };
                self.ready.insert(target.subscriber.clone());
                deliveries.push(NewDelivery {
                    uuid: ids.uuid().simple().to_string(),
                    event_id: event.id,
                    organization_id: event.organization_id,
                    kind: target.kind.unwrap_or_else(|| event.kind.clone()),
                    subscriber: target.subscriber,
                    subject: event.subject.clone(),
                    app: target.app,
                });
            }
        }
        deliveries.sort_by_key(|new| new.event_id);
        delivery::insert(tx, &deliveries, self.now).await
    }

    async fn look(&mut self, tx: &mut Tx, done: &mut Done) -> Result<(), StoreError> {
        if let Some(after) = &self.look_behind {
            let found = delivery::due_subscribers(tx, after, self.now, SUBSCRIBERS_MAX).await?;
            done.more_behind = found.last().filter(|_| found.len() as i64 == SUBSCRIBERS_MAX).cloned();
            self.ready.extend(found);
        }
        Ok(())
    }

    async fn claim(&mut self, tx: &mut Tx, done: &mut Done) -> Result<(), StoreError> {
        for subscriber in std::mem::take(&mut self.ready) {
            let free = self.room.free(&subscriber);
            let mut claimed = Vec::new();
            if free > 0 {
                let wanted = Claim {
                    node: &self.node,
                    subscriber: &subscriber,
                    now: self.now,
                    lease_until: schedule::after(self.now, self.lease),
                    hold_until: schedule::after(self.now, HOLD),
                    limit: i64::try_from(free).unwrap_or(i64::MAX),
                };
                claimed = delivery::claim(tx, &wanted).await?;
            }
            self.room.take(&subscriber, claimed.len());
            done.looked_at.insert(subscriber, (free, claimed.len()));
            done.claimed.extend(claimed);
        }
        Ok(())
    }
}

/// Asks a subscriber for its targets. If that panics for the batch, event by event, and the one that makes it panic
/// has no delivery to it: a bug of one subscriber stops neither the others nor later events.
async fn targets(
    tx: &mut Tx,
    subscriber: &dyn Subscriber,
    events: &[Event],
) -> Result<Vec<Target>, StoreError> {
    match AssertUnwindSafe(subscriber.targets(tx, events)).catch_unwind().await {
        Ok(found) => found,
        Err(panic) if events.len() == 1 => {
            let (kind, reason) = (subscriber.kind(), panic_text(panic.as_ref()));
            tracing::error!(subscriber = kind, event = %events[0].id, reason, "finding who to tell panicked");
            Ok(Vec::new())
        }
        Err(_) => {
            let mut all = Vec::new();
            for event in events {
                all.extend(Box::pin(targets(tx, subscriber, std::slice::from_ref(event))).await?);
            }
            Ok(all)
        }
    }
}
