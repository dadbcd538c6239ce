//! The names that users and teams have at other services.

use serde::Serialize;
use utoipa::ToSchema;

/// The name of a user or a team at another service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExternalActor {
    /// Digits.
    pub id: String,
    /// Which service, such as `github`.
    pub provider: String,
    /// The name there, such as `@octocat`.
    pub external_name: String,
    /// Digits; at which integration.
    pub integration_id: String,
    /// The id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whose it is, where a user's is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Whose it is, where a team's is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<String>,
}
