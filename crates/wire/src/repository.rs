//! Repositories, commits, pull requests.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{datetime::WireTime, user::User};

/// A source repository.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Digits.
    pub id: String,
    /// As the provider names it.
    pub name: String,
    /// Its page.
    pub url: Option<String>,
    /// Where it is.
    pub provider: RepositoryProvider,
    /// `active`, `disabled`, `pending_deletion` or `deletion_in_progress`.
    pub status: String,
    /// When it was added.
    pub date_created: WireTime,
    /// The integration it came with.
    pub integration_id: Option<String>,
    /// The provider's name for it in addresses; null without a provider.
    pub external_slug: Option<String>,
    /// The provider's id.
    pub external_id: Option<String>,
}

/// A repository with what was asked for besides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpandedRepository {
    /// The repository.
    #[serde(flatten)]
    pub repository: Repository,
    /// Settings of code review, which is not done here: null, and only there when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
}

/// The legacy plugins through which repositories could be added.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RepositoryPlugins {
    /// By key.
    pub providers: Vec<RepositoryPlugin>,
}

/// A legacy plugin through which repositories could be added.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RepositoryPlugin {
    /// The word that names it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The fields of its form.
    #[schema(value_type = Vec<Object>)]
    pub config: Vec<serde_json::Value>,
}

/// Where a repository is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RepositoryProvider {
    /// Such as `integrations:vsts`.
    pub id: String,
    /// What people read.
    pub name: String,
}

impl RepositoryProvider {
    /// The provider of repositories that are only known from commits.
    pub fn unknown() -> Self {
        Self { id: "unknown".to_owned(), name: "Unknown Provider".to_owned() }
    }
}

/// A commit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// The hash.
    pub id: String,
    /// What it says.
    pub message: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// Where it was discussed.
    pub pull_request: Option<PullRequest>,
    /// Why it is suspected; empty.
    pub suspect_commit_type: String,
    /// Where it is.
    pub repository: Option<Repository>,
    /// Who made it.
    pub author: CommitAuthor,
    /// Releases it is in, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub releases: Option<Vec<CommitRelease>>,
}

/// A release beside a commit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitRelease {
    /// Unique in the organization.
    pub version: String,
    /// The version again.
    pub short_version: String,
    /// The commit or branch it was built from.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it was published.
    pub date_released: Option<WireTime>,
    /// When it was made.
    pub date_created: WireTime,
}

/// Who made a commit: a user with that address, or only name and address.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum CommitAuthor {
    /// A user.
    User(Box<User>),
    /// Somebody else.
    Person {
        /// The name.
        name: Option<String>,
        /// The address.
        email: String,
    },
    /// Nobody is known: an empty object.
    Nobody {},
}

/// A pull request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PullRequest {
    /// The provider's number as text.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub message: Option<String>,
    /// When it was made.
    pub date_created: WireTime,
    /// Where it is.
    pub repository: Option<Repository>,
    /// Who made it.
    pub author: CommitAuthor,
    /// Its page.
    pub external_url: Option<String>,
}
