//! Repositories for other parts of the server: plain values, no permissions. Callers have decided already who may.

use mortise_domain::{IntegrationId, OrgId, OrgIntegrationId, RepositoryId, status::ObjectStatus};
pub use mortise_store::repository::{Filter, NewRepository, Repository};
use mortise_store::{Slice, StoreError, Tx, code_mapping, integration::installed, repository};
use mortise_wire::repository as wire;

use serde_json::Value;

use super::repository_json;
pub use super::{
    hooks::schedule_updates as schedule_hook_updates,
    link::link_by_name,
    pulls::{NewPullRequest, record_pull_request},
    record::{Author, NewCommit, record_commits},
};
use crate::{Ctx, Result, authenticate::after};

const DAY_S: i64 = 24 * 3600;

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

/// Adds a repository in a state; `None` where one with the same provider and external id is there.
pub async fn create_repository(
    ctx: &Ctx,
    org: OrgId,
    new: NewRepository,
    status: ObjectStatus,
) -> Result<Option<Repository>> {
    let now = ctx.now();
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut row = repository::insert(tx, org, &new, now).await?;
            if status != ObjectStatus::Active {
                row.status = status.number();
                repository::update(tx, &row).await?;
            }
            Ok::<_, StoreError>(row)
        })
    });
    match write.await {
        Ok(row) => Ok(Some(row)),
        Err(StoreError::Conflict(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A repository as it shall be; it stays in its organization.
#[derive(Debug, Clone)]
pub struct RepositoryChange {
    /// Which.
    pub id: RepositoryId,
    /// As the provider names it.
    pub name: String,
    /// Its page.
    pub url: Option<String>,
    /// Such as `integrations:vsts`.
    pub provider: Option<String>,
    /// The id on the other side.
    pub external_id: Option<String>,
    /// The integration that it comes with.
    pub integration: Option<IntegrationId>,
    /// What the provider needs for it.
    pub config: Value,
    /// An `ObjectStatus`.
    pub status: i64,
}

/// Stores repositories of an organization as they are given; those that are not there are left out.
pub async fn update_repositories(ctx: &Ctx, org: OrgId, changes: Vec<RepositoryChange>) -> Result<()> {
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            let ids: Vec<_> = changes.iter().map(|change| change.id).collect();
            let rows = repository::by_ids(tx, &ids).await?;
            for row in rows.into_iter().filter(|row| row.organization_id == org) {
                let Some(change) = changes.iter().find(|change| change.id == row.id) else { continue };
                let RepositoryChange {
                    name, url, provider, external_id, integration, config, status, ..
                } = change.clone();
                let integration_id = integration;
                let row =
                    Repository { name, url, provider, external_id, integration_id, config, status, ..row };
                repository::update(tx, &row).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
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

/// Repositories that an integration brought, by their ids on the other side.
#[derive(Debug, Clone)]
pub struct FromIntegration {
    /// Whose.
    pub org: OrgId,
    /// Which integration.
    pub integration: IntegrationId,
    /// Such as `integrations:vsts`.
    pub provider: String,
    /// Which.
    pub external_ids: Vec<String>,
}

/// Disables those of them that are active, in a transaction. Their code mappings and commits stay.
pub async fn disable_repositories_by_external_ids(tx: &mut Tx, which: &FromIntegration) -> Result<u64> {
    let FromIntegration { org, integration, provider, external_ids } = which;
    Ok(repository::disable_by_external_ids(tx, *org, *integration, provider, external_ids).await?)
}

/// The ids of those that are active and had a commit or a pull request in the last days.
pub async fn recently_active_external_ids(
    ctx: &Ctx,
    which: &FromIntegration,
    days: u16,
) -> Result<Vec<String>> {
    let FromIntegration { org, integration, provider, external_ids } = which;
    let since = after(ctx.now(), -DAY_S * i64::from(days));
    let mut conn = ctx.store.read().await?;
    Ok(repository::active_since(&mut conn, *org, *integration, provider, external_ids, since).await?)
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
    let is_own = installed::by_row(tx, row).await?.is_some_and(|it| it.organization_id == org);
    if is_own {
        code_mapping::delete_of_integration(tx, row).await?;
    }
    Ok(())
}
