//! `repository`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Few, Object};

/// A repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repository {
    pub id: i64,
    pub organization_id: i64,
    pub name: String,
    pub external_id: Option<String>,
    pub config: Object,
    pub integration_id: Option<i64>,
    pub provider: Option<String>,
    pub status: i64,
    pub url: Option<String>,
}

/// What a new repository is.
#[derive(Debug, Deserialize)]
pub struct NewRepository {
    pub name: String,
    pub external_id: Option<String>,
    pub config: Object,
    pub integration_id: i64,
    pub provider: String,
    pub status: i64,
    pub url: String,
}

/// Arguments of `get_repositories`.
#[derive(Debug, Deserialize)]
pub struct GetRepositories {
    pub organization_id: i64,
    pub integration_id: Option<i64>,
    pub external_id: Option<String>,
    pub providers: Option<Few<String>>,
    pub has_integration: Option<bool>,
    pub has_provider: Option<bool>,
    pub status: Option<i64>,
}

/// Arguments of `get_repository`.
#[derive(Debug, Deserialize)]
pub struct GetRepository {
    pub organization_id: i64,
    pub id: i64,
}

/// Arguments of `serialize_repository`.
#[derive(Debug, Deserialize)]
pub struct SerializeRepository {
    pub organization_id: i64,
    pub id: i64,
    /// Everybody sees the same.
    pub as_user: Option<Value>,
}

/// Arguments of `create_repository`.
#[derive(Debug, Deserialize)]
pub struct CreateRepository {
    pub organization_id: i64,
    pub create: NewRepository,
}

/// Arguments of `update_repository`.
#[derive(Debug, Deserialize)]
pub struct UpdateRepository {
    pub organization_id: i64,
    pub update: Repository,
}

/// Arguments of `update_repositories`.
#[derive(Debug, Deserialize)]
pub struct UpdateRepositories {
    pub organization_id: i64,
    pub updates: Few<Repository>,
}

/// Arguments of `disable_repositories_for_integration`.
#[derive(Debug, Deserialize)]
pub struct OfIntegration {
    pub organization_id: i64,
    pub integration_id: i64,
    pub provider: String,
}

/// Arguments of `disable_repositories_by_external_ids`.
#[derive(Debug, Deserialize)]
pub struct ByExternalIds {
    pub organization_id: i64,
    pub integration_id: i64,
    pub provider: String,
    pub external_ids: Few<String>,
}

/// Arguments of `find_recently_active_repo_external_ids`.
#[derive(Debug, Deserialize)]
pub struct RecentlyActive {
    #[serde(flatten)]
    pub which: ByExternalIds,
    pub cutoff_days: u16,
}

/// Arguments of `disassociate_organization_integration`.
#[derive(Debug, Deserialize)]
pub struct Disassociate {
    pub organization_id: i64,
    pub organization_integration_id: i64,
    pub integration_id: i64,
}

/// Arguments of `auto_link_repos_by_name`.
#[derive(Debug, Deserialize)]
pub struct AutoLink {
    pub organization_id: i64,
    pub repo_ids: Option<Few<i64>>,
    pub project_ids: Option<Few<i64>>,
}

/// Arguments of `schedule_update_gitlab_project_webhooks`.
#[derive(Debug, Deserialize)]
pub struct UpdateGitlabWebhooks {
    pub organization_id: i64,
    pub integration_id: i64,
}
