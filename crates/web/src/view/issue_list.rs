//! The issue list.

use askama::Template;

use super::{Avatar, Count, Level, Link, Pager, Priority, Select, Shell, State, Svg, When};

/// Issues of an organization that match a search.
#[derive(Debug, Clone, Template)]
#[template(path = "issue_list.html")]
pub struct IssueListPage {
    pub shell: Shell,
    /// The search text as typed.
    pub query: String,
    /// What is wrong with the search text; empty when nothing is.
    pub query_error: String,
    /// Unresolved, resolved, archived, all.
    pub tabs: Vec<Link>,
    pub sort: Select,
    pub project: Select,
    pub environment: Select,
    /// 24 hours or 14 days: the span of the small charts.
    pub spans: Vec<Link>,
    pub span_label: &'static str,
    pub rows: Vec<IssueRow>,
    pub pager: Pager,
    /// Fixed parameters of the address that the search form must keep (tab, span).
    pub keep: Vec<(&'static str, String)>,
    pub empty: EmptyList,
}

/// Why a list without rows is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmptyList {
    /// The organization has no project yet.
    NoProject,
    /// A project never sent an event: its guide's address.
    NoEvent(String),
    /// The search matches nothing.
    NoMatch,
}

/// One issue in the list.
#[derive(Debug, Clone)]
pub struct IssueRow {
    pub id: String,
    pub short_id: String,
    /// Type of the error, as in `ZeroDivisionError`.
    pub kind: String,
    /// Its message; may be empty.
    pub message: String,
    pub culprit: String,
    pub project: String,
    pub level: Level,
    pub priority: Priority,
    /// Status or substatus worth telling ("New", "Regressed"); none for an ordinary ongoing issue.
    pub state: Option<State>,
    pub events: Count,
    pub users: Count,
    pub comments: u64,
    pub first_seen: When,
    pub last_seen: When,
    pub assignee: Option<Avatar>,
    pub trend: Svg,
    pub bookmarked: bool,
    pub seen: bool,
    /// Names of linked work items in other services.
    pub links: Vec<String>,
}
