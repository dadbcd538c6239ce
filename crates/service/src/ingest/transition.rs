//! What an event does to an issue that is resolved or archived.
//!
//! * Resolved: it comes back, unless a release resolved it and the event is of an older one, or of none.
//! * Archived until a condition: it opens when the time, the number of events or of users is reached.
//! * Archived until escalating: it opens when an hour has more events than usual.

use std::cmp::Ordering;

use mortise_domain::{
    ReleaseId, Time,
    issue::{ActivityKind, IssueStatus, ResolutionKind, Substatus},
    version,
};
use mortise_store::{
    Tx,
    activity::{self, NewActivity},
    ingest::transition as rows,
};
use serde_json::{Value, json};

use super::Prepared;
use crate::{
    Result,
    events::{self, IssueRef},
};

/// Events in an hour that are never an escalation.
const ESCALATION_EVENTS_MIN: i64 = 10;
/// How many times the usual number of events per hour makes an escalation.
const ESCALATION_FACTOR: i64 = 5;
/// The hours that tell what is usual.
const ESCALATION_HOURS: i64 = 7 * 24;

/// Why an issue was opened again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reopened {
    /// It was resolved.
    Regression,
    /// It was archived until it would escalate.
    Escalating,
    /// It was archived until a condition that is met.
    Ongoing,
}

impl Reopened {
    fn status_before(self) -> IssueStatus {
        match self {
            Self::Regression => IssueStatus::Resolved,
            Self::Escalating | Self::Ongoing => IssueStatus::Ignored,
        }
    }

    fn substatus(self) -> Substatus {
        match self {
            Self::Regression => Substatus::Regressed,
            Self::Escalating => Substatus::Escalating,
            Self::Ongoing => Substatus::Ongoing,
        }
    }

    fn activity(self) -> ActivityKind {
        match self {
            Self::Regression => ActivityKind::SetRegression,
            Self::Escalating => ActivityKind::SetEscalating,
            Self::Ongoing => ActivityKind::SetUnresolved,
        }
    }

    /// As in the public `inbox.reason` of issues.
    fn inbox_reason(self) -> i64 {
        match self {
            Self::Regression => 2,
            Self::Escalating => 5,
            Self::Ongoing => 6,
        }
    }
}

/// The state of an issue before an event was counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) status: i64,
    pub(super) substatus: Option<i64>,
}

/// Opens the issue again if this event does that.
pub(super) async fn after_event(
    tx: &mut Tx,
    subject: IssueRef,
    before: Before,
    event: &Prepared,
    release: Option<ReleaseId>,
    now: Time,
) -> Result<Option<Reopened>> {
    let found = match IssueStatus::try_from(before.status).ok() {
        Some(IssueStatus::Resolved) => regression(tx, subject, event, release).await?,
        Some(IssueStatus::Ignored) => wake_up(tx, subject, before, event, now).await?,
        _ => None,
    };
    let Some((reopened, data)) = found else { return Ok(None) };
    let is_first = reopen(tx, subject, reopened, data, now).await?;
    Ok(is_first.then_some(reopened))
}

/// Opens an issue again with its activity and event; false when somebody else just did.
pub(super) async fn reopen(
    tx: &mut Tx,
    subject: IssueRef,
    reopened: Reopened,
    data: Value,
    now: Time,
) -> Result<bool> {
    let (from, to) = (reopened.status_before().number(), reopened.substatus().number());
    if !rows::reopen(tx, subject.issue, from, to, reopened.inbox_reason(), now).await? {
        return Ok(false);
    }
    let entry = NewActivity {
        issue_id: subject.issue,
        project_id: subject.project,
        kind: reopened.activity().number(),
        user_id: None,
        data,
    };
    activity::insert(tx, &entry, now).await?;
    events::issue_unresolved(tx, subject, None, now).await?;
    Ok(true)
}

