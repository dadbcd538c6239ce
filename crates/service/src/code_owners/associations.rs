//! Whom the names of all files of owners of an organization stand for.

use mortise_store::{code_mapping, code_owners as store, project};
use mortise_wire::code_owners::Associations;
use serde_json::{Map, Value};

use super::directory::Directory;
use crate::{Ctx, Error, Result, access::OrgAccess};

/// By slug of a project: whom the names of its file stand for, and which stand for nobody. Only files that came through a
/// provider, if one is named.
pub async fn list_associations(
    ctx: &Ctx,
    access: &OrgAccess,
    provider: Option<&str>,
) -> Result<Map<String, Value>> {
    let mut conn = ctx.store.read().await?;
    let projects = access.reachable_projects(&mut conn).await?;
    let rows = store::of_projects(&mut conn, &projects).await?;
    if rows.is_empty() {
        return Ok(Map::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.code_mapping_id).collect();
    let mappings = code_mapping::by_ids(&mut conn, &ids).await?;
    let projects = project::by_ids(&mut conn, &projects).await?;
    let used: Vec<_> = rows.iter().map(|row| row.project_id).collect();
    let directory = Directory::load(&mut conn, access.org.id, &used).await?;
    let mut all = Map::new();
    // The oldest come first, so that the newest file of a project is the one that stays.
    for row in rows.iter().rev() {
        let mapping = mappings.iter().find(|mapping| mapping.id == row.code_mapping_id);
        let is_wanted = |provider: &str| mapping.is_some_and(|mapping| mapping.provider == provider);
        let Some(project) = projects.iter().find(|project| project.id == row.project_id) else { continue };
        if provider.is_some_and(|provider| !is_wanted(provider)) {
            continue;
        }
        let found = directory.associate(row.raw.as_deref().unwrap_or_default(), row.project_id);
        let shown = Associations { associations: found.shown, errors: found.errors };
        let shown = serde_json::to_value(shown).map_err(|error| Error::Internal(error.to_string()))?;
        all.insert(project.slug.clone(), shown);
    }
    Ok(all)
}
