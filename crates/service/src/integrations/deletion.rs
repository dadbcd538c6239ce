//! Removing for good what was taken out of an organization. One that was installed again in the meantime stays.

use jiff::SignedDuration;
use mortise_domain::{OrgIntegrationId, status::ObjectStatus};
use mortise_store::{
    StoreError,
    deletion::{self, Scheduled},
    integration::installed,
    organization,
};

use super::{
    connection::{connect_row, unexpected},
    json::provider_of,
};
use crate::{Ctx, Result};

/// What the plans for deleting organizations' integrations are called.
pub(super) const MODEL: &str = "OrganizationIntegration";
/// Plans taken in hand at once.
const BATCH: i64 = 20;
/// After this time a plan in hand is taken for abandoned, seconds.
const STUCK_S: i64 = 24 * 3600;
/// A removal that fails is tried again this often; then it waits until it is taken for abandoned.
const RETRIES_MAX: i64 = 5;
/// The pause before each, seconds.
const RETRY_PAUSE_S: i64 = 300;

/// Removes what is due; how many rows.
pub(crate) async fn remove_due(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let stuck = now - SignedDuration::from_secs(STUCK_S);
    let claim = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { deletion::claim(tx, MODEL, now, stuck, BATCH).await })
    });
    let mut removed = 0;
    for plan in claim.await? {
        match remove(ctx, &plan).await {
            Ok(()) => removed += 1,
            Err(error) => {
                tracing::warn!(%error, object.id = plan.object_id, plan.attempts, "an integration is not removed");
                try_again(ctx, &plan).await?;
            }
        }
    }
    Ok(removed)
}

/// Removes an organization's integration, unless it was installed again, and ends its plan. First the other side forgets
/// it; when that fails too often, it is removed here all the same.
async fn remove(ctx: &Ctx, plan: &Scheduled) -> Result<()> {
    let (plan_id, id, now) = (plan.id, OrgIntegrationId::new(plan.object_id), ctx.now());
    if let Err(error) = uninstall(ctx, id).await {
        if plan.attempts < RETRIES_MAX {
            return Err(error);
        }
        tracing::warn!(%error, object.id = plan.object_id, "an integration may stay behind on the other side");
    }
    let removal = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let (pending, under_way) =
                (ObjectStatus::PendingDeletion.number(), ObjectStatus::DeletionInProgress.number());
            if installed::set_status(tx, id, &[pending, under_way], under_way, now).await? {
                installed::remove(tx, id).await?;
            }
            deletion::finish(tx, plan_id).await
        })
    });
    Ok(removal.await?)
}

/// Lets the provider take away what installing made on the other side, with the credentials that are still there.
async fn uninstall(ctx: &Ctx, id: OrgIntegrationId) -> Result<()> {
    let mut conn = ctx.store.read().await?;
    let row = installed::by_row(&mut conn, id).await?;
    let (pending, under_way) =
        (ObjectStatus::PendingDeletion.number(), ObjectStatus::DeletionInProgress.number());
    let row = row.filter(|row| [pending, under_way].contains(&row.org_status));
    let Some(row) = row else { return Ok(()) };
    let Some(org) = organization::by_id(&mut conn, row.organization_id).await? else { return Ok(()) };
    let is_last = !installed::is_used_besides(&mut conn, row.id, id).await?;
    drop(conn);
    let provider = provider_of(ctx, &row)?;
    let on = connect_row(ctx, &org, &row).await?;
    provider.uninstall(&on, is_last).await.map_err(|error| unexpected(provider, &error))
}

/// Plans another try of a removal that failed, as long as there were few.
async fn try_again(ctx: &Ctx, plan: &Scheduled) -> Result<()> {
    if plan.attempts >= RETRIES_MAX {
        return Ok(());
    }
    let (id, at) = (plan.id, ctx.now() + SignedDuration::from_secs(RETRY_PAUSE_S));
    let postponed = ctx
        .store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { deletion::postpone(tx, id, at).await }));
    Ok(postponed.await?)
}