async fn regression(
    tx: &mut Tx,
    subject: IssueRef,
    event: &Prepared,
    release: Option<ReleaseId>,
) -> Result<Option<(Reopened, Value)>> {
    let mut data =
        json!({"event_id": event.event_id, "version": event.release.as_deref().unwrap_or_default()});
    let Some(resolved) = rows::resolved_in(tx, subject.issue).await? else {
        return Ok(Some((Reopened::Regression, data)));
    };
    let (Some(version), Some(release)) = (&event.release, release) else { return Ok(None) };
    let by_version = version::compare(version, &resolved.version);
    let order = match by_version {
        Some(order) => order,
        None => {
            let added = rows::release_date(tx, release).await?;
            added.map_or(Ordering::Less, |added| {
                (added, release).cmp(&(resolved.date_added, resolved.release_id))
            })
        }
    };
    // With a current version the fix comes in a release with a higher number, whichever that will be.
    let is_fixed_in_it = resolved.current_release_version.is_none();
    let is_back = match ResolutionKind::try_from(resolved.kind).ok() {
        Some(ResolutionKind::InRelease) if is_fixed_in_it => order.is_ge(),
        _ => order.is_gt(),
    };
    if let Value::Object(data) = &mut data {
        data.insert("follows_semver".to_owned(), by_version.is_some().into());
        data.insert("resolved_in_version".to_owned(), resolved.version.into());
    }
    Ok(is_back.then_some((Reopened::Regression, data)))
}

async fn wake_up(
    tx: &mut Tx,
    subject: IssueRef,
    before: Before,
    event: &Prepared,
    now: Time,
) -> Result<Option<(Reopened, Value)>> {
    match before.substatus.and_then(|number| Substatus::try_from(number).ok()) {
        Some(Substatus::ArchivedUntilEscalating) => {
            let is_escalating = escalates(tx, subject, event).await?;
            Ok(is_escalating.then(|| (Reopened::Escalating, json!({"event_id": event.event_id}))))
        }
        Some(Substatus::ArchivedUntilConditionMet) => {
            let Some(archived) = rows::archived(tx, subject.issue).await? else { return Ok(None) };
            let is_met = is_met(tx, subject, &archived, now).await?;
            Ok(is_met.then(|| (Reopened::Ongoing, json!({"event_id": event.event_id}))))
        }
        _ => Ok(None),
    }
}

async fn is_met(tx: &mut Tx, subject: IssueRef, archived: &rows::Archived, now: Time) -> Result<bool> {
    let issue = subject.issue;
    if archived.until.is_some_and(|until| until <= now) {
        return Ok(true);
    }
    if let Some(count) = archived.count {
        let seen = match archived.window_minutes.filter(|minutes| *minutes > 0) {
            Some(minutes) => rows::recent(tx, issue, minutes_before(now, minutes)).await?.0,
            None => rows::times_seen(tx, issue).await? - archived.seen_at_start,
        };
        if seen >= count {
            return Ok(true);
        }
    }
    if let Some(count) = archived.user_count {
        let seen = match archived.user_window_minutes.filter(|minutes| *minutes > 0) {
            Some(minutes) => rows::recent(tx, issue, minutes_before(now, minutes)).await?.1,
            None => rows::users_seen(tx, issue).await? - archived.users_at_start,
        };
        return Ok(seen >= count);
    }
    Ok(false)
}

/// Whether the hour of this event has more events than usual.
async fn escalates(tx: &mut Tx, subject: IssueRef, event: &Prepared) -> Result<bool> {
    let hour = hour_of(event.timestamp);
    let first = hour - ESCALATION_HOURS;
    let (current, before, oldest) = rows::hourly(tx, subject.issue, first, hour).await?;
    let hours = oldest.map_or(1, |oldest| hour - oldest).clamp(1, ESCALATION_HOURS);
    let is_many = current.saturating_mul(hours) > before.saturating_mul(ESCALATION_FACTOR);
    Ok(current > ESCALATION_EVENTS_MIN && is_many)
}

/// Epoch seconds / 3600.
pub(super) fn hour_of(time: Time) -> i64 {
    time.as_second().div_euclid(3600)
}

fn minutes_before(time: Time, minutes: i64) -> Time {
    let micros = minutes.saturating_mul(60_000_000);
    Time::from_microsecond(time.as_microsecond().saturating_sub(micros)).unwrap_or(Time::MIN)
}
