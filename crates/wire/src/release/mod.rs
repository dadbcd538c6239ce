//! Releases and deploys.

mod version;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub use version::{SemanticVersion, VersionInfo, VersionText};

use crate::{
    datetime::WireTime,
    repository::{Commit, CommitAuthor},
    user::User,
};

/// A release.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// A number here.
    pub id: i64,
    /// Unique in the organization.
    pub version: String,
    /// `open` or `archived`.
    pub status: String,
    /// The version again.
    pub short_version: String,
    /// The version taken apart.
    pub version_info: Option<VersionInfo>,
    /// The commit or branch it was built from.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it was published.
    pub date_released: Option<WireTime>,
    /// When it was made.
    pub date_created: WireTime,
    /// Always empty.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Issues first seen in it.
    pub new_groups: i64,
    /// Who is responsible.
    pub owner: Option<User>,
    /// How many commits it has.
    pub commit_count: i64,
    /// Its newest commit.
    pub last_commit: Option<Box<Commit>>,
    /// How often it was deployed.
    pub deploy_count: i64,
    /// The last time it was.
    pub last_deploy: Option<Deploy>,
    /// Who made its commits.
    pub authors: Vec<CommitAuthor>,
    /// The projects it is in.
    pub projects: Vec<ReleaseProject>,
    /// When its first event came.
    pub first_event: Option<WireTime>,
    /// When its newest event came.
    pub last_event: Option<WireTime>,
    /// Always empty.
    #[schema(value_type = Object)]
    pub current_project_meta: Map<String, Value>,
    /// What made it.
    pub user_agent: Option<String>,
}

/// What varies between releases.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "as in Release")]
pub struct ReleaseFacts {
    pub id: i64,
    pub version: String,
    pub is_archived: bool,
    pub reference: Option<String>,
    pub url: Option<String>,
    pub date_released: Option<WireTime>,
    pub date_created: WireTime,
    pub new_groups: i64,
    pub owner: Option<User>,
    pub commit_count: i64,
    pub last_commit: Option<Commit>,
    pub deploy_count: i64,
    pub last_deploy: Option<Deploy>,
    pub authors: Vec<CommitAuthor>,
    pub projects: Vec<ReleaseProject>,
    pub first_event: Option<WireTime>,
    pub last_event: Option<WireTime>,
    pub user_agent: Option<String>,
}

impl From<ReleaseFacts> for Release {
    fn from(facts: ReleaseFacts) -> Self {
        let info = VersionInfo::parse(&facts.version);
        Self {
            id: facts.id,
            status: if facts.is_archived { "archived" } else { "open" }.to_owned(),
            short_version: facts.version.clone(),
            version: facts.version,
            version_info: Some(info),
            reference: facts.reference,
            url: facts.url,
            date_released: facts.date_released,
            date_created: facts.date_created,
            data: Map::new(),
            new_groups: facts.new_groups,
            owner: facts.owner,
            commit_count: facts.commit_count,
            last_commit: facts.last_commit.map(Box::new),
            deploy_count: facts.deploy_count,
            last_deploy: facts.last_deploy,
            authors: facts.authors,
            projects: facts.projects,
            first_event: facts.first_event,
            last_event: facts.last_event,
            current_project_meta: Map::new(),
            user_agent: facts.user_agent,
        }
    }
}

/// A project of a release.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseProject {
    /// A number here.
    pub id: i64,
    /// Unique name in the organization.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Issues first seen in the release.
    pub new_groups: i64,
    /// What it runs on.
    pub platform: Option<String>,
    /// Platforms of its events.
    pub platforms: Vec<String>,
    /// Never: sessions are not kept.
    pub has_health_data: bool,
}

/// A deploy of a release.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deploy {
    /// Digits.
    pub id: String,
    /// Where to.
    pub environment: String,
    /// When it began.
    pub date_started: Option<WireTime>,
    /// When it was done.
    pub date_finished: WireTime,
    /// What people read.
    pub name: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

/// The newest release with commits before another.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PreviousRelease {
    /// The release.
    Release(Box<Release>),
    /// There is none: an empty object.
    None {},
}

/// A file that a commit of a release touched.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitFile {
    /// Digits.
    pub id: String,
    /// Id of the organization; a number here.
    pub org_id: i64,
    /// Who made the commit.
    pub author: CommitAuthor,
    /// What the commit says.
    pub commit_message: Option<String>,
    /// The path of the file.
    pub filename: String,
    /// `A` added, `M` changed, `D` removed.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name of the repository.
    pub repo_name: String,
}
