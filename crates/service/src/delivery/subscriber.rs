//! The contract of everything that wants to hear of events.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use mortise_domain::{AppId, EventId, Time};
use mortise_store::{
    Conn,
    delivery::{Claimed, Event},
};
use serde_json::Value as Json;

use crate::{Ctx, Result};

/// Somebody outside who is told of events.
///
/// Finding targets happens inside the dispatcher's transaction: few statements for a whole batch, nothing remote.
/// Preparing happens later, for each attempt anew, from the state of that moment.
pub trait Subscriber: Send + Sync + 'static {
    /// What its subscribers' names begin with: `installation` for `installation:3`.
    fn kind(&self) -> &'static str;

    /// Who is to be told of which of these events.
    fn targets<'a>(
        &'a self,
        conn: &'a mut Conn,
        events: &'a [Event],
    ) -> BoxFuture<'a, mortise_store::Result<Vec<Target>>>;

    /// How each hand-over is made, in their order. An error or a panic for a batch makes it be prepared one by one, so
    /// that it costs only the hand-over that caused it.
    fn prepare<'a>(&'a self, ctx: &'a Ctx, handovers: &'a [Handover])
    -> BoxFuture<'a, Result<Vec<Prepared>>>;
}

/// A delivery to create.
#[derive(Debug, Clone)]
pub struct Target {
    /// Of which event.
    pub event_id: EventId,
    /// To whom, `<kind>:<id>`; also the unit of concurrency.
    pub subscriber: String,
    /// The kind of the event under another name, where the subscriber knows it so.
    pub kind: Option<String>,
    /// The app behind the subscriber, whose request log shows the delivery.
    pub app: Option<AppId>,
}

/// A delivery to be made now.
#[derive(Debug, Clone)]
pub struct Handover {
    /// The delivery, under this node's lease.
    pub delivery: Claimed,
    /// The facts of the event.
    pub payload: Json,
    /// When it happened.
    pub happened_at: Time,
}

/// How a hand-over is made.
pub enum Prepared {
    /// There is nothing left to deliver to.
    Skip,
    /// By running this.
    Run(BoxFuture<'static, Attempted>),
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub struct Attempted {
    /// What it means for the delivery.
    pub verdict: Verdict,
    /// The HTTP status, when there was an answer.
    pub response_code: Option<u16>,
    /// What was sent and came back, or why nothing did: `{"request", "response", "duration_us", "error"}`.
    pub exchange: Json,
}

/// What an attempt means for its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Done.
    Delivered,
    /// Try again later.
    Retry {
        /// The receiver's wish, from `Retry-After`.
        after: Option<Duration>,
    },
    /// Trying again would be in vain.
    Failed,
}

/// The subscribers of a server, by kind.
#[derive(Clone, Default)]
pub struct Registry {
    subscribers: HashMap<&'static str, Arc<dyn Subscriber>>,
}

impl Registry {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a subscriber. A second one of the same kind takes the place of the first.
    #[must_use]
    pub fn with(mut self, subscriber: impl Subscriber) -> Self {
        self.subscribers.insert(subscriber.kind(), Arc::new(subscriber));
        self
    }

    /// All subscribers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Subscriber>> {
        self.subscribers.values()
    }

    /// The subscriber behind a name, by what comes before the colon.
    pub(super) fn of(&self, name: &str) -> Option<&Arc<dyn Subscriber>> {
        self.subscribers.get(name.split_once(':').map_or(name, |(kind, _)| kind))
    }
}
