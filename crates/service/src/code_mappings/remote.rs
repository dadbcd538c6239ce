//! The file of owners in the repository of a code mapping.

use mortise_providers::{ProviderError, RemoteFile};
use mortise_store::{code_mapping::CodeMapping, organization::Organization, repository};
use mortise_wire::{code_mapping as wire, errors::ErrorBody};

use super::{change::reach, find};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    repositories::{Host, added},
};

/// The file of owners that a mapping leads to, or the sentence about why it could not be fetched.
pub(crate) async fn owners_file(
    ctx: &Ctx,
    org: &Organization,
    mapping: &CodeMapping,
) -> Result<Result<Option<RemoteFile>, String>> {
    let Some(host) = Host::of(ctx, org, mapping.integration_id).await? else { return Ok(Ok(None)) };
    let row = repository::find(&mut *ctx.store.read().await?, org.id, mapping.repository_id).await?;
    let Some(row) = row else { return Ok(Ok(None)) };
    let branch = mapping.default_branch.as_deref().unwrap_or_default();
    let found = host.source.owners_file(&host.on, &added(&row), branch).await;
    Ok(found.map_err(|error: ProviderError| host.sentence(&error)))
}

/// The file of owners in the repository of a mapping.
pub async fn get_remote_owners(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<wire::RemoteOwners> {
    let row = find(ctx, access, id).await?;
    reach(ctx, access, row.project_id, ErrorBody::Empty).await?;
    let file = owners_file(ctx, &access.org, &row).await?.map_err(Error::invalid)?;
    let file = file.ok_or(Error::Missing(ErrorBody::Empty))?;
    Ok(wire::RemoteOwners { filepath: file.path, html_url: file.html_url, raw: file.raw })
}
