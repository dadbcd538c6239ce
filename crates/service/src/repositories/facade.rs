//! Repositories for other parts of the server: plain values, no permissions. Callers have decided already who may.

use mortise_domain::{IntegrationId, OrgId, OrgIntegrationId, RepositoryId, status::ObjectStatus};
use mortise_store::{
    Slice, StoreError, Tx, code_mapping,
    repository::{self, Filter, NewRepository, Repository},
};
use mortise_wire::repository as wire;

use super::repository_json;
use crate::{Ctx, Result};

/// A repository as clients see it.
pub async fn serialize_repository(
    ctx: &Ctx,
    org: OrgId,
    id: RepositoryId,
) -> Result<Option<wire::Repository>> {
    Ok(get_repository(ctx, org, id).await?.map(|row| repository_json(ctx, &row)))
}

/// The repositories of an organization that a filter lets through, by name.
pub async fn get_repositories(ctx: &Ctx, org: OrgId, filter: &Filter<'_>) -> Result<Vec<Repository>> {
    Ok(repository::list(&mut *ctx.store.read().await?, org, filter, Slice::ALL).await?)
}

/// One repository of an organization.
pub async fn get_repository(ctx: &Ctx, org: OrgId, id: RepositoryId) -> Result<Option<Repository>> {
    Ok(repository::find(&mut *ctx.store.read().await?, org, id).await?)
}

/// Adds a repository; `None` where one with the same provider and external id is there.
pub async fn create_repository(ctx: &Ctx, org: OrgId, new: NewRepository) -> Result<Option<Repository>> {
    let now = ctx.now();
    let write =
        ctx.store.write(move |tx| Box::pin(async move { repository::insert(tx, org, &new, now).await }));
    match write.await {
        Ok(row) => Ok(Some(row)),
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Stores a repository as it is given.
pub async fn update_repository(ctx: &Ctx, row: Repository) -> Result<()> {
    let write = ctx
        .store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { repository::update(tx, &row).await }));
    Ok(write.await?)
}

/// Makes disabled repositories that came with an integration active again, in a transaction; those that are being deleted
/// stay so.
pub async fn reinstall_repositories_for_integration(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    provider: &str,
) -> Result<u64> {
    let (disabled, active) = (ObjectStatus::Disabled.number(), ObjectStatus::Active.number());
    Ok(repository::set_status_of_integration(tx, org, integration, provider, disabled, active).await?)
}

/// Disables the active repositories that came with an integration, in a transaction. Their code mappings stay.
pub async fn disable_repositories_for_integration(
    tx: &mut Tx,
    org: OrgId,
    integration: IntegrationId,
    provider: &str,
) -> Result<u64> {
    let (active, disabled) = (ObjectStatus::Active.number(), ObjectStatus::Disabled.number());
    Ok(repository::set_status_of_integration(tx, org, integration, provider, active, disabled).await?)
}

/// Lets the repositories of an organization's integration belong to none, and removes its code mappings with their code
/// owners, in a transaction.
pub async fn disassociate_organization_integration(
    tx: &mut Tx,
    org: OrgId,
    row: OrgIntegrationId,
    integration: IntegrationId,
) -> Result<()> {
    repository::leave_integration(tx, org, integration).await?;
    Ok(code_mapping::delete_of_integration(tx, row).await?)
}
