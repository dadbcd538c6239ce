//! What may be changed of issues, read from the fields of a request.

use mortise_domain::{
    Time,
    issue::{IssueStatus, Priority, Substatus},
};
use mortise_wire::{
    errors::{FieldErrors, field},
    fields::Fields,
};
use serde_json::Value;

use crate::issues::resolve::How;

/// The longest window of archiving by frequency, minutes: a week.
const WINDOW_MINUTES_MAX: i64 = 7 * 24 * 60;
/// The longest time of archiving, minutes: a hundred years.
const DURATION_MINUTES_MAX: i64 = 100 * 365 * 24 * 60;
const NOTHING_ELSE: &str = "Other attributes cannot be updated when discarding";

const STATUSES: &[&str] = &["resolved", "unresolved", "ignored", "resolvedInNextRelease", "muted"];
const SUBSTATUSES: &[&str] = &[
    "archived_until_escalating",
    "archived_until_condition_met",
    "archived_forever",
    "escalating",
    "ongoing",
    "regressed",
    "new",
    "until_escalating",
    "until_condition_met",
    "forever",
];
const PRIORITIES: &[&str] = &["low", "medium", "high"];

/// What is to be changed; absent is left alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The status.
    pub status: Option<StatusChange>,
    /// Whom to assign to (see [`crate::issues::actor`]); the inner `None` for nobody.
    pub assigned_to: Option<Option<String>>,
    /// Whether the caller has seen it.
    pub has_seen: Option<bool>,
    /// Whether the caller has bookmarked it.
    pub is_bookmarked: Option<bool>,
    /// Whether the caller is told of it.
    pub is_subscribed: Option<bool>,
    /// Whether whoever has the link may read it.
    pub is_public: Option<bool>,
    /// The priority, which then is not changed automatically any more.
    pub priority: Option<Priority>,
    /// Whether it waits for review.
    pub inbox: Option<bool>,
    /// Make one issue out of several.
    pub merge: bool,
    /// Delete, and drop what comes later.
    pub discard: bool,
}

/// A new status.
#[derive(Debug, Clone, PartialEq)]
pub enum StatusChange {
    /// Resolved.
    Resolved(How),
    /// Unresolved; with a substatus that was asked for.
    Unresolved(Option<Substatus>),
    /// Archived; with a substatus that was asked for, and what ends it.
    Ignored(Option<Substatus>, Conditions),
}

/// What ends the archiving of an issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Minutes from now.
    pub duration: Option<i64>,
    /// So many more events.
    pub count: Option<i64>,
    /// Minutes in which they come.
    pub window: Option<i64>,
    /// So many more users.
    pub user_count: Option<i64>,
    /// Minutes in which they come.
    pub user_window: Option<i64>,
}

impl Conditions {
    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.duration.or(self.count).or(self.user_count).is_some()
    }

    /// The time that ends it.
    pub fn until(&self, now: Time) -> Option<Time> {
        now.checked_add(jiff::SignedDuration::from_mins(self.duration?)).ok()
    }

    /// These, and where they say nothing, the others.
    fn or(self, others: Self) -> Self {
        Self {
            duration: self.duration.or(others.duration),
            count: self.count.or(others.count),
            window: self.window.or(others.window),
            user_count: self.user_count.or(others.user_count),
            user_window: self.user_window.or(others.user_window),
        }
    }

    /// Zero is as good as absent.
    fn read(fields: &mut Fields) -> Self {
        let mut number =
            |name: &str, max: i64| fields.int(name).min(0).max(max).optional().filter(|number| *number != 0);
        Self {
            duration: number("ignoreDuration", DURATION_MINUTES_MAX),
            count: number("ignoreCount", i64::MAX),
            window: number("ignoreWindow", WINDOW_MINUTES_MAX),
            user_count: number("ignoreUserCount", i64::MAX),
            user_window: number("ignoreUserWindow", WINDOW_MINUTES_MAX),
        }
    }
}

/// The object `statusDetails`.
#[derive(Default)]
struct Details {
    how: Option<How>,
    conditions: Conditions,
}

impl Change {
    /// Reads a request.
    pub fn from_fields(mut fields: Fields) -> Result<Self, FieldErrors> {
        let change = Self::read(&mut fields);
        fields.finish()?;
        Ok(change)
    }

