//! Un-resolving and archiving issues by hand.

use jiff::SignedDuration;
use mortise_domain::issue::{ActivityKind, IssueStatus, ONGOING_AFTER_DAYS, Substatus};
use mortise_store::{
    Tx,
    issue::{
        Issue, resolution, tag,
        write::{self, NewSnooze},
    },
};
use mortise_wire::{WireTime, issue::IgnoreConditions};
use serde_json::{Map, Value};

use super::change::Conditions;
use crate::{
    Result, events,
    issues::act::{Act, ids, object, reason},
};

/// Brings issues back, which are locked. Those that are unresolved already only get the substatus that was asked for.
pub async fn unresolve(tx: &mut Tx, act: &Act, issues: &[Issue], asked: Option<Substatus>) -> Result<()> {
    let unresolved = IssueStatus::Unresolved.number();
    let changed: Vec<Issue> = issues.iter().filter(|issue| issue.status != unresolved).cloned().collect();
    for substatus in [Substatus::New, Substatus::Ongoing] {
        let such = |issue: &&Issue| asked.is_none() && default_substatus(act, issue) == substatus;
        let those: Vec<_> = changed.iter().filter(such).map(|issue| issue.id).collect();
        write::set_state(tx, &those, unresolved, Some(substatus.number()), None).await?;
    }
    if let Some(substatus) = asked {
        write::set_state(tx, &ids(issues), unresolved, Some(substatus.number()), None).await?;
    }
    let changed_ids = ids(&changed);
    resolution::delete(tx, &changed_ids).await?;
    write::delete_snoozes(tx, &changed_ids).await?;
    act.subscribe(tx, &changed_ids, reason::STATUS_CHANGE).await?;
    act.record(tx, &changed, ActivityKind::SetUnresolved, &Map::new()).await?;
    for issue in &changed {
        if issue.status == IssueStatus::Ignored.number() {
            events::issue_unarchived(tx, act.issue_ref(issue), act.user, act.now).await?;
        } else {
            events::issue_unresolved(tx, act.issue_ref(issue), act.user, act.now).await?;
        }
    }
    Ok(())
}

/// An issue that leaves the archive while it is young counts as new again.
fn default_substatus(act: &Act, issue: &Issue) -> Substatus {
    let young = SignedDuration::from_hours(24 * ONGOING_AFTER_DAYS);
    let is_young = act.now.duration_since(issue.first_seen) < young;
    if issue.status == IssueStatus::Ignored.number() && is_young {
        Substatus::New
    } else {
        Substatus::Ongoing
    }
}

/// How issues are archived.
#[derive(Debug, Clone, Copy)]
pub enum Archive {
    /// Until they come more often.
    UntilEscalating,
    /// Until something happens.
    Until(Conditions),
    /// With whatever substatus; nothing ends it.
    Forever(Substatus),
}

impl Archive {
    /// What a request means.
    pub fn new(asked: Option<Substatus>, conditions: Conditions) -> Self {
        match asked {
            Some(Substatus::ArchivedUntilEscalating) => Self::UntilEscalating,
            _ if conditions.any() => Self::Until(conditions),
            other => Self::Forever(other.unwrap_or(Substatus::ArchivedForever)),
        }
    }

    const fn substatus(self) -> Substatus {
        match self {
            Self::UntilEscalating => Substatus::ArchivedUntilEscalating,
            Self::Until(_) => Substatus::ArchivedUntilConditionMet,
            Self::Forever(substatus) => substatus,
        }
    }

    /// What ends it, as clients see it.
    pub fn conditions(self, act: &Act) -> Option<IgnoreConditions> {
        let Self::Until(conditions) = self else { return None };
        Some(IgnoreConditions {
            ignore_count: conditions.count,
            ignore_until: conditions.until(act.now).map(WireTime::new),
            ignore_user_count: conditions.user_count,
            ignore_user_window: conditions.user_window,
            ignore_window: conditions.window,
        })
    }

    /// What the history says.
    fn data(self, act: &Act) -> Map<String, Value> {
        let conditions = match self {
            Self::Until(conditions) => conditions,
            _ => Conditions::default(),
        };
        let until = conditions.until(act.now).map(|until| WireTime::new(until).to_string());
        let escalating = matches!(self, Self::UntilEscalating).then_some(true);
        object([
            ("ignoreCount", conditions.count.into()),
            ("ignoreDuration", conditions.duration.into()),
            ("ignoreUntil", until.into()),
            ("ignoreUserCount", conditions.user_count.into()),
            ("ignoreUserWindow", conditions.user_window.into()),
            ("ignoreWindow", conditions.window.into()),
            ("ignoreUntilEscalating", escalating.into()),
        ])
    }
}

/// Archives issues, which are locked. For those that are archived already only what ends it changes.
pub async fn archive(tx: &mut Tx, act: &Act, issues: &[Issue], how: Archive) -> Result<()> {
    let ignored = IssueStatus::Ignored.number();
    let all = ids(issues);
    let changed: Vec<Issue> = issues.iter().filter(|issue| issue.status != ignored).cloned().collect();
    write::set_state(tx, &all, ignored, Some(how.substatus().number()), None).await?;
    resolution::delete(tx, &all).await?;
    write::leave_inbox(tx, &all).await?;
    match how {
        Archive::UntilEscalating => {}
        Archive::Until(conditions) => put_snoozes(tx, act, issues, conditions).await?,
        Archive::Forever(_) => write::delete_snoozes(tx, &all).await?,
    }
    act.subscribe(tx, &ids(&changed), reason::STATUS_CHANGE).await?;
    act.record(tx, &changed, ActivityKind::SetIgnored, &how.data(act)).await?;
    for issue in &changed {
        events::issue_ignored(tx, act.issue_ref(issue), act.user, act.now).await?;
    }
    Ok(())
}

async fn put_snoozes(tx: &mut Tx, act: &Act, issues: &[Issue], conditions: Conditions) -> Result<()> {
    let users = tag::user_counts(tx, &ids(issues)).await?;
    for issue in issues {
        let users_at_start = users.iter().find(|(id, _)| *id == issue.id).map_or(0, |(_, count)| *count);
        let snooze = NewSnooze {
            issue_id: issue.id,
            until: conditions.until(act.now),
            count: conditions.count,
            window_minutes: conditions.window,
            user_count: conditions.user_count,
            user_window_minutes: conditions.user_window,
            seen_at_start: issue.times_seen,
            users_at_start,
            actor_id: act.user,
            date_added: act.now,
        };
        write::put_snooze(tx, &snooze).await?;
    }
    Ok(())
}
