//! What a process remembers between events: who owns a key, which rows are already there, how much a key has sent in its
//! window, counts that wait to be written, and how much is under way.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mortise_domain::{ProjectId, ProjectKeyId, ReleaseId, Time};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{admit::KeyFacts, outcomes::Outcomes};
use crate::rules::{ActiveRule, Quiet, QuietKey};

/// How long a key is trusted without looking again. Changes on this node count at once.
const KEY_TTL: Duration = Duration::from_secs(2);
/// Keys that are remembered at most, unknown ones too.
const KEYS_MAX: u64 = 10_000;
/// How long the rules of a project are trusted without looking again. Changes on this node count at once.
const RULES_TTL: Duration = Duration::from_secs(2);
/// Projects whose rules are remembered at most.
const RULES_MAX: u64 = 10_000;
/// How long it is remembered that a rule need not be asked about an issue.
const QUIET_TTL: Duration = Duration::from_secs(600);
/// Pairs of rule and issue of which that is remembered at most.
const QUIET_MAX: u64 = 50_000;
/// How long rows beside events are believed to be there. Also how exact a release's newest event is.
const SEEN_TTL: Duration = Duration::from_secs(60);
/// Rows that are remembered at most.
const SEEN_MAX: u64 = 50_000;
/// Events that are normalised or wait for the database at once.
const EVENTS_MAX: usize = 1024;
/// How long an event waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);
/// Unpacked bodies that are held at once, in units of [`BODY_UNIT_BYTES`].
const BODY_UNITS_MAX: usize = 4096;
/// Into how many parts new issues are divided on PostgreSQL, of each of which one is stored at a time.
const CREATING_PLACES: usize = 256;
/// The unit in which the memory of bodies is lent.
pub const BODY_UNIT_BYTES: usize = 64 * 1024;

/// A row beside an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Seen {
    Release(ProjectId, String),
    Environment(ProjectId, String),
    ReleaseEnvironment(ProjectId, ReleaseId, String),
    Platform(ProjectId, &'static str),
    FirstEvent(ProjectId),
}

/// A key's window.
#[derive(Debug, Clone, Copy)]
struct Window {
    number: i64,
    events: i64,
}

/// What ingestion remembers in one process.
#[derive(Debug)]
pub struct Memory {
    pub(super) keys: moka::sync::Cache<String, Option<Arc<KeyFacts>>>,
    /// The id of a release; 0 for rows whose id nobody needs.
    pub(super) seen: moka::sync::Cache<Seen, i64>,
    pub(crate) rules: moka::sync::Cache<ProjectId, Arc<[Arc<ActiveRule>]>>,
    pub(crate) quiet: moka::sync::Cache<QuietKey, Quiet>,
    windows: Mutex<HashMap<ProjectKeyId, Window>>,
    pub(super) outcomes: Outcomes,
    turns: Semaphore,
    bodies: Arc<Semaphore>,
    creating: [tokio::sync::Mutex<()>; CREATING_PLACES],
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            keys: moka::sync::Cache::builder().max_capacity(KEYS_MAX).time_to_live(KEY_TTL).build(),
            seen: moka::sync::Cache::builder().max_capacity(SEEN_MAX).time_to_live(SEEN_TTL).build(),
            rules: moka::sync::Cache::builder().max_capacity(RULES_MAX).time_to_live(RULES_TTL).build(),
            quiet: moka::sync::Cache::builder().max_capacity(QUIET_MAX).time_to_live(QUIET_TTL).build(),
            windows: Mutex::default(),
            outcomes: Outcomes::default(),
            turns: Semaphore::new(EVENTS_MAX),
            bodies: Arc::new(Semaphore::new(BODY_UNITS_MAX)),
            creating: std::array::from_fn(|_| tokio::sync::Mutex::default()),
        }
    }
}

/// Memory lent to one body, given back when dropped.
#[derive(Debug)]
pub struct BodyLease {
    lent: OwnedSemaphorePermit,
    bodies: Arc<Semaphore>,
}

impl BodyLease {
    /// Makes room for `bytes` in all; false when the process holds as much as it may.
    pub fn grow_to(&mut self, bytes: usize) -> bool {
        let missing = bytes.div_ceil(BODY_UNIT_BYTES).saturating_sub(self.lent.num_permits());
        if missing == 0 {
            return true;
        }
        let more = u32::try_from(missing).ok();
        match more.and_then(|more| Arc::clone(&self.bodies).try_acquire_many_owned(more).ok()) {
            Some(more) => {
                self.lent.merge(more);
                true
            }
            None => false,
        }
    }
}

impl Memory {
    /// To be called when keys, projects, organizations or hooks changed, so that the next event sees it.
    pub fn keys_changed(&self) {
        self.keys.invalidate_all();
    }

    /// To be called when alert rules changed, so that the next event sees it.
    pub fn rules_changed(&self) {
        self.rules.invalidate_all();
    }

    /// To be called when releases or environments were deleted, so that the next event creates them again.
    pub fn rows_removed(&self) {
        self.seen.invalidate_all();
    }

    /// Room for a body, at first for one unit; `None` when the process holds as much as it may.
    pub fn lend_body(&self) -> Option<BodyLease> {
        let lent = Arc::clone(&self.bodies).try_acquire_owned().ok()?;
        Some(BodyLease { lent, bodies: Arc::clone(&self.bodies) })
    }

    /// A turn to process one event; `None` when there was none for too long.
    pub(super) async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        tokio::time::timeout(TURN_TIMEOUT, self.turns.acquire()).await.ok()?.ok()
    }

    /// Held by whoever stores the first event of an error with these hashes.
    pub(super) fn creating(&self, project: ProjectId, hashes: &[String]) -> &tokio::sync::Mutex<()> {
        let mut hasher = DefaultHasher::new();
        (project.get(), hashes.first()).hash(&mut hasher);
        &self.creating[hasher.finish() as usize % CREATING_PLACES]
    }

    /// Counts an event of a key that may send `max` in `window_s` seconds; seconds to wait when it has sent them.
    pub(super) fn take(&self, key: ProjectKeyId, window_s: i64, max: i64, now: Time) -> Result<(), u64> {
        let second = now.as_second();
        let number = second.div_euclid(window_s);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(key).or_insert(Window { number, events: 0 });
        if window.number != number {
            *window = Window { number, events: 0 };
        }
        if window.events >= max {
            let left = window_s - second.rem_euclid(window_s);
            return Err(u64::try_from(left).unwrap_or(1).max(1));
        }
        window.events += 1;
        Ok(())
    }
}
