//! Removing for good what was taken out of an organization. One that was installed again in the meantime stays.

use jiff::SignedDuration;
use mortise_domain::{OrgIntegrationId, status::ObjectStatus};
use mortise_store::{StoreError, deletion, integration::installed};

use crate::{Ctx, Result};

/// What the plans for deleting organizations' integrations are called.
pub(super) const MODEL: &str = "OrganizationIntegration";
/// Plans taken in hand at once.
const BATCH: i64 = 20;
/// After this time a plan in hand is taken for abandoned, seconds.
const STUCK_S: i64 = 24 * 3600;

/// Removes what is due; how many rows.
pub(crate) async fn remove_due(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let stuck = now - SignedDuration::from_secs(STUCK_S);
    let claim = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { deletion::claim(tx, MODEL, now, stuck, BATCH).await })
    });
    let claimed = claim.await?;
    for plan in &claimed {
        let (plan_id, id) = (plan.id, OrgIntegrationId::new(plan.object_id));
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
        removal.await?;
    }
    Ok(claimed.len() as u64)
}
