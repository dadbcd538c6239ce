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
    /// The provider's name for it in addresses; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_slug: Option<String>,
    /// The provider's id; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
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
    pub author: Option<CommitAuthor>,
    /// Releases it is in, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub releases: Option<Vec<crate::release::Release>>,
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
    pub author: Option<CommitAuthor>,
    /// Its page.
    pub external_url: Option<String>,
}
