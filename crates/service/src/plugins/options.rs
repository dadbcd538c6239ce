//! What one project set of its plugins.

use std::collections::HashMap;

use mortise_crypto::{Place, SecretString};
use mortise_domain::ProjectId;
use mortise_providers::{PLUGINS, PluginKind, PluginManifest};
use mortise_store::{
    Conn,
    plugin::{self as store, PluginOption},
    sealed::PLUGIN_SECRET,
};
use mortise_wire::python;
use serde_json::Value;

use super::ENABLED;
use crate::{Ctx, Error, Result, sealed};

/// The options of a project's plugins.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    project: ProjectId,
    rows: HashMap<(String, String), PluginOption>,
}

/// Whether a plugin notifies when a rule fires.
fn is_notifying(plugin: &PluginManifest) -> bool {
    plugin.kind == PluginKind::Notification
}

/// The place of a secret.
pub(super) fn place(project: ProjectId, plugin: &str, field: &str) -> Place {
    sealed::place(PLUGIN_SECRET, format_args!("{project}/{plugin}/{field}"))
}

impl Options {
    /// Of one project.
    pub(crate) async fn load(conn: &mut Conn, project: ProjectId) -> Result<Self> {
        Ok(Self::of(project, store::of_projects(conn, &[project]).await?))
    }

    /// Those of these rows that the project has.
    pub(crate) fn of(project: ProjectId, rows: impl IntoIterator<Item = PluginOption>) -> Self {
        let own = rows.into_iter().filter(|row| row.project_id == project);
        Self { project, rows: own.map(|row| ((row.plugin.clone(), row.field.clone()), row)).collect() }
    }

    /// Of these projects, by project.
    pub(crate) async fn of_all(
        conn: &mut Conn,
        projects: &[ProjectId],
    ) -> mortise_store::Result<HashMap<ProjectId, Self>> {
        let mut all: HashMap<ProjectId, Vec<PluginOption>> = HashMap::new();
        for row in store::of_projects(conn, projects).await? {
            all.entry(row.project_id).or_default().push(row);
        }
        Ok(all.into_iter().map(|(project, rows)| (project, Self::of(project, rows))).collect())
    }

    fn row(&self, plugin: &str, field: &str) -> Option<&PluginOption> {
        self.rows.get(&(plugin.to_owned(), field.to_owned()))
    }

    /// What a field holds, unless it is a secret.
    pub(crate) fn value(&self, plugin: &str, field: &str) -> Option<&Value> {
        self.row(plugin, field)?.value.as_ref().filter(|value| !value.is_null())
    }

    /// What a field holds as trimmed text; empty where it holds nothing.
    pub(crate) fn text(&self, plugin: &str, field: &str) -> String {
        match self.value(plugin, field) {
            Some(value) if python::is_truthy(value) => python::text(value).trim().to_owned(),
            _ => String::new(),
        }
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, plugin: &str, field: &str) -> bool {
        self.value(plugin, field).is_some_and(python::is_truthy)
    }

    /// Whether a field holds something.
    pub(crate) fn has(&self, plugin: &str, field: &str) -> bool {
        self.row(plugin, field).is_some_and(|row| row.secret.is_some()) || self.is_on(plugin, field)
    }

    /// What a field holds that is a secret.
    pub(crate) fn secret(&self, ctx: &Ctx, plugin: &str, field: &str) -> Result<Option<SecretString>> {
        let Some(blob) = self.row(plugin, field).and_then(|row| row.secret.as_ref()) else { return Ok(None) };
        let opened = ctx.keyring.open_text(&place(self.project, plugin, field), blob);
        opened.map(Some).map_err(|error| Error::Internal(format!("secret of a plugin: {error}")))
    }

    /// Whether a plugin is on, as it is stored.
    pub(crate) fn enabled(&self, plugin: &PluginManifest) -> Value {
        match self.value(plugin.slug, ENABLED) {
            Some(stored) if plugin.can_disable => stored.clone(),
            _ => Value::Bool(plugin.is_on_by_default),
        }
    }

    /// Whether a plugin is on.
    pub(crate) fn is_enabled(&self, plugin: &PluginManifest) -> bool {
        python::is_truthy(&self.enabled(plugin))
    }

    /// The plugins that notify and are on, by name.
    pub(crate) fn notifying(&self) -> impl Iterator<Item = &'static PluginManifest> {
        PLUGINS.iter().copied().filter(|plugin| is_notifying(plugin) && self.is_enabled(plugin))
    }
}
