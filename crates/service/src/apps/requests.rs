//! The request log of an app: what it was called with, and what it answered.

use mortise_store::{StoreError, retention};

use crate::{Ctx, Result, authenticate::after};

/// For how long calls that are no deliveries are kept, seconds.
const KEPT_S: i64 = 30 * 24 * 3600;

/// Forgets what is older than is kept. A periodic job.
pub(crate) async fn purge_requests(ctx: &Ctx) -> Result<u64> {
    let before = after(ctx.now(), -KEPT_S);
    let mut total = 0;
    loop {
        let purged = ctx.store.write(move |tx| {
            Box::pin(async move { Ok::<_, StoreError>(retention::purge_app_requests(tx, before).await?) })
        });
        let purged = purged.await?;
        total += purged;
        if purged < retention::BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}
