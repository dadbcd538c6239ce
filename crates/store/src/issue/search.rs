//! Finding issues: a [`Search`] is a list of typed conditions, compiled to one statement over `issue i`.

use mortise_domain::{IssueId, ProjectId, TeamId, Time, UserId};

use super::Issue;
use crate::{Conn, FromRow, Pattern, Query, Range, Result, Row};

/// Largest number that a list of issues says it has.
pub const HITS_MAX: i64 = 1_000;

/// Which issues are meant. All conditions hold.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// In any of these projects; none means no issue.
    pub projects: Vec<ProjectId>,
    /// With events in any of these environments; empty for all.
    pub environments: Vec<String>,
    /// Newest event not before.
    pub since: Option<Time>,
    /// Newest event before.
    pub until: Option<Time>,
    /// What the words of a query ask for.
    pub terms: Vec<Term>,
}

/// A condition of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether they must not all hold.
    pub negated: bool,
    /// What must hold, all of it.
    pub tests: Vec<Test>,
}

/// How a number or time is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Equal,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

/// Whom an issue is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignedTo {
    /// Nobody.
    Nobody,
    /// A user.
    User(UserId),
    /// A team.
    Team(TeamId),
}

/// A number of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberField {
    /// Events.
    TimesSeen,
    /// When the first event came, microseconds.
    FirstSeen,
    /// When the newest event came, microseconds.
    LastSeen,
    /// Users.
    Users,
}

/// A text of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// The platform of its newest event.
    Platform,
    /// What people read.
    Title,
    /// Where it happens.
    Culprit,
    /// The message of its newest event.
    Message,
    /// The file.
    Location,
    /// The kind of its events.
    EventType,
}

/// What can be asked of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Nothing: holds always (`true`) or never.
    Constant(bool),
    /// Has any of these states.
    Status(Vec<i64>),
    /// Has any of these substates.
    Substatus(Vec<i64>),
    /// Has any of these priorities.
    Priority(Vec<i64>),
    /// Is assigned to any of these.
    Assigned(Vec<AssignedTo>),
    /// Is assigned to somebody.
    IsAssigned,
    /// Whether it is linked to an item of another service.
    Linked(bool),
    /// Is unresolved and waits for review.
    ForReview,
    /// Whether the newest event was not handled.
    Unhandled(bool),
    /// Marked by any of these users.
    BookmarkedBy(Vec<UserId>),
    /// Any of these users is told about it.
    SubscribedBy(Vec<UserId>),
    /// Is in any of these projects.
    Projects(Vec<ProjectId>),
    /// Has any of these numbers in its project.
    ShortIds(Vec<(ProjectId, i64)>),
    /// A number compares.
    Number(NumberField, Compare, i64),
    /// A text matches any.
    Text(TextField, Vec<Pattern>),
    /// Title, culprit or message contains it.
    Words(Pattern),
    /// Was first seen in a release that matches any.
    FirstRelease(Vec<Pattern>),
    /// Was first seen in some release.
    HasFirstRelease,
    /// Was first seen without release.
    LacksFirstRelease,
    /// Has events whose tag matches any.
    Tag(String, Vec<Pattern>),
    /// Has events with the tag.
    HasTag(String),
    /// Has no events with the tag.
    LacksTag(String),
}

/// What a list of issues is ordered by, largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Newest event.
    Date,
    /// First event.
    New,
    /// Events, since an hour (epoch seconds / 3600) when there is one.
    Frequency(Option<i64>),
    /// How much more often than before: events since `recent` against those since `before`, both hours.
    Trends {
        /// Since when events are recent.
        recent: i64,
        /// Since when events are compared with.
        before: i64,
    },
    /// Users.
    Users,
    /// When it began to wait for review.
    Inbox,
}

/// An issue with the key it is ordered by, which is at least 1.
#[derive(Debug, Clone)]
pub struct Found {
    /// The issue.
    pub issue: Issue,
    /// Microseconds for the orders by time, else a count plus one.
    pub key: i64,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { issue: Issue::from_row(row)?, key: row.get("sort_key")? })
    }
}

