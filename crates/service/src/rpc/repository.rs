//! `repository`.

use mortise_domain::{Id, IntegrationId, OrgId, OrgIntegrationId, ProjectId, RepositoryId};
use mortise_wire::rpc::repository as wire;
use serde_json::Value;

use super::{Method, Result, ids, integration_change::status, malformed, table};
use crate::{
    Ctx,
    repositories::facade::{self, Filter, FromIntegration, NewRepository, Repository, RepositoryChange},
};

pub(super) const METHODS: &[Method] = table![
    auto_link_repos_by_name,
    create_repository,
    disable_repositories_by_external_ids,
    disable_repositories_for_integration,
    disassociate_organization_integration,
    find_recently_active_repo_external_ids,
    get_repositories,
    get_repository,
    schedule_update_gitlab_project_webhooks,
    serialize_repository,
    update_repositories,
    update_repository,
];

fn repository(it: Repository) -> wire::Repository {
    wire::Repository {
        id: it.id.get(),
        organization_id: it.organization_id.get(),
        name: it.name,
        external_id: it.external_id,
        config: it.config.as_object().cloned().unwrap_or_default(),
        integration_id: it.integration_id.map(Id::get),
        provider: it.provider,
        status: it.status,
        url: it.url,
    }
}

async fn auto_link_repos_by_name(ctx: &Ctx, args: wire::AutoLink) -> Result<u64> {
    let (org, now) = (OrgId::new(args.organization_id), ctx.now());
    let repositories: Option<Vec<RepositoryId>> = ids(args.repo_ids);
    let projects: Option<Vec<ProjectId>> = ids(args.project_ids);
    let linked = ctx.store.write(move |tx| {
        Box::pin(async move {
            facade::link_by_name(tx, org, repositories.as_deref(), projects.as_deref(), now).await
        })
    });
    Ok(linked.await?)
}

async fn schedule_update_gitlab_project_webhooks(ctx: &Ctx, args: wire::UpdateGitlabWebhooks) -> Result<()> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    Ok(facade::schedule_hook_updates(ctx, org, id).await?)
}

async fn create_repository(ctx: &Ctx, args: wire::CreateRepository) -> Result<Option<wire::Repository>> {
    let it = args.create;
    let status = status(it.status)?;
    let new = NewRepository {
        name: it.name,
        url: Some(it.url),
        provider: Some(it.provider),
        external_id: it.external_id,
        integration: Some(IntegrationId::new(it.integration_id)),
        config: Value::Object(it.config),
    };
    let made = facade::create_repository(ctx, OrgId::new(args.organization_id), new, status).await?;
    Ok(made.map(repository))
}

async fn get_repositories(ctx: &Ctx, args: wire::GetRepositories) -> Result<Vec<wire::Repository>> {
    let providers = args.providers.map(|few| few.0);
    let providers: Option<Vec<&str>> =
        providers.as_ref().map(|texts| texts.iter().map(String::as_str).collect());
    let filter = Filter {
        integration: args.integration_id.map(IntegrationId::new),
        providers: providers.as_deref(),
        external_id: args.external_id.as_deref(),
        status: args.status.map(|status| (status, true)),
        has_integration: args.has_integration,
        has_provider: args.has_provider,
        ..Filter::default()
    };
    let found = facade::get_repositories(ctx, OrgId::new(args.organization_id), &filter).await?;
    Ok(found.into_iter().map(repository).collect())
}

async fn get_repository(ctx: &Ctx, args: wire::GetRepository) -> Result<Option<wire::Repository>> {
    let (org, id) = (OrgId::new(args.organization_id), RepositoryId::new(args.id));
    Ok(facade::get_repository(ctx, org, id).await?.map(repository))
}

async fn serialize_repository(
    ctx: &Ctx,
    args: wire::SerializeRepository,
) -> Result<Option<mortise_wire::repository::Repository>> {
    let (org, id) = (OrgId::new(args.organization_id), RepositoryId::new(args.id));
    Ok(facade::serialize_repository(ctx, org, id).await?)
}

async fn update_repository(ctx: &Ctx, args: wire::UpdateRepository) -> Result<()> {
    update(ctx, args.organization_id, vec![args.update]).await
}

async fn update_repositories(ctx: &Ctx, args: wire::UpdateRepositories) -> Result<()> {
    update(ctx, args.organization_id, args.updates.0).await
}

/// A repository stays in its organization, and is changed once.
async fn update(ctx: &Ctx, org: i64, updates: Vec<wire::Repository>) -> Result<()> {
    let mut changes: Vec<RepositoryChange> = Vec::with_capacity(updates.len());
    for it in updates {
        if it.organization_id != org || changes.iter().any(|change| change.id.get() == it.id) {
            return Err(malformed("updates"));
        }
        changes.push(RepositoryChange {
            id: RepositoryId::new(it.id),
            name: it.name,
            url: it.url,
            provider: it.provider,
            external_id: it.external_id,
            integration: it.integration_id.map(IntegrationId::new),
            config: Value::Object(it.config),
            status: status(it.status)?.number(),
        });
    }
    Ok(facade::update_repositories(ctx, OrgId::new(org), changes).await?)
}

async fn disable_repositories_for_integration(ctx: &Ctx, args: wire::OfIntegration) -> Result<()> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    let disabled = ctx.store.write(move |tx| {
        Box::pin(async move {
            facade::disable_repositories_for_integration(tx, org, id, &args.provider).await.map(drop)
        })
    });
    Ok(disabled.await?)
}

fn from_integration(it: wire::ByExternalIds) -> FromIntegration {
    FromIntegration {
        org: OrgId::new(it.organization_id),
        integration: IntegrationId::new(it.integration_id),
        provider: it.provider,
        external_ids: it.external_ids.0,
    }
}

async fn disable_repositories_by_external_ids(ctx: &Ctx, args: wire::ByExternalIds) -> Result<()> {
    let which = from_integration(args);
    let disabled = ctx.store.write(move |tx| {
        Box::pin(async move { facade::disable_repositories_by_external_ids(tx, &which).await.map(drop) })
    });
    Ok(disabled.await?)
}

async fn find_recently_active_repo_external_ids(
    ctx: &Ctx,
    args: wire::RecentlyActive,
) -> Result<Vec<String>> {
    let which = from_integration(args.which);
    Ok(facade::recently_active_external_ids(ctx, &which, args.cutoff_days).await?)
}

async fn disassociate_organization_integration(ctx: &Ctx, args: wire::Disassociate) -> Result<()> {
    let (org, id) = (OrgId::new(args.organization_id), IntegrationId::new(args.integration_id));
    let row = OrgIntegrationId::new(args.organization_integration_id);
    let left = ctx.store.write(move |tx| {
        Box::pin(async move { facade::disassociate_organization_integration(tx, org, row, id).await })
    });
    Ok(left.await?)
}
