//! Tokens of users, apps and organizations, and the answers of the token endpoint.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{application::Application, datetime::WireTime};

/// What is shown in place of a secret that the caller may not see: 64 asterisks.
pub const MASKED: &str = "****************************************************************";

/// A token of a user or an app.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Digits.
    pub id: String,
    /// What it may do, sorted.
    pub scopes: Vec<String>,
    /// What people read.
    pub name: Option<String>,
    /// The application it was granted to.
    pub application: Option<Application>,
    /// Until when it is good; null is for ever.
    pub expires_at: Option<WireTime>,
    /// When it was made.
    pub date_created: WireTime,
    /// What the exchange request sent along, whatever it is.
    pub state: Value,
    /// The secret; only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What it is renewed with; only in the answer that makes it, null when it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<Option<String>>,
    /// The last four characters.
    pub token_last_characters: Option<String>,
}

/// A token of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrgToken {
    /// Digits.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Always `org:ci`.
    pub scopes: Vec<String>,
    /// The last four characters.
    pub token_last_characters: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// When it was last used.
    pub date_last_used: Option<WireTime>,
    /// The project it was last used for.
    pub project_last_used_id: Option<String>,
    /// The secret; only in the answer that makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The answer of the OAuth token endpoint; snake case, as OAuth has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OAuthToken {
    /// The secret.
    pub access_token: String,
    /// What it is renewed with.
    pub refresh_token: String,
    /// Seconds it is still good for.
    pub expires_in: i64,
    /// Until when.
    pub expires_at: WireTime,
    /// Always `bearer`.
    pub token_type: &'static str,
    /// What it may do, separated by spaces.
    pub scope: String,
    /// Whose it is.
    pub user: OAuthUser,
}

/// The user of an [`OAuthToken`].
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OAuthUser {
    /// Digits.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Primary address.
    pub email: String,
}