/// A range of the issues found, ordered by `sort`.
pub async fn find(conn: &mut Conn, search: &Search, sort: Sort, range: &Range) -> Result<Vec<Found>> {
    let mut query = Query::new("SELECT * FROM (SELECT i.*, ");
    push_sort_key(&mut query, sort);
    query.push(" AS sort_key FROM issue i WHERE ");
    push_search(&mut query, search);
    query.push(") AS found WHERE 1 = 1").range("sort_key", "id", range);
    conn.all(query).await
}

/// The ids of the issues found, newest event first, at most `limit`.
pub async fn find_ids(conn: &mut Conn, search: &Search, limit: i64) -> Result<Vec<IssueId>> {
    let mut query = Query::new("SELECT i.id FROM issue i WHERE ");
    push_search(&mut query, search);
    query.push(" ORDER BY i.last_seen DESC, i.id DESC LIMIT ").arg(limit);
    conn.all(query).await
}

/// How many issues are found, at most [`HITS_MAX`].
pub async fn hits(conn: &mut Conn, search: &Search) -> Result<i64> {
    let mut query = Query::new("SELECT COUNT(*) FROM (SELECT i.id FROM issue i WHERE ");
    push_search(&mut query, search);
    query.push(" LIMIT ").arg(HITS_MAX).push(") AS found");
    conn.one(query).await
}

const COUNT_SINCE: &str = "(SELECT CAST(COALESCE(SUM(s.count), 0) AS BIGINT) FROM issue_stat s \
    WHERE s.issue_id = i.id AND s.hour >= ";
const USERS: &str = "(SELECT COUNT(*) FROM issue_tag_value t WHERE t.issue_id = i.id AND t.tag_key = 'user')";

fn push_sort_key(query: &mut Query, sort: Sort) {
    match sort {
        Sort::Date => query.push("i.last_seen"),
        Sort::New => query.push("i.first_seen"),
        Sort::Frequency(None) => query.push("i.times_seen + 1"),
        Sort::Frequency(Some(hour)) => query.push(COUNT_SINCE).arg(hour).push(") + 1"),
        Sort::Trends { recent, before } => {
            query.push("1000 * ").push(COUNT_SINCE).arg(recent).push(") / (1 + ");
            query.push(COUNT_SINCE).arg(before).push(" AND s.hour < ").arg(recent).push(")) + 1")
        }
        Sort::Users => query.push(USERS).push(" + 1"),
        Sort::Inbox => query.push("COALESCE(i.inbox_date, 1)"),
    };
}

fn push_search(query: &mut Query, search: &Search) {
    query.push("i.status NOT IN (3, 4, 5) AND i.project_id IN ").list(search.projects.iter().copied());
    if !search.environments.is_empty() {
        query.push(
            " AND EXISTS (SELECT 1 FROM issue_tag_value t WHERE t.issue_id = i.id AND t.tag_key = 'environment' \
             AND t.tag_value IN ",
        );
        query.list(search.environments.iter()).push(")");
    }
    if let Some(since) = search.since {
        query.push(" AND i.last_seen >= ").arg(since);
    }
    if let Some(until) = search.until {
        query.push(" AND i.last_seen < ").arg(until);
    }
    for term in &search.terms {
        query.push(if term.negated { " AND NOT (1 = 1" } else { " AND (1 = 1" });
        for test in &term.tests {
            query.push(" AND ");
            push_test(query, test);
        }
        query.push(")");
    }
}

