//! Issues and events that were looked up by a name of their own.

use serde::Serialize;
use utoipa::ToSchema;

use super::Issue;
use crate::event::{Event, SimpleEvent};

/// An event in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ListedEvent {
    /// In short.
    Simple(Box<SimpleEvent>),
    /// In full.
    Full(Box<Event>),
}

/// Where an event of an organization is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventLocation {
    /// The organization.
    pub organization_slug: String,
    /// The project.
    pub project_slug: String,
    /// The issue; digits.
    pub group_id: String,
    /// 32 hex digits.
    pub event_id: String,
    /// The event.
    pub event: Event,
}

/// Where the issue with a short id is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShortIdLocation {
    /// The organization.
    pub organization_slug: String,
    /// The project.
    pub project_slug: String,
    /// The issue; digits.
    pub group_id: String,
    /// The issue.
    pub group: Issue,
    /// The short id as it is written.
    pub short_id: String,
}

/// A hash whose events go to an issue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssueHash {
    /// The hash.
    pub id: String,
    /// The newest event that was grouped by it; null when none is kept.
    pub latest_event: Option<Event>,
}
