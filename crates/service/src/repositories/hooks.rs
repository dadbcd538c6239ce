//! Bringing the webhooks of repositories up to date on the other side: that they come to this server, with the secret and the
//! events of today. Each repository is a row of its own, so one whose other side refuses holds up no other; what may go better
//! later is tried a few times.

use futures_util::{StreamExt, stream};
use mortise_domain::{IntegrationId, OrgId, status::ObjectStatus};
use mortise_providers::ProviderError;
use mortise_store::{
    integration::installed,
    organization,
    repository::{self, Repository},
    repository_hook::{self as store, HookUpdate},
};

use super::added;
use crate::{Ctx, Error, Result, authenticate::after, integrations};

/// Repositories taken in hand in one run.
const BATCH: i64 = 100;
/// Webhooks that are brought up to date at the same time.
const AT_ONCE: usize = 4;
/// How long whoever has a repository in hand keeps it, seconds: longer than a run may take with a slow other side.
const IN_HAND_S: i64 = 3600;
/// Time between tries, seconds.
const PAUSE_S: i64 = 60;
/// How often is tried.
const TRIES_MAX: i64 = 4;

/// Has the webhooks of all active repositories that an organization has from an integration brought up to date, where its
/// provider has webhooks.
pub async fn schedule_updates(ctx: &Ctx, org: OrgId, integration: IntegrationId) -> Result<()> {
    let row = installed::find(&mut *ctx.store.read().await?, org, integration).await?;
    let provider = row.and_then(|row| ctx.providers().get(&row.provider));
    if provider.is_none_or(|provider| provider.repository_hooks().is_none()) {
        return Ok(());
    }
    let (status, now) = (ObjectStatus::Active.number(), ctx.now());
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { Ok(store::schedule(tx, org, integration, status, now).await?) })
    });
    write.await
}

/// Brings up to date what is due; how many repositories were taken in hand.
pub(crate) async fn update_hooks_due(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let claim = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { Ok(store::claim(tx, now, after(now, IN_HAND_S), BATCH).await?) })
    });
    let due = claim.await?;
    let count = due.len() as u64;
    let one = |update: HookUpdate| async move {
        let id = update.repository_id;
        if let Err(error) = carry_out(ctx, update).await {
            tracing::error!(%error, repository.id = %id, "a webhook stays in hand for a while");
        }
    };
    stream::iter(due).for_each_concurrent(AT_ONCE, one).await;
    Ok(count)
}

async fn carry_out(ctx: &Ctx, update: HookUpdate) -> Result<()> {
    let row = repository::by_ids(&mut *ctx.store.read().await?, &[update.repository_id]).await?.pop();
    let is_done = match row.filter(|row| row.status == ObjectStatus::Active.number()) {
        Some(row) => update_one(ctx, &row).await.unwrap_or_else(|error| {
            tracing::error!(%error, repository.id = %row.id, "a webhook is not brought up to date yet");
            false
        }),
        None => true,
    };
    let again = (!is_done && update.attempts < TRIES_MAX).then(|| after(ctx.now(), PAUSE_S));
    let write = ctx
        .store
        .write::<_, Error, _>(move |tx| Box::pin(async move { Ok(store::end(tx, &update, again).await?) }));
    write.await
}

/// Brings the webhook of a repository up to date; `false` where that may go better later.
async fn update_one(ctx: &Ctx, row: &Repository) -> Result<bool> {
    let Some(integration) = row.integration_id else { return Ok(true) };
    let mut conn = ctx.store.read().await?;
    let org = organization::by_id(&mut conn, row.organization_id).await?;
    let installed = installed::find(&mut conn, row.organization_id, integration).await?;
    drop(conn);
    let active = ObjectStatus::Active.number();
    let installed = installed.filter(|it| it.status == active && it.org_status == active);
    let Some((org, installed)) = org.zip(installed) else { return Ok(true) };
    let Some(provider) = ctx.providers().get(&installed.provider) else { return Ok(true) };
    let Some(hooks) = provider.repository_hooks() else { return Ok(true) };
    let on = integrations::connect_row(ctx, &org, &installed).await?;
    match hooks.update(&on, &added(row)).await {
        Ok(is_updated) => {
            tracing::debug!(repository.id = %row.id, is_updated, "a webhook was looked at");
            Ok(true)
        }
        Err(ProviderError::Internal(reason)) => Err(Error::Internal(reason)),
        Err(error) => {
            let reason = integrations::sentence(provider, &error);
            tracing::warn!(repository.id = %row.id, reason, "a webhook could not be brought up to date");
            Ok(!error.is_passing())
        }
    }
}
