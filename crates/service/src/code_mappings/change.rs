//! Adding, changing and removing code mappings. What has to be there before a body is looked at is told as bare texts.

use mortise_domain::{CodeMappingId, ProjectId};
use mortise_store::{
    StoreError,
    code_mapping::{self, CodeMapping, NewCodeMapping},
    code_owners,
    integration::installed::{self, Installed},
    project,
};
use mortise_wire::{code_mapping as wire, errors::ErrorBody};
use serde_json::{Map, Value};

use super::{
    code_mapping_json, find,
    input::{Input, TAKEN, camel},
};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, project_in},
};

const NO_INTEGRATION_ID: &str = "Missing param: integration_id";
const NO_PROJECT: &str = "Could not find project";
const WRONG_PROJECT_ID: &str = "Invalid projectId param. Expected an integer.";
const NOT_INSTALLED: &str = "Could not find this integration installed on your organization";
const IN_USE: &str = "Cannot delete Code Mapping. Must delete Code Owner that uses this mapping first.";

/// Refuses a caller who does not reach a project of the organization; one of another organization is not there.
pub(super) async fn reach(ctx: &Ctx, access: &OrgAccess, id: ProjectId, missing: ErrorBody) -> Result<()> {
    let mut conn = ctx.store.read().await?;
    let found = project::by_id(&mut conn, id).await?;
    let found = found.filter(|project| project.organization_id == access.org.id);
    let found = found.ok_or(Error::Missing(missing))?;
    match project_in(&mut conn, access.clone(), found).await {
        Ok(_) => Ok(()),
        Err(Error::Forbidden) => Err(Error::Refused(ErrorBody::Empty)),
        Err(other) => Err(other),
    }
}

async fn integration(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<Installed> {
    let missing = || Error::Missing(ErrorBody::Text(NOT_INSTALLED.to_owned()));
    let id = id.parse().map_err(|_| missing())?;
    let found = installed::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
    found.ok_or_else(missing)
}

/// An id as clients send it: a number or a text.
pub(super) fn id_text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) if number.as_i64() != Some(0) => number.to_string(),
        Some(Value::Bool(true)) => "true".to_owned(),
        _ => String::new(),
    }
}

/// Adds a mapping.
pub async fn create_code_mapping(
    ctx: &Ctx,
    access: &OrgAccess,
    sent: Map<String, Value>,
) -> Result<wire::CodeMapping> {
    let (id, project) = (id_text(sent.get("integrationId")), id_text(sent.get("projectId")));
    if id.is_empty() {
        return Err(Error::Invalid(ErrorBody::Text(NO_INTEGRATION_ID.to_owned())));
    }
    let no_project = ErrorBody::Text(NO_PROJECT.to_owned());
    if project.is_empty() {
        return Err(Error::Missing(no_project));
    }
    let wrong = |_| Error::Invalid(ErrorBody::Text(WRONG_PROJECT_ID.to_owned()));
    let project = project.parse().map_err(wrong)?;
    reach(ctx, access, project, no_project).await?;
    let integration = integration(ctx, access, &id).await?;
    let new = Input::read(&camel(sent)).complete(ctx, access, &integration).await?;
    store(ctx, None, new).await
}

/// Refuses a mapping that is not there or whose project the caller does not reach.
pub async fn require_code_mapping(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    let row = find(ctx, access, id).await?;
    reach(ctx, access, row.project_id, ErrorBody::Empty).await
}

/// Replaces what a mapping says.
pub async fn update_code_mapping(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    sent: Map<String, Value>,
) -> Result<wire::CodeMapping> {
    let row = find(ctx, access, id).await?;
    reach(ctx, access, row.project_id, ErrorBody::Empty).await?;
    let integration = integration(ctx, access, &row.integration_id.to_string()).await?;
    let mut new = Input::read(&camel(sent)).complete(ctx, access, &integration).await?;
    reach(ctx, access, new.project, ErrorBody::Empty).await?;
    new.is_automatic = row.automatically_generated;
    store(ctx, Some(row), new).await
}

/// Stores a mapping, new or in the place of `old`.
async fn store(ctx: &Ctx, old: Option<CodeMapping>, new: NewCodeMapping) -> Result<wire::CodeMapping> {
    let (now, old) = (ctx.now(), old.map(|old| old.id));
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let id: CodeMappingId = match old {
                Some(id) => {
                    code_mapping::update(tx, id, &new, now).await?;
                    code_owners::mark_stale_of_mapping(tx, id).await?;
                    id
                }
                None => code_mapping::insert(tx, &new, now).await?,
            };
            code_mapping::find(tx, new.organization, id).await
        })
    });
    match write.await {
        Ok(Some(row)) => Ok(code_mapping_json(ctx, &row)),
        Ok(None) => Err(Error::NotFound),
        Err(StoreError::Conflict(_)) => Err(Error::field("nonFieldErrors", TAKEN)),
        Err(error) => Err(error.into()),
    }
}

/// Removes a mapping that no code owners use.
pub async fn remove_code_mapping(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    let row = find(ctx, access, id).await?;
    reach(ctx, access, row.project_id, ErrorBody::Empty).await?;
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { code_mapping::delete_unused(tx, row.id).await })
    });
    match write.await? {
        true => Ok(()),
        false => Err(Error::Conflict(ErrorBody::Text(IN_USE.to_owned()))),
    }
}
