//! Sentry Apps, their installations, components and external issues.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::datetime::WireTime;

/// A Sentry App.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentryApp {
    /// Origins whose pages may use its tokens.
    pub allowed_origins: Vec<String>,
    /// Who makes it.
    pub author: Option<String>,
    /// Its pictures.
    pub avatars: Vec<AppAvatar>,
    /// Kinds of events it hears of: `issue`, `error`, `comment`.
    pub events: Vec<String>,
    /// What it is good for; empty for internal apps.
    pub feature_data: Vec<AppFeature>,
    /// May be an action of alert rules.
    pub is_alertable: bool,
    /// Facts kept for others.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// What people read.
    pub name: String,
    /// What it does.
    pub overview: Option<String>,
    /// Rank in lists.
    pub popularity: i64,
    /// Where installing leads.
    pub redirect_url: Option<String>,
    /// Its UI components.
    #[schema(value_type = Object)]
    pub schema: Map<String, Value>,
    /// What it may do, sorted.
    pub scopes: Vec<String>,
    /// Unique name in addresses.
    pub slug: String,
    /// `unpublished`, `published`, `internal`, `publish_request_inprogress` or `deletion_in_progress`.
    pub status: String,
    /// Dashed UUID.
    pub uuid: String,
    /// Must confirm each installation.
    pub verify_install: bool,
    /// Where events are sent.
    pub webhook_url: Option<String>,
    /// Single events it hears of, sorted.
    pub webhook_events: Vec<String>,
    /// Headers added to what it is sent, as `Name: value`.
    pub webhook_headers: Vec<String>,
    /// Sending is switched off after too many failures.
    pub is_disabled: bool,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_published: Option<WireTime>,
    /// What only its owners and superusers see.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub private: Option<AppCredentials>,
}

/// What only the owners of an app and superusers see.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppCredentials {
    /// 64 hex digits.
    pub client_id: String,
    /// The secret, [`crate::token::MASKED`], or null after 24 hours.
    pub client_secret: Option<String>,
    /// Whose it is.
    pub owner: AppOwner,
}

/// The organization that owns an app.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppOwner {
    /// A number here.
    pub id: i64,
    /// Unique name in addresses.
    pub slug: String,
}

/// A picture of an app.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppAvatar {
    /// `default` or `upload`.
    pub avatar_type: String,
    /// Names the uploaded picture.
    pub avatar_uuid: Option<String>,
    /// Where the uploaded picture is.
    pub avatar_url: Option<String>,
    /// The coloured logo, not the icon.
    pub color: bool,
    /// `logo` when coloured, else `icon`.
    pub photo_type: &'static str,
}

impl AppAvatar {
    /// A picture, either the coloured logo or the icon.
    pub fn new(avatar_type: String, uuid: Option<String>, url: Option<String>, color: bool) -> Self {
        let photo_type = if color { "logo" } else { "icon" };
        Self { avatar_type, avatar_uuid: uuid, avatar_url: url, color, photo_type }
    }
}

/// What an app is good for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppFeature {
    /// Number of the feature.
    pub feature_id: i64,
    /// Name of the feature.
    pub feature_gate: String,
    /// What people read.
    pub description: String,
}

/// A feature by number and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FeatureGate {
    /// Number of the feature.
    pub feature_id: i64,
    /// Name of the feature.
    pub feature_gate: String,
}

/// When an app was installed and uninstalled; points are epoch seconds and a count.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstallStats {
    /// Installations there ever were.
    pub total_installs: i64,
    /// Those that ended.
    pub total_uninstalls: i64,
    /// Installations that began in the window.
    pub install_stats: Vec<(i64, i64)>,
    /// The ends of those.
    pub uninstall_stats: Vec<(i64, i64)>,
}

/// How often an app was looked at and used; points are epoch seconds and a count.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Interactions {
    /// Somebody looked at it.
    pub views: Vec<(i64, i64)>,
    /// Somebody used a component, by type.
    pub component_interactions: BTreeMap<String, Vec<(i64, i64)>>,
}

/// An app and how often it is installed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppInstalls {
    /// The app's id, a number.
    pub id: i64,
    /// Its uuid.
    pub uuid: String,
    /// Its slug.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Installations there are.
    pub installs: i64,
    /// Pictures of it.
    pub avatars: Vec<AppAvatar>,
}

/// An installation of an app in an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Installation {
    /// The app.
    pub app: InstalledApp,
    /// Where it is installed.
    pub organization: InstallationOrganization,
    /// Dashed UUID.
    pub uuid: String,
    /// `pending` or `installed`.
    pub status: String,
    /// The grant code, while it is unused and the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// The app of an installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstalledApp {
    /// Dashed UUID.
    pub uuid: String,
    /// Unique name in addresses.
    pub slug: String,
    /// A number here.
    pub sentry_app_id: i64,
}

/// The organization of an installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstallationOrganization {
    /// Unique name in addresses.
    pub slug: String,
    /// A number here; in webhooks only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
}

/// A project that an installation hears of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HookProject {
    /// Of this entry; digits.
    pub id: String,
    /// The project; digits.
    pub project_id: String,
}

/// A call to an app, as its request log shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppRequest {
    /// What was called.
    pub webhook_url: String,
    /// The app.
    pub sentry_app_slug: String,
    /// What it was told or asked.
    pub event_type: String,
    /// When, as `2024-08-12 14:55:09.120034+00:00`.
    pub date: String,
    /// The HTTP status; 0 when there was no answer.
    pub response_code: i64,
    /// More about a call that failed.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailedAppRequest>,
    /// The page of the event that the app reported for it, without the origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_url: Option<String>,
    /// For whom the app was called; absent for internal apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<AppRequestOrganization>,
}

/// What was sent and received in a call that failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedAppRequest {
    /// The body as a JSON string, cut; null when there was no answer.
    pub request_body: Option<String>,
    /// The headers that were sent.
    #[schema(value_type = Option<Object>)]
    pub request_headers: Option<Map<String, Value>>,
    /// The answer, as a JSON string where it is JSON, cut.
    pub response_body: Option<String>,
}

/// The organization that an app was called for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppRequestOrganization {
    /// What people read.
    pub name: String,
    /// Unique name in addresses.
    pub slug: String,
}

/// A UI component of an app.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// Dashed UUID.
    pub uuid: String,
    /// `issue-link`, `alert-rule-action`, `issue-media` or `stacktrace-link`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it looks like.
    #[schema(value_type = Object)]
    pub schema: Value,
    /// Its choices could not be fetched.
    pub error: bool,
    /// The app.
    pub sentry_app: ComponentApp,
}

/// The app of a component.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComponentApp {
    /// Dashed UUID.
    pub uuid: String,
    /// Unique name in addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Its pictures.
    pub avatars: Vec<AppAvatar>,
}

/// A link between an issue and an item of an app.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExternalIssue {
    /// Digits.
    pub id: String,
    /// The issue; digits.
    pub issue_id: String,
    /// The app's slug.
    pub service_type: String,
    /// What people read.
    pub display_name: String,
    /// Its page.
    pub web_url: String,
}
