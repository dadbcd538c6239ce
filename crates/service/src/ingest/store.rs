//! The transaction of one event.

use std::sync::Arc;

use mortise_domain::{
    IssueId, ReleaseId, Time,
    issue::{IssueStatus, Substatus},
};
use mortise_store::{
    StoreError, Tx,
    dialect::Dialect,
    error_event::{self, NewErrorEvent},
    ingest::{
        beside,
        issue::{self, Counted, NewIssue, Owner},
    },
    issue::{remove, stat, tag},
};

use super::{
    Prepared,
    memory::Seen,
    transition::{self, Before, Reopened, hour_of},
};
use crate::{
    Ctx, Error, Result,
    events::{self, IssueRef},
    rules::{self, Moment, Quiet, QuietKey},
};

/// Waits for review because it is new.
const INBOX_NEW: i64 = 0;

/// What became of an event.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Its issue; `None` when nothing was stored: the project has an event with this id already, or somebody discarded
    /// its issue.
    pub issue: Option<IssueId>,
    /// Whether the issue began with it.
    pub is_new_issue: bool,
    /// Whether it opened its issue again.
    pub reopened: Option<Reopened>,
    /// What the transaction made sure of; true once it is committed.
    learned: Vec<(Seen, i64)>,
    /// The same of alert rules.
    quiet: Vec<(QuietKey, Quiet)>,
}

impl StoredEvent {
    fn nothing(learned: Vec<(Seen, i64)>) -> Self {
        Self { issue: None, is_new_issue: false, reopened: None, learned, quiet: Vec::new() }
    }
}

/// Where the number of a new issue comes from.
#[derive(Debug, Clone, Copy)]
enum Number {
    /// From the transaction of its event, which is alone or shares its commit with the others (SQLite).
    Next,
    /// From a transaction before it, because everybody would wait for this one's commit (PostgreSQL). Without one there
    /// is no new issue.
    Ahead(Option<i64>),
}

/// Stores an event; durable when this returns.
pub async fn store_event(ctx: &Ctx, event: Prepared) -> Result<StoredEvent> {
    let event = Arc::new(event);
    let mut taken = None;
    match store_once(ctx, &event, &mut taken).await {
        // A row that was remembered is gone, the issue was just deleted, or its hashes just got another owner.
        Err(Error::Store(StoreError::Reference(_) | StoreError::RowCount { .. })) => {
            ctx.ingest().rows_removed();
            store_once(ctx, &event, &mut taken).await
        }
        other => other,
    }
}

/// `taken` is the number that was taken for the issue of this event, for another try.
async fn store_once(ctx: &Ctx, event: &Arc<Prepared>, taken: &mut Option<i64>) -> Result<StoredEvent> {
    let number = match ctx.store.dialect() {
        Dialect::Sqlite => Number::Next,
        Dialect::Postgres => Number::Ahead(None),
    };
    if let Some(stored) = write(ctx, event, number).await? {
        return Ok(stored);
    }
    // The first events of a new error come at the same time: one of them makes the issue, and the others find it.
    let creating = ctx.ingest().creating(event.project, &event.hashes);
    let _alone = match creating.try_lock() {
        Ok(alone) => alone,
        Err(_) => {
            let alone = creating.lock().await;
            if let Some(stored) = write(ctx, event, number).await? {
                return Ok(stored);
            }
            alone
        }
    };
    let number = match *taken {
        Some(number) => number,
        None => *taken.insert(issue::take_number(&ctx.store, event.project).await?),
    };
    let stored = write(ctx, event, Number::Ahead(Some(number))).await?;
    stored.ok_or_else(|| Error::Internal("an event with a number for its issue was not stored".to_owned()))
}

/// `None`: the issue would be new, and has no number.
async fn write(ctx: &Ctx, event: &Arc<Prepared>, number: Number) -> Result<Option<StoredEvent>> {
    let (inner, event) = (ctx.clone(), Arc::clone(event));
    let stored: Option<StoredEvent> =
        ctx.store.write(move |tx| Box::pin(async move { run(tx, &inner, &event, number).await })).await?;
    for (seen, id) in stored.iter().flat_map(|stored| &stored.learned) {
        ctx.ingest().seen.insert(seen.clone(), *id);
    }
    for (key, quiet) in stored.iter().flat_map(|stored| &stored.quiet) {
        ctx.ingest().quiet.insert(*key, *quiet);
    }
    Ok(stored)
}

