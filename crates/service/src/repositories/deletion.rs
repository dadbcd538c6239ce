//! Removing repositories for good, and what hidden ones contained. What was made on the other side is taken away first;
//! where that fails, who asked for the deletion gets a mail, and the repository goes all the same.

use jiff::SignedDuration;
use mortise_domain::{RepositoryId, Time, UserId, status::ObjectStatus};
use mortise_providers::ProviderError;
use mortise_store::{
    StoreError, code_mapping, deletion as plans, organization,
    repository::{self, Repository},
};

use super::{Host, added, restore_names};
use crate::{Ctx, Error, Result, events};

/// What the plans for deleting repositories are called.
pub(super) const MODEL: &str = "Repository";
/// What the plans for emptying hidden repositories are called.
pub(super) const CONTENTS: &str = "RepositoryContents";
/// Plans taken in hand at once.
const BATCH: i64 = 20;
/// Commits and pull requests removed in one transaction, of each.
const COMMITS_BATCH: i64 = 500;
/// After this time a plan in hand is taken for abandoned, seconds.
const STUCK_S: i64 = 24 * 3600;
/// Time between tries of a plan that failed, seconds.
const PAUSE_S: i64 = 300;
/// What is said where no more may be said.
const UNKNOWN: &str = "An unknown error occurred";

/// Removes what is due; how many plans were carried out.
pub(crate) async fn remove_due(ctx: &Ctx) -> Result<u64> {
    let mut done = 0;
    for model in [MODEL, CONTENTS] {
        let now = ctx.now();
        let stuck = now - SignedDuration::from_secs(STUCK_S);
        let claim = ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move { plans::claim(tx, model, now, stuck, BATCH).await })
        });
        for plan in claim.await? {
            let id = RepositoryId::new(plan.object_id);
            let outcome = match model {
                MODEL => remove(ctx, id, plan.actor_id, now).await,
                _ => empty(ctx, id).await,
            };
            let (plan_id, at) = (plan.id, now + SignedDuration::from_secs(PAUSE_S));
            let failed = outcome.is_err();
            let end = ctx.store.write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    match failed {
                        true => plans::postpone(tx, plan_id, at).await,
                        false => plans::finish(tx, plan_id).await,
                    }
                })
            });
            end.await?;
            match outcome {
                Ok(()) => done += 1,
                Err(error) => tracing::warn!(%error, repository.id = %id, "a repository is not removed"),
            }
        }
    }
    Ok(done)
}

async fn in_any_organization(ctx: &Ctx, id: RepositoryId) -> Result<Option<Repository>> {
    Ok(repository::by_ids(&mut *ctx.store.read().await?, &[id]).await?.pop())
}

/// Removes a repository, unless it was brought back.
async fn remove(ctx: &Ctx, id: RepositoryId, by: Option<UserId>, now: Time) -> Result<()> {
    let Some(mut row) = in_any_organization(ctx, id).await? else { return Ok(()) };
    let under_way = ObjectStatus::DeletionInProgress.number();
    if ![ObjectStatus::PendingDeletion.number(), under_way].contains(&row.status) {
        return Ok(());
    }
    row.status = under_way;
    let marked = row.clone();
    ctx.store.write(move |tx| Box::pin(async move { repository::update(tx, &marked).await })).await?;
    let left = forget(ctx, &row).await?;
    remove_commits(ctx, id).await?;
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            if let (Some(text), Some(by)) = (left, by) {
                events::repository_hook_left(tx, row.organization_id, id, by, text, now).await?;
            }
            Ok(repository::delete(tx, id).await?)
        })
    });
    write.await
}

/// Takes away what adding the repository made on the other side. The sentence to send where that fails.
async fn forget(ctx: &Ctx, row: &Repository) -> Result<Option<String>> {
    let Some(integration) = row.integration_id else { return Ok(None) };
    let org = organization::by_id(&mut *ctx.store.read().await?, row.organization_id).await?;
    let Some(org) = org else { return Ok(None) };
    let Some(host) = Host::of(ctx, &org, integration).await? else { return Ok(None) };
    let mut row = row.clone();
    restore_names(&mut row);
    Ok(host.source.forget(&host.on, &added(&row)).await.err().map(|error| match error {
        ProviderError::Refused(_) | ProviderError::Identity(_) | ProviderError::Unconfigured(_) => {
            host.sentence(&error)
        }
        ProviderError::Api(_) | ProviderError::Form(_) | ProviderError::Internal(_) => UNKNOWN.to_owned(),
    }))
}

async fn remove_commits(ctx: &Ctx, id: RepositoryId) -> Result<()> {
    loop {
        let write = ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let commits = repository::delete_commits(tx, id, COMMITS_BATCH).await?;
                Ok(commits.max(repository::delete_pull_requests(tx, id, COMMITS_BATCH).await?))
            })
        });
        if write.await? < COMMITS_BATCH.unsigned_abs() {
            return Ok(());
        }
    }
}

/// Removes the commits, pull requests and code mappings of a repository that is still hidden.
async fn empty(ctx: &Ctx, id: RepositoryId) -> Result<()> {
    let row = in_any_organization(ctx, id).await?;
    if row.is_none_or(|row| row.status != ObjectStatus::Disabled.number()) {
        return Ok(());
    }
    remove_commits(ctx, id).await?;
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { code_mapping::delete_of_repository(tx, id).await })
    });
    Ok(write.await?)
}
