//! What the filters of a query mean. Names of users, teams, releases and issues are left to be looked up.

use mortise_domain::{
    Time,
    issue::{IssueStatus, Priority, Substatus},
};
use mortise_store::{
    Pattern,
    issue::search::{AssignedTo, NumberField, Test, TextField},
};

use super::{
    SearchError,
    events::anywhere,
    pattern,
    token::{Filter, Token, tokens},
    when,
};

/// A condition, with what is left to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Must not hold.
    pub negated: bool,
    /// What must hold.
    pub names: Names,
}

/// A condition, or names that make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// Nothing to look up; all of these hold.
    Ready(Vec<Test>),
    /// Assigned to any of these: `me`, `none`, `my_teams`, `#team`, a user name or address.
    Assigned(Vec<String>),
    /// Marked by any of these users.
    Bookmarks(Vec<String>),
    /// Any of these users is told about it.
    Subscribed(Vec<String>),
    /// Has one of these short ids.
    ShortIds(Vec<String>),
    /// Is in one of these projects, by slug or id.
    Projects(Vec<String>),
    /// Has events of one of these releases; `latest` is the newest of each project.
    Releases(Vec<String>),
    /// Was first seen in one of these releases.
    FirstReleases(Vec<String>),
}

/// The words behind `is:`, sorted, as a message lists them.
const IS_WORDS: &[&str] = &[
    "archived",
    "archived_forever",
    "archived_until_condition_met",
    "archived_until_escalating",
    "assigned",
    "escalating",
    "for_review",
    "ignored",
    "linked",
    "muted",
    "new",
    "ongoing",
    "regressed",
    "resolved",
    "unassigned",
    "unlinked",
    "unresolved",
    "until_condition_met",
    "until_escalating",
];

/// Kinds of issues that other servers know; no issue here is of one.
const OTHER_CATEGORIES: &[&str] =
    &["performance", "profile", "cron", "replay", "feedback", "uptime", "metric_alert", "outage", "metric"];

/// Reads a query.
pub fn read(query: &str, now: Time) -> Result<Vec<Wanted>, SearchError> {
    tokens(query)?.into_iter().map(|token| wanted(token, now)).collect()
}

fn wanted(token: Token, now: Time) -> Result<Wanted, SearchError> {
    match token {
        Token::Free(text) => Ok(Wanted { negated: false, names: ready(Test::Words(anywhere(&text))) }),
        Token::Filter(filter) => {
            let names = names(&filter, now)?;
            Ok(Wanted { negated: filter.negated, names })
        }
    }
}

fn ready(test: Test) -> Names {
    Names::Ready(vec![test])
}

fn patterns(filter: &Filter) -> Vec<Pattern> {
    filter.values.iter().map(|value| pattern(value)).collect()
}

fn names(filter: &Filter, now: Time) -> Result<Names, SearchError> {
    let values = || filter.values.clone();
    Ok(match filter.key.as_str() {
        "is" => ready(is(filter)?),
        "has" => ready(has(filter)),
        "assigned" | "assigned_to" | "assigned_or_suggested" => Names::Assigned(values()),
        "bookmarks" => Names::Bookmarks(values()),
        "subscribed" => Names::Subscribed(values()),
        "issue" => Names::ShortIds(values()),
        "project" | "project.name" | "project.id" | "project_id" => Names::Projects(values()),
        "release" if !is_empty(filter) => Names::Releases(values()),
        "first-release" | "firstRelease" | "first_release" => Names::FirstReleases(values()),
        "firstSeen" | "first_seen" | "age" => time(filter, NumberField::FirstSeen, now)?,
        "lastSeen" | "last_seen" => time(filter, NumberField::LastSeen, now)?,
        "timesSeen" | "times_seen" => number(filter, NumberField::TimesSeen)?,
        "userCount" | "users_seen" => number(filter, NumberField::Users)?,
        "status" => ready(Test::Status(coded(filter, "status", |word| {
            IssueStatus::from_client(word).map(IssueStatus::number)
        })?)),
        "substatus" => ready(Test::Substatus(coded(filter, "substatus", |word| {
            Substatus::from_client(word).map(Substatus::number)
        })?)),
        "issue.priority" => ready(Test::Priority(coded(filter, "priority", |word| {
            word.parse::<Priority>().ok().map(Priority::number)
        })?)),
        "issue.category" => ready(category(filter)?),
        "issue.type" => ready(kind(filter)?),
        "error.handled" => ready(Test::Unhandled(!truth(filter)?)),
        "error.unhandled" => ready(Test::Unhandled(truth(filter)?)),
        "error.type" => ready(Test::Text(TextField::Title, error_type(filter))),
        "error.value" => ready(Test::Text(TextField::Title, error_value(filter))),
        key => ready(match text_field(key) {
            Some(field) if !is_empty(filter) => Test::Text(field, patterns(filter)),
            Some(_) => Test::Constant(false),
            None => return Ok(tag(filter)),
        }),
    })
}

fn truth(filter: &Filter) -> Result<bool, SearchError> {
    match single(filter)? {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        word => Err(SearchError(format!("Invalid boolean: {word}. Expected true, 1, false, or 0."))),
    }
}

