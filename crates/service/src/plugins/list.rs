//! Lists of plugins: of an organization, with who configured them, and of a project.

use std::collections::{BTreeMap, HashMap};

use mortise_domain::{OrgId, ProjectId};
use mortise_providers::{PLUGINS, PluginKind, PluginManifest};
use mortise_store::{
    Conn,
    plugin::{self as store, PluginOption, ProjectOption},
};
use mortise_wire::{plugin as wire, python};
use serde_json::Value;

use super::{
    ENABLED,
    json::{in_project, plugin, release_doc},
    options::Options,
};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
};

/// What stands for every plugin.
const ALL: &str = "_all";

/// The plugins that projects of an organization switched on or off, one for each project that ever did; where `_all` is
/// the last one wanted, whatever there is. `wanted` is empty for all.
pub async fn list_organization_plugins(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &[&str],
) -> Result<Vec<wire::Plugin>> {
    let first = PLUGINS.iter().copied().filter(|plugin| plugin.version == 1);
    if wanted.last() == Some(&ALL) {
        return Ok(first.map(|manifest| plugin(ctx, manifest)).collect());
    }
    let slugs: Vec<&str> =
        first.map(|it| it.slug).filter(|slug| wanted.is_empty() || wanted.contains(slug)).collect();
    let rows =
        store::of_organization(&mut *ctx.store.read().await?, access.org.id, &slugs, &[ENABLED]).await?;
    let one = |row: ProjectOption| {
        let manifest = PluginManifest::find(&row.plugin)?;
        let options = Options::of(
            row.project_id,
            [PluginOption {
                project_id: row.project_id,
                plugin: row.plugin,
                field: row.field,
                value: row.value,
                secret: None,
            }],
        );
        let mut shown = in_project(ctx, manifest, &options);
        shown.project = Some(wire::PluginProject { id: row.project_id.get(), slug: row.slug });
        Some(shown)
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

/// The plugins that can be configured with the projects that did; `wanted` names some of them, in their order.
pub async fn list_configured_plugins(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &[&str],
) -> Result<Vec<wire::Plugin>> {
    let find = |slug: &&str| {
        PluginManifest::find(slug).ok_or_else(|| Error::missing(format!("Plugin {slug} not found")))
    };
    let manifests: Vec<&'static PluginManifest> = match wanted.is_empty() {
        true => PLUGINS.iter().copied().filter(|plugin| plugin.has_configuration()).collect(),
        false => wanted.iter().map(find).collect::<Result<_>>()?,
    };
    let slugs: Vec<&str> = manifests.iter().map(|plugin| plugin.slug).collect();
    let mut fields: Vec<&str> = manifests.iter().filter_map(|plugin| plugin.required_field).collect();
    fields.push(ENABLED);
    fields.sort_unstable();
    fields.dedup();
    let rows = store::of_organization(&mut *ctx.store.read().await?, access.org.id, &slugs, &fields).await?;
    let mut by_plugin: HashMap<&str, Vec<&ProjectOption>> = HashMap::new();
    for row in &rows {
        by_plugin.entry(&row.plugin).or_default().push(row);
    }
    let one = |manifest: &'static PluginManifest| {
        let mut shown = plugin(ctx, manifest);
        let rows = by_plugin.get(manifest.slug).map_or(&[][..], Vec::as_slice);
        shown.project_list = Some(configured(manifest, rows));
        shown
    };
    Ok(manifests.into_iter().map(one).collect())
}

/// The projects that configured a plugin, by slug. A secret is configured when it is there.
fn configured(manifest: &PluginManifest, rows: &[&ProjectOption]) -> Vec<wire::ConfiguredProject> {
    let mut projects: BTreeMap<&str, (bool, Option<&ProjectOption>)> = BTreeMap::new();
    for row in rows {
        let entry = projects.entry(&row.slug).or_default();
        let is_there = !matches!(&row.value, Some(Value::Bool(false)))
            && !matches!(&row.value, Some(Value::String(text)) if text.is_empty());
        if row.field == ENABLED {
            entry.0 = row.value.as_ref().is_some_and(python::is_truthy);
        } else if manifest.required_field == Some(row.field.as_str()) && is_there {
            entry.1 = Some(row);
        }
    }
    let one = |(enabled, row): (bool, Option<&ProjectOption>)| {
        let row = row?;
        Some(wire::ConfiguredProject {
            project_id: row.project_id.get(),
            project_slug: row.slug.clone(),
            project_name: row.name.clone(),
            enabled,
            configured: true,
            project_platform: row.platform.clone(),
        })
    };
    projects.into_values().filter_map(one).collect()
}

/// The plugins of a project, by name.
pub async fn list_project_plugins(ctx: &Ctx, access: &ProjectAccess) -> Result<Vec<wire::Plugin>> {
    of_project(&mut *ctx.store.read().await?, ctx, access).await
}

/// The same for what is read beside something else.
pub(crate) async fn of_project(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &ProjectAccess,
) -> Result<Vec<wire::Plugin>> {
    let options = Options::load(conn, access.project.id).await?;
    let one = |manifest: &&'static PluginManifest| {
        let mut shown = in_project(ctx, manifest, &options);
        shown.doc = release_doc(ctx, access, manifest, &options)?;
        Ok(shown)
    };
    PLUGINS.iter().map(one).collect()
}

/// A plugin that a project ever switched on or off.
pub(crate) struct Switched {
    pub(crate) project: ProjectId,
    pub(crate) project_name: String,
    pub(crate) plugin: &'static PluginManifest,
}

/// The plugins that notify and that projects of an organization ever switched on or off.
pub(crate) async fn notifying_plugins(conn: &mut Conn, org: OrgId) -> Result<Vec<Switched>> {
    let notifying = PLUGINS.iter().filter(|plugin| plugin.kind == PluginKind::Notification);
    let slugs: Vec<&str> = notifying.map(|plugin| plugin.slug).collect();
    let rows = store::of_organization(conn, org, &slugs, &[ENABLED]).await?;
    let one = |row: ProjectOption| {
        let plugin = PluginManifest::find(&row.plugin)?;
        Some(Switched { project: row.project_id, project_name: row.name, plugin })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}
