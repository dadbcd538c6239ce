//! Issues (groups of events): the form of lists and the form of one issue.

mod located;
mod status;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use located::{EventLocation, IssueHash, ListedEvent, ShortIdLocation};
pub use status::{IgnoreConditions, StatusDetails};

use crate::{
    activity::Activity, datetime::WireTime, release::Release, sentry_app::ExternalIssue, tag::TagKey,
    user::Viewer,
};

/// Counts by time: epoch seconds and events, oldest first.
pub type Series = Vec<(i64, i64)>;

/// An issue in a list. The optional keys come with `expand` and go with `collapse`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Issue {
    /// Digits.
    pub id: String,
    /// Names the public page.
    pub share_id: Option<String>,
    /// `WEB-1R`.
    pub short_id: String,
    /// What people read.
    pub title: String,
    /// Where it happens.
    pub culprit: Option<String>,
    /// Its page.
    pub permalink: Option<String>,
    /// The logger of the newest event.
    pub logger: Option<String>,
    /// `fatal`, `error`, `warning`, `info`, `debug` or `sample`.
    pub level: String,
    /// `unresolved`, `resolved`, `ignored` or `reprocessing`.
    pub status: String,
    /// How it was resolved or until when it is ignored.
    pub status_details: StatusDetails,
    /// What kind of unresolved or ignored.
    pub substatus: Option<String>,
    /// Anybody with the link may see it.
    pub is_public: bool,
    /// The platform of the newest event.
    pub platform: Option<String>,
    /// The project.
    pub project: IssueProject,
    /// The kind of its events: `error`, `default`, `csp` ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What the title is made of.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// How many comments.
    pub num_comments: i64,
    /// Who works on it.
    pub assigned_to: Option<Assignee>,
    /// The caller has marked it.
    pub is_bookmarked: bool,
    /// The caller is told about it.
    pub is_subscribed: bool,
    /// Why the caller is told about it.
    pub subscription_details: Option<SubscriptionDetails>,
    /// The caller has opened it.
    pub has_seen: bool,
    /// Links to other services.
    pub annotations: Vec<Annotation>,
    /// Always `error`.
    pub issue_type: String,
    /// Always `error`.
    pub issue_category: String,
    /// `low`, `medium` or `high`.
    pub priority: Option<String>,
    /// When somebody set the priority.
    pub priority_locked_at: Option<WireTime>,
    /// The newest event was not handled.
    pub is_unhandled: bool,
    /// Events; a text of digits.
    pub count: String,
    /// Users.
    pub user_count: i64,
    /// When the first event came.
    pub first_seen: WireTime,
    /// When the newest event came.
    pub last_seen: WireTime,
    /// Counts by time, by period.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub stats: Option<BTreeMap<String, Series>>,
    /// Counts over all time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<IssueCounts>,
    /// Counts of what the search finds; null without search.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<IssueCounts>)]
    pub filtered: Option<Option<IssueCounts>>,
    /// What comes with `expand`.
    #[serde(flatten)]
    pub expanded: IssueExpansions,
}

/// What comes with `expand`.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssueExpansions {
    /// Why it waits for review; null when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub inbox: Option<Value>,
    /// Suggested assignees.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub owners: Option<Value>,
    /// Always null.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub session_count: Option<Option<i64>>,
    /// What legacy plugins offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub plugin_actions: Option<Vec<Value>>,
    /// Items of legacy plugins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub plugin_issues: Option<Vec<Value>>,
    /// Items of first-party integrations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_issues: Option<Vec<IntegrationIssue>>,
    /// Items of Sentry Apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentry_app_issues: Option<Vec<ExternalIssue>>,
    /// The newest event has attachments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_event_has_attachments: Option<bool>,
    /// The event id that was searched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_event_id: Option<String>,
}

/// The project of an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssueProject {
    /// Digits.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Unique name in the organization.
    pub slug: String,
    /// What it runs on.
    pub platform: Option<String>,
}

/// Who works on an issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Assignee {
    /// A person.
    User {
        /// Digits.
        id: String,
        /// What people read.
        name: String,
        /// The address; left out where the organization wants privacy.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// A team.
    Team {
        /// Digits.
        id: String,
        /// The slug.
        name: String,
    },
}

/// Why somebody is told about an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SubscriptionDetails {
    /// Subscribed.
    Reason {
        /// `assigned`, `comment`, `bookmark`, `mentioned`, `status_change`, `team_mentioned` or `unknown`.
        reason: String,
    },
    /// Has switched such messages off.
    Disabled {
        /// Always true.
        disabled: bool,
    },
}

/// A link to an item of another service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Annotation {
    /// What people read.
    pub display_name: String,
    /// Its page.
    pub url: String,
}

/// An item of a first-party integration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntegrationIssue {
    /// Digits.
    pub id: String,
    /// The provider's name for it.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub description: Option<String>,
}

/// Counts of an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssueCounts {
    /// Events; a text of digits.
    pub count: String,
    /// Users.
    pub user_count: i64,
    /// When the first event came.
    pub first_seen: WireTime,
    /// When the newest event came.
    pub last_seen: WireTime,
    /// Counts by time.
    #[schema(value_type = Option<Object>)]
    pub stats: Option<BTreeMap<String, Series>>,
}

impl Issue {
    /// The issue as webhooks show it: to nobody in particular, without counts by time, times with six digits.
    #[must_use]
    pub fn for_webhook(mut self) -> Self {
        self.first_seen = self.first_seen.with_six_digits();
        self.last_seen = self.last_seen.with_six_digits();
        self.priority_locked_at = self.priority_locked_at.map(WireTime::with_six_digits);
        self.status_details = self.status_details.with_six_digits();
        self.is_bookmarked = false;
        self.is_subscribed = false;
        self.subscription_details = None;
        self.has_seen = false;
        self.stats = None;
        self.lifetime = None;
        self.filtered = None;
        self.expanded = IssueExpansions::default();
        self
    }
}

/// One issue. Its `issue` carries no `stats`, `lifetime` or `filtered`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssueDetail {
    /// The keys of the list form.
    #[serde(flatten)]
    pub issue: Issue,
    /// What happened to it, newest first.
    pub activity: Vec<Activity>,
    /// Who has opened it.
    pub seen_by: Vec<Viewer>,
    /// Who is told about it: users, and teams with `type`.
    #[schema(value_type = Vec<Object>)]
    pub participants: Vec<Value>,
    /// What legacy plugins offer.
    #[schema(value_type = Vec<Object>)]
    pub plugin_actions: Vec<Value>,
    /// Items of legacy plugins.
    #[schema(value_type = Vec<Object>)]
    pub plugin_issues: Vec<Value>,
    /// Contexts of legacy plugins.
    #[schema(value_type = Vec<Object>)]
    pub plugin_contexts: Vec<Value>,
    /// How many reports of users.
    pub user_report_count: i64,
    /// Its tags, unless collapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<TagKey>>,
    /// The release it was first seen in, unless collapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Release>)]
    pub first_release: Option<Option<Box<Release>>>,
    /// The release it was last seen in, unless collapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Release>)]
    pub last_release: Option<Option<Box<Release>>>,
    /// Counts over 24 hours and 30 days, unless collapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub stats: Option<BTreeMap<String, Series>>,
}