fn text_field(key: &str) -> Option<TextField> {
    Some(match key {
        "platform" | "platform.name" => TextField::Platform,
        "title" => TextField::Title,
        "culprit" => TextField::Culprit,
        "message" => TextField::Message,
        "location" => TextField::Location,
        "event.type" | "type" => TextField::EventType,
        _ => return None,
    })
}

/// Tag keys that are known by another name too.
pub(super) fn tag_key(key: &str) -> &str {
    match key {
        "http.url" => "url",
        "sentry:release" => "release",
        "sentry:user" => "user",
        "user.ip_address" => "user.ip",
        other => other,
    }
}

/// Whether the value was written as `""`, which asks for the absence of the key.
pub(super) fn is_empty(filter: &Filter) -> bool {
    matches!(filter.values.as_slice(), [only] if only.is_empty())
}

fn tag(filter: &Filter) -> Names {
    let key = tag_key(&filter.key).to_owned();
    if is_empty(filter) {
        return ready(Test::LacksTag(key));
    }
    ready(Test::Tag(key, patterns(filter)))
}

fn has(filter: &Filter) -> Test {
    let key = filter.values.first().map_or("", String::as_str);
    match key {
        "assigned" | "assigned_to" => Test::IsAssigned,
        "first-release" | "firstRelease" | "first_release" => Test::HasFirstRelease,
        "platform" | "platform.name" | "title" | "message" | "issue" | "project" | "timesSeen"
        | "firstSeen" | "lastSeen" | "issue.priority" | "issue.category" | "issue.type" | "event.type" => {
            Test::Constant(true)
        }
        key => Test::HasTag(tag_key(key).to_owned()),
    }
}

fn is(filter: &Filter) -> Result<Test, SearchError> {
    let word = single(filter)?;
    if !IS_WORDS.contains(&word) {
        let words: Vec<String> = IS_WORDS.iter().map(|word| format!("'{word}'")).collect();
        return Err(SearchError(format!(
            "Invalid value for \"is\" search, valid values are [{}]",
            words.join(", ")
        )));
    }
    let status = |status: IssueStatus| Test::Status(vec![status.number()]);
    Ok(match word {
        "assigned" => Test::IsAssigned,
        "unassigned" => Test::Assigned(vec![AssignedTo::Nobody]),
        "linked" => Test::Linked(true),
        "unlinked" => Test::Linked(false),
        "for_review" => Test::ForReview,
        "archived" => status(IssueStatus::Ignored),
        word => match (IssueStatus::from_client(word), Substatus::from_client(word)) {
            (Some(found), _) => status(found),
            (None, Some(found)) => Test::Substatus(vec![found.number()]),
            (None, None) => Test::Constant(false),
        },
    })
}

fn single(filter: &Filter) -> Result<&str, SearchError> {
    match filter.values.as_slice() {
        [only] if filter.sign.is_none() => Ok(only),
        _ => Err(SearchError(format!("Invalid value for \"{}\" search: {}", filter.key, filter.written))),
    }
}

fn number(filter: &Filter, field: NumberField) -> Result<Names, SearchError> {
    let value = one(filter)?;
    Ok(bounds(field, when::number(filter.sign, value)?))
}

fn time(filter: &Filter, field: NumberField, now: Time) -> Result<Names, SearchError> {
    let value = one(filter)?;
    Ok(bounds(field, when::time(filter.sign, value, now)?))
}

fn one(filter: &Filter) -> Result<&str, SearchError> {
    match filter.values.as_slice() {
        [only] => Ok(only),
        _ => Err(SearchError(format!("Invalid value for \"{}\" search: {}", filter.key, filter.written))),
    }
}

fn bounds(field: NumberField, bounds: when::Bounds) -> Names {
    Names::Ready(bounds.into_iter().map(|(compare, value)| Test::Number(field, compare, value)).collect())
}

fn coded(filter: &Filter, what: &str, code: impl Fn(&str) -> Option<i64>) -> Result<Vec<i64>, SearchError> {
    let read =
        |word: &String| code(word).ok_or_else(|| SearchError(format!("Invalid {what} value of '{word}'")));
    filter.values.iter().map(read).collect()
}

fn category(filter: &Filter) -> Result<Test, SearchError> {
    let is_error = coded(filter, "category", |word| match word {
        "error" => Some(1),
        other => OTHER_CATEGORIES.contains(&other).then_some(0),
    })?;
    Ok(Test::Constant(is_error.contains(&1)))
}

fn kind(filter: &Filter) -> Result<Test, SearchError> {
    let is_error = coded(filter, "type", |word| match word {
        "error" => Some(1),
        other => OTHER_CATEGORIES
            .iter()
            .chain(&["monitor", "user_feedback", "query_injection"])
            .any(|category| other.starts_with(category))
            .then_some(0),
    })?;
    Ok(Test::Constant(is_error.contains(&1)))
}

/// The title of an error is `Type: value`, or `Type`.
fn error_type(filter: &Filter) -> Vec<Pattern> {
    let with_value = |value: &String| pattern(&format!("{value}: *"));
    filter.values.iter().map(|value| pattern(value)).chain(filter.values.iter().map(with_value)).collect()
}

fn error_value(filter: &Filter) -> Vec<Pattern> {
    filter.values.iter().map(|value| pattern(&format!("*: {value}"))).collect()
}
