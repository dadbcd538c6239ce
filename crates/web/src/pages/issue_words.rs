//! An issue in words: its title in two parts, its state, who works on it.

use mortise_service::wire::issue::{Assignee, IgnoreConditions, Issue, StatusDetails};
use serde_json::Value;

use crate::view::{State, Tone, issue::IssueStatus};

/// A count that the wire writes signed.
pub fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// The type and the message of an error; the title and nothing for everything else.
pub fn title(issue: &Issue) -> (String, String) {
    let part = |key: &str| issue.metadata.get(key).and_then(Value::as_str).unwrap_or_default();
    let (kind, value) = (part("type"), part("value"));
    if kind.is_empty() { (issue.title.clone(), String::new()) } else { (kind.to_owned(), value.to_owned()) }
}

/// Who works on it.
pub fn assignee(assignee: &Assignee) -> String {
    match assignee {
        Assignee::User { name, .. } => name.clone(),
        Assignee::Team { name, .. } => format!("#{name}"),
    }
}

/// The status as actions see it.
pub fn status(issue: &Issue) -> IssueStatus {
    match issue.status.as_str() {
        "resolved" => IssueStatus::Resolved,
        "ignored" => IssueStatus::Archived,
        _ => IssueStatus::Unresolved,
    }
}

/// The state as a badge.
pub fn state(issue: &Issue) -> State {
    state_worth_telling(issue).unwrap_or_else(|| State::new("Ongoing", Tone::Neutral))
}

/// The state, unless it is that of an ordinary issue.
pub fn state_worth_telling(issue: &Issue) -> Option<State> {
    let (text, tone) = match (status(issue), issue.substatus.as_deref()) {
        (IssueStatus::Resolved, _) => ("Resolved", Tone::Good),
        (IssueStatus::Archived, _) => ("Archived", Tone::Neutral),
        (IssueStatus::Unresolved, Some("new")) => ("New", Tone::Accent),
        (IssueStatus::Unresolved, Some("regressed")) => ("Regressed", Tone::Warn),
        (IssueStatus::Unresolved, Some("escalating")) => ("Escalating", Tone::Bad),
        (IssueStatus::Unresolved, _) => return None,
    };
    Some(State::new(text, tone))
}

/// What is known of the status beyond its word; may be empty.
pub fn state_detail(issue: &Issue) -> String {
    match &issue.status_details {
        StatusDetails::None => match issue.substatus.as_deref() {
            Some("archived_forever") => "forever".to_owned(),
            _ => String::new(),
        },
        StatusDetails::Resolved(user) => format!("by {}", user.name),
        StatusDetails::InRelease(version, _) => format!("in {version}"),
        StatusDetails::InNextRelease(_) => "in the next release".to_owned(),
        StatusDetails::InCommit(..) => "in a commit".to_owned(),
        StatusDetails::AutoResolved => "because it was quiet for long".to_owned(),
        StatusDetails::IgnoredUntilEscalating => "until it escalates".to_owned(),
        StatusDetails::Ignored(conditions, _) => archived_until(conditions),
    }
}

fn archived_until(conditions: &IgnoreConditions) -> String {
    if let Some(count) = conditions.ignore_count {
        return format!("until it happens {count} more times");
    }
    if let Some(count) = conditions.ignore_user_count {
        return format!("until {count} more users meet it");
    }
    match conditions.ignore_until {
        Some(until) => format!("until {}", until.time().strftime("%-d %b %Y, %H:%M UTC")),
        None => "forever".to_owned(),
    }
}