/// Appends a condition in brackets that is true or false, never null.
fn push_test(query: &mut Query, test: &Test) {
    match test {
        Test::Constant(true) => query.push("(1 = 1)"),
        Test::Constant(false) => query.push("(1 = 0)"),
        Test::Status(values) => query.push("(i.status IN ").list(values.iter().copied()).push(")"),
        Test::Substatus(values) => {
            query.push("(COALESCE(i.substatus, 0) IN ").list(values.iter().copied()).push(")")
        }
        Test::Priority(values) => query.push("(i.priority IN ").list(values.iter().copied()).push(")"),
        Test::Assigned(whom) => push_assigned(query, whom),
        Test::IsAssigned => {
            query.push("EXISTS (SELECT 1 FROM issue_assignee a WHERE a.issue_id = i.id)")
        }
        Test::Linked(wanted) => query
            .push(if *wanted { "(" } else { "NOT (" })
            .push("EXISTS (SELECT 1 FROM external_issue_link l WHERE l.issue_id = i.id))"),
        Test::ForReview => query.push("(i.status = 0 AND i.inbox_date IS NOT NULL)"),
        Test::Unhandled(wanted) => query.push("(i.is_unhandled = ").arg(*wanted).push(")"),
        Test::BookmarkedBy(users) => query
            .push("EXISTS (SELECT 1 FROM issue_bookmark b WHERE b.issue_id = i.id AND b.user_id IN ")
            .list(users.iter().copied())
            .push(")"),
        Test::SubscribedBy(users) => query
            .push("EXISTS (SELECT 1 FROM issue_subscription s WHERE s.issue_id = i.id AND s.is_active = TRUE AND s.user_id IN ")
            .list(users.iter().copied())
            .push(")"),
        Test::Projects(ids) => query.push("(i.project_id IN ").list(ids.iter().copied()).push(")"),
        Test::ShortIds(numbers) => {
            query.push("(1 = 0");
            for (project, number) in numbers {
                query.push(" OR (i.project_id = ").arg(*project);
                query.push(" AND i.short_id = ").arg(*number).push(")");
            }
            query.push(")")
        }
        Test::Number(field, compare, value) => push_number(query, *field, *compare, *value),
        Test::Text(field, patterns) => query.matches(text_column(*field), patterns),
        Test::Words(pattern) => {
            let pattern = std::slice::from_ref(pattern);
            query.push("(").matches("i.title", pattern).push(" OR ").matches("i.culprit", pattern);
            query.push(" OR ").matches("i.message", pattern).push(")")
        }
        Test::FirstRelease(patterns) => query
            .push("EXISTS (SELECT 1 FROM release r WHERE r.id = i.first_release_id AND ")
            .matches("r.version", patterns)
            .push(")"),
        Test::HasFirstRelease => query.push("(i.first_release_id IS NOT NULL)"),
        Test::LacksFirstRelease => query.push("(i.first_release_id IS NULL)"),
        Test::Tag(key, patterns) => query
            .push("EXISTS (SELECT 1 FROM issue_tag_value t WHERE t.issue_id = i.id AND t.tag_key = ")
            .arg(key)
            .push(" AND ")
            .matches("t.tag_value", patterns)
            .push(")"),
        Test::HasTag(key) => push_has_tag(query, "EXISTS", key),
        Test::LacksTag(key) => push_has_tag(query, "NOT EXISTS", key),
    };
}

fn push_assigned<'q>(query: &'q mut Query, whom: &[AssignedTo]) -> &'q mut Query {
    query.push("(1 = 0");
    for one in whom {
        match one {
            AssignedTo::Nobody => {
                query.push(" OR NOT EXISTS (SELECT 1 FROM issue_assignee a WHERE a.issue_id = i.id)")
            }
            AssignedTo::User(user) => query
                .push(" OR EXISTS (SELECT 1 FROM issue_assignee a WHERE a.issue_id = i.id AND a.user_id = ")
                .arg(*user)
                .push(")"),
            AssignedTo::Team(team) => query
                .push(" OR EXISTS (SELECT 1 FROM issue_assignee a WHERE a.issue_id = i.id AND a.team_id = ")
                .arg(*team)
                .push(")"),
        };
    }
    query.push(")")
}

fn push_has_tag<'q>(query: &'q mut Query, exists: &'static str, key: &str) -> &'q mut Query {
    query.push(exists).push(" (SELECT 1 FROM issue_tag_value t WHERE t.issue_id = i.id AND t.tag_key = ");
    query.arg(key).push(")")
}

fn push_number(query: &mut Query, field: NumberField, compare: Compare, value: i64) -> &mut Query {
    query.push("(");
    query.push(match field {
        NumberField::TimesSeen => "i.times_seen",
        NumberField::FirstSeen => "i.first_seen",
        NumberField::LastSeen => "i.last_seen",
        NumberField::Users => USERS,
    });
    query.push(match compare {
        Compare::Equal => " = ",
        Compare::Greater => " > ",
        Compare::AtLeast => " >= ",
        Compare::Less => " < ",
        Compare::AtMost => " <= ",
    });
    query.arg(value).push(")")
}

fn text_column(field: TextField) -> &'static str {
    match field {
        TextField::Platform => "i.platform",
        TextField::Title => "i.title",
        TextField::Culprit => "i.culprit",
        TextField::Message => "i.message",
        TextField::Location => "COALESCE(i.location, '')",
        TextField::EventType => "i.event_type",
    }
}
