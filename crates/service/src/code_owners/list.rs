//! The files of owners of a project.

use mortise_store::{StoreError, code_mapping, code_owners as store};
use mortise_wire::code_owners as wire;

use super::{
    directory::Directory,
    json::{Shown, owners_json},
    require_feature, syntax,
};
use crate::{Ctx, Result, access::ProjectAccess};

/// The files of owners of a project, newest first, with rules that are as good as what is known now.
pub async fn list_owners(ctx: &Ctx, access: &ProjectAccess, shown: Shown) -> Result<Vec<wire::CodeOwners>> {
    require_feature(access)?;
    let (org, project) = (&access.org.org, access.project.id);
    let mut conn = ctx.store.read().await?;
    let mut rows = store::of_projects(&mut conn, &[project]).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.code_mapping_id).collect();
    let mappings = code_mapping::by_ids(&mut conn, &ids).await?;
    let directory = Directory::load(&mut conn, org.id, &[project]).await?;
    drop(conn);
    let (mut all, mut renewed) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in &mut rows {
        let Some(mapping) = mappings.iter().find(|mapping| mapping.id == row.code_mapping_id) else {
            continue;
        };
        let raw = row.raw.as_deref().unwrap_or_default();
        let association = directory.associate(raw, project);
        if row.schema.as_ref().is_some_and(|schema| schema["rules"].is_array()) {
            let rules = syntax::rules(raw, &association.owners, &mapping.stack_root, &mapping.source_root);
            let schema = Some(syntax::schema(&rules));
            if schema != row.schema {
                row.schema = schema;
                row.date_updated = ctx.now();
                renewed.push(row.clone());
            }
        }
        all.push(owners_json(ctx, org, row, mapping, association, shown).await?);
    }
    if !renewed.is_empty() {
        let now = ctx.now();
        let write = ctx.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                for row in &renewed {
                    store::set_schema(tx, row, row.schema.as_ref(), now).await?;
                }
                Ok(())
            })
        });
        write.await?;
    }
    Ok(all)
}