    /// Sets the status.
    pub fn status(status: StatusChange) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    fn read(fields: &mut Fields) -> Self {
        let discard = fields.bool("discard").or(false);
        if discard && KEYS.iter().any(|key| *key != "discard" && fields.has(key)) {
            fields.errors().add_non_field(NOTHING_ELSE);
        }
        Self {
            status: status(fields),
            assigned_to: assigned_to(fields),
            has_seen: fields.bool("hasSeen").optional(),
            is_bookmarked: fields.bool("isBookmarked").optional(),
            is_subscribed: fields.bool("isSubscribed").optional(),
            is_public: fields.bool("isPublic").optional(),
            priority: fields.choice("priority", PRIORITIES).optional().and_then(|word| word.parse().ok()),
            inbox: fields.bool("inbox").optional(),
            merge: fields.bool("merge").or(false),
            discard,
        }
    }
}

/// Every key that means something.
const KEYS: &[&str] = &[
    "status",
    "statusDetails",
    "substatus",
    "ignoreDuration",
    "ignoreCount",
    "ignoreWindow",
    "ignoreUserCount",
    "ignoreUserWindow",
    "snoozeDuration",
    "assignedTo",
    "hasSeen",
    "isBookmarked",
    "isSubscribed",
    "isPublic",
    "priority",
    "inbox",
    "merge",
    "discard",
];

fn assigned_to(fields: &mut Fields) -> Option<Option<String>> {
    let value = fields.any("assignedTo").nullable()?;
    Some(match value {
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => {
            fields.error("assignedTo", crate::issues::actor::UNREADABLE);
            None
        }
        None => None,
    })
}

fn status(fields: &mut Fields) -> Option<StatusChange> {
    let word = fields.choice("status", STATUSES).optional();
    let substatus_word = fields.choice("substatus", SUBSTATUSES).nullable().flatten();
    let substatus = substatus_word.as_deref().and_then(Substatus::from_client);
    let snooze = fields.int("snoozeDuration").min(0).max(DURATION_MINUTES_MAX).nullable().flatten();
    let snooze = Conditions { duration: snooze.filter(|minutes| *minutes != 0), ..Conditions::default() };
    let legacy = Conditions::read(fields).or(snooze);
    let details = details(fields);
    let conditions = details.conditions.or(legacy);
    let asked = match (word.as_deref(), substatus) {
        (Some("resolvedInNextRelease"), _) => {
            return Some(StatusChange::Resolved(details.how.unwrap_or(How::NextRelease)));
        }
        (Some(word), _) => IssueStatus::from_client(word)?,
        (None, Some(substatus)) => substatus.status(),
        (None, None) => return None,
    };
    if substatus.is_some_and(|substatus| substatus.status() != asked) {
        fields.error("substatus", field::choice(&substatus_word.unwrap_or_default()));
    }
    Some(match asked {
        IssueStatus::Resolved => StatusChange::Resolved(details.how.unwrap_or(How::Now)),
        IssueStatus::Ignored => StatusChange::Ignored(substatus, conditions),
        _ => StatusChange::Unresolved(substatus),
    })
}

fn details(fields: &mut Fields) -> Details {
    let Some(Some(map)) = fields.object("statusDetails").nullable() else { return Details::default() };
    let mut nested = Fields::of_map(map);
    let upcoming = nested.bool("inUpcomingRelease").or(false).then_some(How::UpcomingRelease);
    let next = nested.bool("inNextRelease").or(false).then_some(How::NextRelease);
    let release = nested.string("inRelease").optional().map(|version| match version.as_str() {
        "latest" => How::LatestRelease,
        _ => How::Release(version),
    });
    let commit = nested.object("inCommit").optional().map(|map| {
        let mut pair = Fields::of_map(map);
        let commit = How::Commit {
            sha: pair.string("commit").required(),
            repository: pair.string("repository").required(),
        };
        nested.nest("inCommit", pair);
        commit
    });
    let conditions = Conditions::read(&mut nested);
    fields.nest("statusDetails", nested);
    Details { how: next.or(upcoming).or(release).or(commit), conditions }
}
