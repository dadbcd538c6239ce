//! The issue page: state and actions, one event, and what people said and did.

use askama::Template;

use super::{
    Avatar, Choice, Count, Level, Priority, Shell, State, Svg, When,
    event::{EventView, StackPart, TagShare},
};

/// One issue with one of its events.
#[derive(Debug, Clone, Template)]
#[template(path = "issue.html")]
pub struct IssuePage {
    pub shell: Shell,
    pub issue: IssueHead,
    /// None when the issue's events are gone (retention) or the asked one does not exist.
    pub event: Option<EventView>,
    pub stats_day: Svg,
    pub stats_month: Svg,
    pub tags: Vec<TagShare>,
    pub activity: Vec<Activity>,
    pub participants: Vec<Avatar>,
    pub seen_by: Vec<Avatar>,
    /// Installed apps that make or find items for issues.
    pub apps: Vec<IssueApp>,
    pub may: IssueMay,
    /// Text that was refused, with the reason, so that nothing typed is lost.
    pub comment_text: String,
    pub comment_error: String,
}

/// What the signed-in user may do.
#[derive(Debug, Clone, Copy)]
pub struct IssueMay {
    pub write: bool,
    pub delete: bool,
}

/// The issue itself.
#[derive(Debug, Clone)]
pub struct IssueHead {
    pub id: String,
    pub short_id: String,
    pub kind: String,
    pub message: String,
    pub culprit: String,
    pub project: String,
    pub project_name: String,
    pub level: Level,
    pub priority: Priority,
    pub status: IssueStatus,
    pub state: State,
    /// What is known of the status beyond its word: "in the next release", "until it happens 10 times". May be empty.
    pub state_detail: String,
    pub events: Count,
    pub users: Count,
    pub first_seen: When,
    pub last_seen: When,
    pub first_release: String,
    pub last_release: String,
    pub assignee: Option<Avatar>,
    /// Members and teams; values are `user:ID` and `team:ID`.
    pub assignees: Vec<Choice>,
    pub bookmarked: bool,
    pub subscribed: bool,
    pub links: Vec<WorkItem>,
}

/// Status of an issue as the actions see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueStatus {
    Unresolved,
    Resolved,
    Archived,
}

impl IssueStatus {
    pub fn is_unresolved(&self) -> bool {
        *self == Self::Unresolved
    }
}

/// An app that makes or finds items for issues.
#[derive(Debug, Clone)]
pub struct IssueApp {
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    /// The uuid of its installation.
    pub installation: String,
}

/// A linked item in another service.
#[derive(Debug, Clone)]
pub struct WorkItem {
    /// Names the link where it is removed.
    pub id: String,
    /// The short name of the app whose item it is. Names are for people: two apps may have the same.
    pub app: String,
    pub service: String,
    pub name: String,
    pub href: String,
}

/// An entry of the feed, newest first.
#[derive(Debug, Clone)]
pub struct Activity {
    pub id: String,
    /// Who; "Mortise" for what happens by itself.
    pub actor: Avatar,
    pub when: When,
    pub what: Deed,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Deed {
    /// "resolved this issue in the next release", with an icon.
    Note {
        text: String,
        mine: bool,
    },
    Change {
        icon: &'static str,
        text: String,
    },
}