/// Stores an event in a transaction that is open.
pub async fn store_event_in(tx: &mut Tx, ctx: &Ctx, event: &Prepared) -> Result<StoredEvent> {
    let stored = run(tx, ctx, event, Number::Next).await?;
    stored.ok_or_else(|| Error::Internal("an event was not stored".to_owned()))
}

async fn run(tx: &mut Tx, ctx: &Ctx, event: &Prepared, number: Number) -> Result<Option<StoredEvent>> {
    let owners = issue::owners(tx, event.project, &event.hashes).await?;
    let owner = first_owner(&event.hashes, &owners);
    if owner.is_none() {
        let is_unwanted = remove::is_discarded(tx, event.project, &event.hashes).await?;
        if is_unwanted || error_event::exists(tx, event.project, &event.event_id).await? {
            return Ok(Some(StoredEvent::nothing(Vec::new())));
        }
        if let Number::Ahead(None) = number {
            return Ok(None);
        }
    }
    let mut learned = Vec::new();
    let release = ensure_beside(tx, ctx, event, &mut learned).await?;
    let Some(owner) = owner else {
        return create(tx, ctx, event, number, release, learned).await.map(Some);
    };
    if error_event::insert_once(tx, row(event, owner.id)).await?.is_none() {
        return Ok(Some(StoredEvent::nothing(learned)));
    }
    let counted = match event.timestamp >= owner.last_seen {
        true => issue::count_latest(tx, owner.id, event.timestamp, &event.shown).await?,
        false => issue::count_late(tx, owner.id, event.timestamp).await?,
    };
    let unowned: Vec<&str> = event
        .hashes
        .iter()
        .map(String::as_str)
        .filter(|hash| !owners.iter().any(|owner| owner.hash == *hash))
        .collect();
    issue::add_hashes(tx, event.project, owner.id, &unowned).await?;
    let now = ctx.now();
    let subject = count(tx, event, owner.id, now).await?;
    let before = Before { status: owner.status, substatus: owner.substatus };
    let reopened = transition::after_event(tx, subject, before, event, release, now).await?;
    let mut quiet = Vec::new();
    if reopened.is_some() || owner.status == IssueStatus::Unresolved.number() {
        let moment = moment(event, subject, false, reopened, &counted, now);
        quiet = rules::after_event(tx, ctx, &event.candidates, &moment).await?;
    }
    Ok(Some(StoredEvent { issue: Some(owner.id), is_new_issue: false, reopened, learned, quiet }))
}

/// The owner of the first hash that has one.
fn first_owner<'o>(hashes: &[String], owners: &'o [Owner]) -> Option<&'o Owner> {
    hashes.iter().find_map(|hash| owners.iter().find(|owner| owner.hash == *hash))
}

/// Stores the first event of a new issue.
async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    event: &Prepared,
    number: Number,
    release: Option<ReleaseId>,
    learned: Vec<(Seen, i64)>,
) -> Result<StoredEvent> {
    let now = ctx.now();
    let number = match number {
        Number::Ahead(Some(number)) => number,
        Number::Next | Number::Ahead(None) => issue::next_number(tx, event.project).await?,
    };
    let new = NewIssue {
        project_id: event.project,
        number,
        priority: event.priority,
        substatus: Substatus::New.number(),
        seen: event.timestamp,
        first_release_id: release,
        inbox_reason: INBOX_NEW,
        now,
    };
    let id = issue::create(tx, new, &event.shown).await?;
    let hashes: Vec<&str> = event.hashes.iter().map(String::as_str).collect();
    if issue::add_hashes(tx, event.project, id, &hashes).await? == 0 {
        // An event of another issue brought these hashes along just now: undo this one, and find that issue.
        return Err(StoreError::RowCount { affected: 0 }.into());
    }
    error_event::insert(tx, row(event, id)).await?;
    let subject = IssueRef { org: event.org, project: event.project, issue: id };
    events::issue_created(tx, subject, now).await?;
    count(tx, event, id, now).await?;
    let counted = Counted { times_seen: 1, first_seen: event.timestamp, priority: event.priority };
    let moment = moment(event, subject, true, None, &counted, now);
    let quiet = rules::after_event(tx, ctx, &event.candidates, &moment).await?;
    Ok(StoredEvent { issue: Some(id), is_new_issue: true, reopened: None, learned, quiet })
}

