//! What clients send about code mappings. Keys may be in camel case or with underscores; errors name them in camel case.

use std::sync::LazyLock;

use mortise_domain::{ProjectId, RepositoryId};
use mortise_store::{code_mapping::NewCodeMapping, integration::installed::Installed, repository};
use mortise_wire::{
    Fields,
    errors::{ErrorBody, FieldErrors, field::max_length},
};
use regex::Regex;
use serde_json::{Map, Value};

use crate::{Ctx, Error, Result, access::OrgAccess};

/// Characters of the beginning of a path at most; the index of mappings takes no more.
pub const ROOT_CHARS_MAX: usize = 512;
/// Characters of the name of a branch at most.
pub const BRANCH_CHARS_MAX: usize = 255;
const WRONG_PATH: &str = "Path may not contain spaces or quotations";
const WRONG_BRANCH: &str = "Branch name may only have letters, numbers, underscores, forward slashes, dashes, and \
    periods. Branch name may not start or end with a forward slash.";
/// The answer to a second mapping for the same beginning of a path.
pub(super) const TAKEN: &str = "Code path config already exists with this project and stack trace root";

/// Letters of any language, digits, and what branches are put together with.
static BRANCH: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\w./-]+$").ok());

/// Lays keys with underscores over those in camel case.
pub(crate) fn camel(sent: Map<String, Value>) -> Map<String, Value> {
    let camel = |key: String| {
        let mut out = String::with_capacity(key.len());
        let mut parts = key.split('_');
        out.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let mut letters = part.chars();
            out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
            out.push_str(letters.as_str());
        }
        out
    };
    sent.into_iter().map(|(key, value)| (camel(key), value)).collect()
}

/// Whether a path is longer than an index takes.
pub(super) fn is_too_long(root: &str) -> bool {
    root.chars().count() > ROOT_CHARS_MAX
}

/// Checks what a path begins with; it may be empty.
fn path_rule(text: String) -> Result<String, String> {
    if is_too_long(&text) { Err(max_length(ROOT_CHARS_MAX)) } else { letters_rule(text) }
}

/// Checks the letters of a path, of whatever length.
pub(super) fn letters_rule(text: String) -> Result<String, String> {
    let is_wrong = |letter: char| letter.is_whitespace() || letter == '\'' || letter == '"';
    if text.contains(is_wrong) { Err(WRONG_PATH.to_owned()) } else { Ok(text) }
}

/// Checks the name of a branch.
pub(super) fn branch_rule(text: String) -> Result<String, String> {
    if text.chars().count() > BRANCH_CHARS_MAX {
        return Err(max_length(BRANCH_CHARS_MAX));
    }
    let is_fine = BRANCH.as_ref().is_some_and(|pattern| pattern.is_match(&text));
    if is_fine && !text.starts_with('/') && !text.ends_with('/') {
        Ok(text)
    } else {
        Err(WRONG_BRANCH.into())
    }
}

/// What a body says of a mapping, before the rows that it names were looked up.
pub(super) struct Input {
    repository: RepositoryId,
    pub(super) project: ProjectId,
    stack_root: String,
    source_root: String,
    branch: String,
    errors: FieldErrors,
}

impl Input {
    /// Reads a body. What is wrong with it is told together with the rows that are not there.
    pub(super) fn read(sent: &Map<String, Value>) -> Self {
        let mut fields = Fields::of_map(sent.clone());
        let repository = RepositoryId::new(fields.int("repositoryId").required());
        let project = ProjectId::new(fields.int("projectId").required());
        let stack_root = fields.string("stackRoot").allow_blank().and_then(path_rule).required();
        let source_root = fields.string("sourceRoot").allow_blank().and_then(path_rule).required();
        let branch = fields.string("defaultBranch").and_then(branch_rule).required();
        let errors = std::mem::take(fields.errors());
        Self { repository, project, stack_root, source_root, branch, errors }
    }

    /// Looks up what it names: the mapping to store.
    pub(super) async fn complete(
        mut self,
        ctx: &Ctx,
        access: &OrgAccess,
        integration: &Installed,
    ) -> Result<NewCodeMapping> {
        let mut found = FieldErrors::new();
        let mut conn = ctx.store.read().await?;
        if !self.errors.has("repositoryId") {
            let row = repository::find(&mut conn, access.org.id, self.repository).await?;
            if row.is_none_or(|row| row.integration_id != Some(integration.id)) {
                found.add("repositoryId", "Repository does not exist");
            }
        }
        if !self.errors.has("projectId") {
            let row = mortise_store::project::by_id(&mut conn, self.project).await?;
            if row.is_none_or(|row| row.organization_id != access.org.id) {
                found.add("projectId", "Project does not exist");
            }
        }
        if !found.is_empty() || !self.errors.is_empty() {
            return Err(Error::Invalid(self.all_errors(found)));
        }
        Ok(NewCodeMapping {
            organization: access.org.id,
            project: self.project,
            repository: self.repository,
            org_integration: integration.org_integration_id,
            integration: integration.id,
            stack_root: std::mem::take(&mut self.stack_root),
            source_root: std::mem::take(&mut self.source_root),
            default_branch: Some(std::mem::take(&mut self.branch)),
            is_automatic: false,
        })
    }

    /// All errors in the order of the fields.
    fn all_errors(self, found: FieldErrors) -> ErrorBody {
        let (Value::Object(mut read), Value::Object(found)) = (self.errors.into(), found.into()) else {
            return ErrorBody::Empty;
        };
        read.extend(found);
        let order = ["repositoryId", "projectId", "stackRoot", "sourceRoot", "defaultBranch"];
        let sorted = order.into_iter().filter_map(|name| Some((name.to_owned(), read.remove(name)?)));
        ErrorBody::Other(Value::Object(sorted.collect()))
    }
}
