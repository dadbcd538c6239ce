//! Making rules again after something changed that they were made with. Whoever changes it marks the files in the same
//! transaction (`mark_stale` of the store); a periodic job does the work, and may do it twice.

use mortise_store::{
    StoreError,
    code_mapping::{self, CodeMapping},
    code_owners::{self as store, CodeOwners},
};
use serde_json::Value;

use super::{directory::Directory, syntax};
use crate::{Ctx, Result};

/// Files taken in hand in one run.
const BATCH: i64 = 50;

/// Makes the rules of marked files again; how many.
pub(crate) async fn rederive_stale(ctx: &Ctx) -> Result<u64> {
    let rows = store::stale(&mut *ctx.store.read().await?, BATCH).await?;
    for row in &rows {
        rederive(ctx, row).await?;
    }
    Ok(rows.len() as u64)
}

/// The rules of a file, made with what names stand for now.
pub(super) async fn derive(ctx: &Ctx, mapping: &CodeMapping, raw: &str) -> Result<Value> {
    let mut conn = ctx.store.read().await?;
    let directory = Directory::load(&mut conn, mapping.organization_id, &[mapping.project_id]).await?;
    let owners = directory.associate(raw, mapping.project_id).owners;
    Ok(syntax::schema(&syntax::rules(raw, &owners, &mapping.stack_root, &mapping.source_root)))
}

async fn rederive(ctx: &Ctx, row: &CodeOwners) -> Result<()> {
    let mapping = code_mapping::by_ids(&mut *ctx.store.read().await?, &[row.code_mapping_id]).await?.pop();
    let Some(mapping) = mapping else { return Ok(()) };
    let schema = derive(ctx, &mapping, row.raw.as_deref().unwrap_or_default()).await?;
    let (row, now) = (row.clone(), ctx.now());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            if row.schema.as_ref() == Some(&schema) {
                return store::mark_fresh(tx, row.id).await;
            }
            store::set_schema(tx, &row, Some(&schema), now).await
        })
    });
    Ok(write.await?)
}