/// What alert rules are asked about.
fn moment<'e>(
    event: &'e Prepared,
    subject: IssueRef,
    is_new: bool,
    reopened: Option<Reopened>,
    counted: &Counted,
    now: Time,
) -> Moment<'e> {
    Moment {
        subject,
        event_id: &event.event_id,
        release: event.release.as_deref(),
        is_new,
        reopened,
        times_seen: counted.times_seen,
        first_seen: counted.first_seen,
        priority: counted.priority,
        now,
    }
}

/// Counts the event by hour and by tag, and tells those who want every event.
async fn count(tx: &mut Tx, event: &Prepared, id: IssueId, now: Time) -> Result<IssueRef> {
    stat::bump(tx, id, hour_of(event.timestamp), 1).await?;
    tag::bump_all(tx, id, &event.counted, event.timestamp).await?;
    let subject = IssueRef { org: event.org, project: event.project, issue: id };
    if event.has_event_hooks {
        events::event_created(tx, subject, event.event_type == "error", &event.event_id, now).await?;
    }
    Ok(subject)
}

fn row(event: &Prepared, issue: IssueId) -> NewErrorEvent {
    NewErrorEvent {
        project_id: event.project,
        issue_id: issue,
        event_id: event.event_id.clone(),
        timestamp: event.timestamp,
        received: event.received,
        environment: event.environment.clone(),
        user_tag: event.user_tag.clone(),
        primary_hash: event.hashes.first().cloned().unwrap_or_default(),
        title: event.shown.title.clone(),
        tags: event.tags.clone(),
        data: event.data.clone(),
    }
}

/// Makes sure of the release, the environment and the platform of an event, unless they were seen lately.
async fn ensure_beside(
    tx: &mut Tx,
    ctx: &Ctx,
    event: &Prepared,
    learned: &mut Vec<(Seen, i64)>,
) -> Result<Option<ReleaseId>> {
    let memory = &ctx.ingest().seen;
    let mut release = None;
    if let Some(version) = &event.release {
        let seen = Seen::Release(event.project, version.clone());
        release = memory.get(&seen).map(ReleaseId::new);
        if release.is_none() {
            let at = event.timestamp;
            let id = beside::ensure_release(tx, event.org, event.project, version, at).await?;
            learned.push((seen, id.get()));
            release = Some(id);
        }
    }
    let environment = event.environment.as_deref().unwrap_or_default();
    let seen = Seen::Environment(event.project, environment.to_owned());
    if !memory.contains_key(&seen) {
        beside::ensure_environment(tx, event.org, event.project, environment).await?;
        learned.push((seen, 0));
    }
    if let Some(release) = release {
        let seen = Seen::ReleaseEnvironment(event.project, release, environment.to_owned());
        if !memory.contains_key(&seen) {
            let (org, project) = (event.org, event.project);
            beside::ensure_release_environment(tx, org, project, release, environment).await?;
            learned.push((seen, 0));
        }
    }
    let seen = Seen::Platform(event.project, event.shown.platform);
    if !memory.contains_key(&seen) {
        beside::ensure_platform(tx, event.project, event.shown.platform).await?;
        learned.push((seen, 0));
    }
    let seen = Seen::FirstEvent(event.project);
    if !memory.contains_key(&seen) {
        beside::ensure_first_event(tx, event.project, event.timestamp).await?;
        learned.push((seen, 0));
    }
    Ok(release)
}
