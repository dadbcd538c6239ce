//! Code mappings that the server proposes, through the organization's first active GitHub integration.

use mortise_domain::{ProjectId, status::ObjectStatus};
use mortise_store::{
    Slice, StoreError,
    code_mapping::{self, NewCodeMapping},
    code_owners,
    integration::installed::{self, Installed},
    repository::{self, NewRepository},
};
use mortise_wire::{code_mapping as wire, errors::ErrorBody};
use serde_json::{Map, Value, json};

use super::{
    change::{id_text, reach},
    code_mapping_json,
    derive::{FrameFile, Tree},
    input::{BRANCH_CHARS_MAX, ROOT_CHARS_MAX, camel},
};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    features, integrations,
    repositories::{Host, NAME_CHARS_MAX},
};

/// The only provider whose repositories are searched.
const PROVIDER: &str = "github";
const FEATURE: &str = "derive-code-mappings";

fn text(text: &str) -> ErrorBody {
    ErrorBody::Other(json!({ "text": text }))
}

async fn integration(ctx: &Ctx, access: &OrgAccess) -> Result<Installed> {
    if !features::has(&access.org, FEATURE) {
        return Err(Error::Refused(ErrorBody::Empty));
    }
    let mut conn = ctx.store.read().await?;
    let rows = installed::list(&mut conn, access.org.id, Some(PROVIDER), Slice::ALL).await?;
    let active = ObjectStatus::Active.number();
    let row = rows.into_iter().filter(|row| row.status == active && row.org_status == active);
    let row = row.min_by_key(|row| row.id);
    let missing = || text("Could not find this integration installed on your organization");
    row.ok_or_else(|| Error::Missing(missing()))
}

/// Refuses an organization without an integration that mappings are derived through.
pub async fn require_derivable(ctx: &Ctx, access: &OrgAccess) -> Result<()> {
    integration(ctx, access).await.map(drop)
}

/// The files of repositories that a frame can come from.
pub async fn list_derived_mappings(
    ctx: &Ctx,
    access: &OrgAccess,
    filename: &str,
) -> Result<Vec<wire::DerivedMapping>> {
    let row = integration(ctx, access).await?;
    let Some(frame) = FrameFile::parse(filename) else { return Ok(Vec::new()) };
    let Some(host) = Host::of_row(ctx, &access.org, &row).await? else { return Ok(Vec::new()) };
    let trees = host.source.trees(&host.on).await;
    let trees = trees.map_err(|error| integrations::unexpected(host.provider, &error))?;
    let tree = |it: mortise_providers::RemoteTree| Tree {
        repository: it.repository,
        branch: it.branch,
        files: it.files,
    };
    let trees: Vec<Tree> = trees.into_iter().map(tree).collect();
    let one = |it: super::derive::Match| wire::DerivedMapping {
        filename: it.filename,
        repo_name: it.repository,
        repo_branch: it.branch,
        stacktrace_root: it.stack_root,
        source_path: it.source_root,
    };
    Ok(frame.matches(&trees).into_iter().map(one).collect())
}

/// Stores a proposal: the repository is added where it is not there, a mapping with the same stack root is replaced.
pub async fn create_derived_mapping(
    ctx: &Ctx,
    access: &OrgAccess,
    sent: Map<String, Value>,
) -> Result<wire::CodeMapping> {
    let row = integration(ctx, access).await?;
    let sent = camel(sent);
    let no_project = text("Could not find project");
    let project = id_text(sent.get("projectId")).parse();
    let project: ProjectId = project.map_err(|_| Error::Missing(no_project.clone()))?;
    reach(ctx, access, project, no_project).await?;
    let given = |key: &str| sent.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let given = |key: &str| {
        let missing = || Error::Invalid(text("Missing required parameters"));
        given(key).map(str::to_owned).ok_or_else(missing)
    };
    let name = given("repoName")?;
    let (stack_root, source_root, branch) =
        (given("stackRoot")?, given("sourceRoot")?, given("defaultBranch")?);
    let limits = [
        (&name, NAME_CHARS_MAX),
        (&stack_root, ROOT_CHARS_MAX),
        (&source_root, ROOT_CHARS_MAX),
        (&branch, BRANCH_CHARS_MAX),
    ];
    if limits.into_iter().any(|(text, max)| text.chars().count() > max) {
        return Err(Error::Invalid(text("A parameter is too long")));
    }
    let (org, now) = (access.org.id, ctx.now());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let repository = match repository::by_name(tx, org, &name).await?.into_iter().next() {
                Some(found) => found,
                None => {
                    let new = NewRepository {
                        name,
                        url: None,
                        provider: None,
                        external_id: None,
                        integration: Some(row.id),
                        config: json!({}),
                    };
                    repository::insert(tx, org, &new, now).await?
                }
            };
            let new = NewCodeMapping {
                organization: org,
                project,
                repository: repository.id,
                org_integration: row.org_integration_id,
                integration: row.id,
                stack_root,
                source_root,
                default_branch: Some(branch),
                is_automatic: true,
            };
            let id = match code_mapping::by_root(tx, project, &new.stack_root).await? {
                Some(old) => {
                    code_mapping::update(tx, old.id, &new, now).await?;
                    code_owners::mark_stale_of_mapping(tx, old.id).await?;
                    old.id
                }
                None => code_mapping::insert(tx, &new, now).await?,
            };
            code_mapping::find(tx, org, id).await
        })
    });
    Ok(code_mapping_json(ctx, &write.await?.ok_or(Error::NotFound)?))
}
