//! Users, as others see them and as they see themselves.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{avatar::Avatar, datetime::WireTime};

/// A user. The keys from `options` on are only in what users see of themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Digits.
    pub id: String,
    /// What to show: name, else address, else user name.
    pub name: String,
    /// Unique, what the user signs in with.
    pub username: String,
    /// Primary address.
    pub email: String,
    /// Where the picture is; null when pictures of other services are off.
    pub avatar_url: Option<String>,
    /// May sign in.
    pub is_active: bool,
    /// Has a password of ours.
    pub has_password_auth: bool,
    /// Managed by somebody else's directory.
    pub is_managed: bool,
    /// When the account was made.
    pub date_joined: WireTime,
    /// Last sign-in.
    pub last_login: Option<WireTime>,
    /// Has a second factor.
    pub has2fa: bool,
    /// Last request.
    pub last_active: Option<WireTime>,
    /// May become superuser.
    pub is_superuser: bool,
    /// May become staff.
    pub is_staff: bool,
    /// Always empty.
    #[schema(value_type = Object)]
    pub experiments: Map<String, Value>,
    /// Addresses; only when the viewer is the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails: Option<Vec<UserEmail>>,
    /// The picture.
    pub avatar: Avatar,
    /// What only the user sees.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub own: Option<Box<OwnUser>>,
}

/// An address of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserEmail {
    /// Digits.
    pub id: String,
    /// The address.
    pub email: String,
    /// The user has shown to receive mail there.
    pub is_verified: bool,
}

/// What only the user sees of the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnUser {
    /// Preferences.
    pub options: UserOptions,
    /// Switches.
    pub flags: UserFlags,
    /// Accounts at sign-in providers.
    #[schema(value_type = Vec<Object>)]
    pub identities: Vec<Value>,
    /// Operator permissions; only in the detailed form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
    /// Second factors; only in the detailed form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub authenticators: Option<Vec<Value>>,
    /// May reset second factors; only in the detailed form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_reset2fa: Option<bool>,
}

/// Preferences of a user.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserOptions {
    /// `light`, `dark` or `system`.
    pub theme: String,
    /// Language code.
    pub language: String,
    /// -1 default, 1 oldest first, 2 newest first.
    pub stacktrace_order: i64,
    /// Which event an issue page opens with.
    pub default_issue_event: String,
    /// Name of the time zone.
    pub timezone: String,
    /// 24-hour clock.
    pub clock24_hours: bool,
    /// A layout choice some clients read.
    #[serde(rename = "issueDetailsNewExperienceQ42023")]
    pub issue_details_new_experience: bool,
}

impl Default for UserOptions {
    fn default() -> Self {
        Self {
            theme: "light".to_owned(),
            language: "en".to_owned(),
            stacktrace_order: -1,
            default_issue_event: "recommended".to_owned(),
            timezone: "UTC".to_owned(),
            clock24_hours: false,
            issue_details_new_experience: false,
        }
    }
}

/// Switches of a user.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct UserFlags {
    /// Whether to ask about a newsletter; never.
    pub newsletter_consent_prompt: bool,
}

/// What a person wants done and told on their behalf.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationSettings {
    /// Be told also of what they did themselves.
    pub personal_activity_notifications: bool,
    /// Get the issues that they resolve and that are nobody's.
    pub self_assign_on_resolve: bool,
}

/// A user among those who have seen an issue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Viewer {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// When last.
    pub last_seen: WireTime,
}

/// The answer of the API root: who is asking, with what.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiRoot {
    /// Always `0`.
    pub version: &'static str,
    /// The token; null for sessions and anonymous callers.
    pub auth: Option<ApiRootAuth>,
    /// The caller; null without one.
    pub user: Option<User>,
}

/// The token of an [`ApiRoot`].
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiRootAuth {
    /// What it may do.
    pub scopes: Vec<String>,
}

/// A region; there is one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Region {
    /// Always `--monolith--`.
    pub name: &'static str,
    /// The public address of this server.
    pub url: String,
}

impl Region {
    /// The only region.
    pub fn only(url: impl Into<String>) -> Self {
        Self { name: "--monolith--", url: url.into() }
    }
}
