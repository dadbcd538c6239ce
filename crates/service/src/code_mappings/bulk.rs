//! Many code mappings of one project and repository at once, as a command line sends them. Each is put in the place of
//! one with the same stack root, if there is one.

use std::collections::HashMap;

use mortise_store::{
    Slice, StoreError,
    code_mapping::{self, NewCodeMapping},
    code_owners,
    integration::installed,
    project,
    repository::{self, Repository},
};
use mortise_wire::{
    Fields,
    code_mapping::{BulkAnswer, BulkMapping},
    errors::{ErrorBody, field},
    fields::{Body, Problem, Rule, Shape, type_name},
};
use serde_json::{Map, Value, json};

use super::input::{branch_rule, camel, is_too_long, letters_rule};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, project_in},
};

/// Mappings in one request, at most.
pub const MAPPINGS_MAX: usize = 300;
/// Characters of a name at most.
const NAME_CHARS_MAX: usize = 200;
const NO_ACCESS: &str = "You do not have access to this project.";
const NO_INTEGRATION: &str = "Repository is not associated with an integration.";
const NOT_INSTALLED: &str = "Integration is not installed on this organization.";
/// What is said of a mapping whose paths are too long, while the others are stored.
const NOT_STORED: &str = "Failed to save mapping.";
const NO_BRANCH: &str = "defaultBranch is required for this integration type.";

/// What a request says.
struct Input {
    project: String,
    repository: String,
    provider: Option<String>,
    branch: Option<String>,
    roots: Vec<(String, String)>,
}

impl Input {
    fn read(sent: Map<String, Value>) -> Result<Self> {
        let mut fields = Fields::of_map(camel(sent));
        let project = fields.string("project").max(NAME_CHARS_MAX).required();
        let repository = fields.string("repository").max(NAME_CHARS_MAX).required();
        let provider = fields.string("provider").nullable().flatten();
        let branch = fields.string("defaultBranch").allow_blank().nullable().flatten();
        let branch = branch.filter(|branch| !branch.is_empty());
        if let Some(Err(text)) = branch.clone().map(branch_rule) {
            fields.error("defaultBranch", text);
        }
        let roots = fields.field("mappings", RootsRule).required();
        fields.finish()?;
        Ok(Self { project, repository, provider, branch, roots })
    }
}

/// The mappings of a request: pairs of a stack root and a source root. What is wrong is told item by item.
struct RootsRule;

impl Rule for RootsRule {
    type Out = Vec<(String, String)>;

    fn read(&self, value: &Value) -> Result<Self::Out, Problem> {
        let Value::Array(items) = value else {
            let text = field::not_a_list(type_name(value));
            return Err(Problem(json!({ "nonFieldErrors": [text] })));
        };
        let (mut roots, mut wrong) = (Vec::with_capacity(items.len().min(MAPPINGS_MAX)), Vec::new());
        for item in items.iter().take(MAPPINGS_MAX) {
            let mut item = Fields::of_either_case(&Body::Json(item.clone()));
            let stack_root = item.string("stackRoot").allow_blank().and_then(letters_rule).required();
            let source_root = item.string("sourceRoot").allow_blank().and_then(letters_rule).required();
            roots.push((stack_root, source_root));
            wrong.push(item.finish().err().unwrap_or_default());
        }
        if wrong.iter().any(|errors| !errors.is_empty()) {
            return Err(Problem(wrong.into_iter().map(Value::from).collect()));
        }
        match items.len() {
            0 => Err("At least one mapping is required.".into()),
            1..=MAPPINGS_MAX => Ok(roots),
            _ => Err(format!("A maximum of {MAPPINGS_MAX} mappings can be submitted at once.").into()),
        }
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

/// Puts the mappings of a request; which were made and which replaced.
pub async fn put_code_mappings(
    ctx: &Ctx,
    access: &OrgAccess,
    sent: Map<String, Value>,
) -> Result<BulkAnswer> {
    let input = Input::read(sent)?;
    let mut conn = ctx.store.read().await?;
    let found = project::by_slug(&mut conn, access.org.id, &input.project).await?;
    let found = found.ok_or_else(|| Error::missing(format!("Project not found: {}", input.project)))?;
    let project = found.id;
    project_in(&mut conn, access.clone(), found).await.map_err(|error| match error {
        Error::Forbidden => Error::refused(NO_ACCESS),
        other => other,
    })?;
    let mut rows = repository::by_name(&mut conn, access.org.id, &input.repository).await?;
    rows.retain(|row| row.status == 0 && is_of(row, input.provider.as_deref()));
    if rows.len() > 1 {
        let text = format!(
            "Multiple repositories found with name: {}. Specify a provider to choose one.",
            input.repository
        );
        return Err(Error::conflict(text));
    }
    let row = rows.pop();
    let row = row.ok_or_else(|| Error::missing(format!("Repository not found: {}", input.repository)))?;
    let integration = row.integration_id.ok_or_else(|| Error::invalid(NO_INTEGRATION))?;
    let installed = installed::find(&mut conn, access.org.id, integration).await?;
    let installed = installed.ok_or_else(|| Error::invalid(NOT_INSTALLED))?;
    if input.branch.is_none() {
        return Err(Error::Invalid(ErrorBody::detail(NO_BRANCH)));
    }
    drop(conn);
    let like = NewCodeMapping {
        organization: access.org.id,
        project,
        repository: row.id,
        org_integration: installed.org_integration_id,
        integration,
        stack_root: String::new(),
        source_root: String::new(),
        default_branch: input.branch,
        is_automatic: false,
    };
    store(ctx, like, input.roots).await
}

fn is_of(row: &Repository, provider: Option<&str>) -> bool {
    let Some(wanted) = provider else { return true };
    let own = row.provider.as_deref().unwrap_or_default();
    own == wanted || own.strip_prefix("integrations:") == Some(wanted)
}

/// Stores mappings that differ from `like` in their roots only.
async fn store(ctx: &Ctx, like: NewCodeMapping, roots: Vec<(String, String)>) -> Result<BulkAnswer> {
    let now = ctx.now();
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let org = like.organization;
            let old = code_mapping::of_projects(tx, org, &[like.project], Slice::ALL).await?;
            let mut ids: HashMap<String, _> = old.into_iter().map(|row| (row.stack_root, row.id)).collect();
            let mut answer = BulkAnswer::default();
            for (stack_root, source_root) in roots {
                if [&stack_root, &source_root].into_iter().any(|root| is_too_long(root)) {
                    answer.errors += 1;
                    let (status, detail) = ("error", Some(NOT_STORED));
                    answer.mappings.push(BulkMapping { stack_root, source_root, status, detail });
                    continue;
                }
                let new = NewCodeMapping { stack_root, source_root, ..like.clone() };
                let status = match ids.get(&new.stack_root) {
                    Some(id) => {
                        code_mapping::update(tx, *id, &new, now).await?;
                        code_owners::mark_stale_of_mapping(tx, *id).await?;
                        answer.updated += 1;
                        "updated"
                    }
                    None => {
                        let id = code_mapping::insert(tx, &new, now).await?;
                        ids.insert(new.stack_root.clone(), id);
                        answer.created += 1;
                        "created"
                    }
                };
                let NewCodeMapping { stack_root, source_root, .. } = new;
                answer.mappings.push(BulkMapping { stack_root, source_root, status, detail: None });
            }
            Ok(answer)
        })
    });
    Ok(write.await?)
}
