//! Code mappings, and what is made of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Written,
    integration::{Integration, Provider},
};

/// Where the path of a stack trace lies in a repository.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeMapping {
    /// Digits.
    pub id: String,
    /// The project whose stack traces it is for.
    pub project_id: String,
    /// Its slug.
    pub project_slug: String,
    /// The repository.
    pub repo_id: String,
    /// Its name.
    pub repo_name: String,
    /// The integration that brought the repository.
    pub integration_id: Option<String>,
    /// Its provider.
    #[schema(value_type = Option<Provider>)]
    pub provider: Option<Written<Provider>>,
    /// What paths of stack traces begin with.
    pub stack_root: String,
    /// What is put in its place.
    pub source_root: String,
    /// The branch where files are looked for.
    pub default_branch: Option<String>,
    /// Whether the server found it by itself.
    pub automatically_generated: bool,
}

/// What became of many code mappings.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// How many are new.
    pub created: usize,
    /// How many were replaced.
    pub updated: usize,
    /// How many could not be stored.
    pub errors: usize,
    /// Each, in the order of the request.
    pub mappings: Vec<BulkMapping>,
}

/// What became of one of many code mappings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkMapping {
    /// What paths of stack traces begin with.
    pub stack_root: String,
    /// What is put in its place.
    pub source_root: String,
    /// `created`, `updated` or `error`.
    pub status: &'static str,
    /// Why it could not be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
}

/// A file of owners as it is in a repository. Its keys are in snake case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RemoteOwners {
    /// Its path.
    pub filepath: String,
    /// Its page.
    pub html_url: String,
    /// What is in it.
    pub raw: String,
}

/// A file that a frame can come from. Its keys are in snake case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DerivedMapping {
    /// The file.
    pub filename: String,
    /// Its repository.
    pub repo_name: String,
    /// The branch that counts there.
    pub repo_branch: String,
    /// What the frame begins with.
    pub stacktrace_root: String,
    /// What is put in its place.
    pub source_path: String,
}

/// The link from a frame to its source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StacktraceLink {
    /// What went wrong.
    pub error: Option<&'static str>,
    /// The mapping that was tried last.
    pub config: Option<CodeMapping>,
    /// The page of the file.
    pub source_url: Option<String>,
    /// The page that was looked for; absent where there is no mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub attempted_url: Option<Option<String>>,
    /// What the organization has that can make links.
    pub integrations: Vec<Integration>,
}

/// What a code mapping would say.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParsedPath {
    /// A number here.
    pub integration_id: i64,
    /// A number here.
    pub repository_id: i64,
    /// The provider's word.
    pub provider: &'static str,
    /// What paths of stack traces begin with.
    pub stack_root: String,
    /// What is put in its place.
    pub source_root: String,
    /// The branch of the address.
    pub default_branch: String,
}
