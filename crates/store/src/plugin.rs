//! What projects set of legacy plugins. A field is JSON or a sealed secret; the field `enabled` tells whether the plugin
//! is on.

use mortise_domain::{OrgId, ProjectId};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

/// Options of an organization that are read at most.
const OPTIONS_MAX: i64 = 20_000;

row! {
    /// A field of a plugin in a project.
    pub struct PluginOption {
        pub project_id: ProjectId,
        pub plugin: String,
        pub field: String,
        pub value: Option<Json>,
        /// Bound to `plugin_option.secret:<project_id>/<plugin>/<field>`.
        pub secret: Option<Vec<u8>>,
    }
}

row! {
    /// A field of a plugin with the project that set it.
    pub struct ProjectOption {
        pub project_id: ProjectId,
        pub slug: String,
        pub name: String,
        pub platform: Option<String>,
        pub plugin: String,
        pub field: String,
        pub value: Option<Json>,
    }
}

/// Everything that these projects set.
pub async fn of_projects(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<PluginOption>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT project_id, plugin, field, value, secret FROM plugin_option WHERE project_id IN ");
    query.list(projects.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// What the active projects of an organization set of these plugins and fields, oldest first.
pub async fn of_organization(
    conn: &mut Conn,
    org: OrgId,
    plugins: &[&str],
    fields: &[&str],
) -> Result<Vec<ProjectOption>> {
    if plugins.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT o.project_id, p.slug, p.name, p.platform, o.plugin, o.field, o.value FROM plugin_option o \
         JOIN project p ON p.id = o.project_id WHERE p.status = 0 AND p.organization_id = ",
    );
    query.arg(org).push(" AND o.plugin IN ").list(plugins.iter().copied());
    query
        .push(" AND o.field IN ")
        .list(fields.iter().copied())
        .push(" ORDER BY o.id LIMIT ")
        .arg(OPTIONS_MAX);
    conn.all(query).await
}

/// What a field holds.
#[derive(Debug, Clone)]
pub enum NewValue {
    /// Something that anybody who sees the project may see.
    Plain(Json),
    /// A sealed secret.
    Sealed(Vec<u8>),
}

impl NewValue {
    fn parts(&self) -> (Option<&Json>, Option<&[u8]>) {
        match self {
            Self::Plain(value) => (Some(value), None),
            Self::Sealed(blob) => (None, Some(blob.as_slice())),
        }
    }
}

/// Sets a field.
pub async fn set(tx: &mut Tx, project: ProjectId, plugin: &str, field: &str, value: &NewValue) -> Result<()> {
    let (plain, sealed) = value.parts();
    let query = Query::new(
        "INSERT INTO plugin_option (project_id, plugin, field, value, secret) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (project_id, plugin, field) DO UPDATE SET value = excluded.value, secret = excluded.secret",
    );
    tx.execute_one(query.bind(project).bind(plugin).bind(field).bind(plain).bind(sealed)).await
}

/// Sets a field of a plugin in projects that have it already; others stay without.
pub async fn set_everywhere(
    tx: &mut Tx,
    projects: &[ProjectId],
    plugin: &str,
    field: &str,
    value: &NewValue,
) -> Result<u64> {
    if projects.is_empty() {
        return Ok(0);
    }
    let (plain, sealed) = value.parts();
    let mut query = Query::new("UPDATE plugin_option SET value = ");
    query.arg(plain).push(", secret = ").arg(sealed);
    query.push(" WHERE plugin = ").arg(plugin).push(" AND field = ").arg(field);
    query.push(" AND project_id IN ").list(projects.iter().copied());
    tx.execute(query).await
}

/// Sets a field that is not there yet; one that is there stays.
pub async fn set_first(
    tx: &mut Tx,
    project: ProjectId,
    plugin: &str,
    field: &str,
    value: &NewValue,
) -> Result<()> {
    let (plain, sealed) = value.parts();
    let query = Query::new(
        "INSERT INTO plugin_option (project_id, plugin, field, value, secret) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (project_id, plugin, field) DO NOTHING",
    );
    tx.execute(query.bind(project).bind(plugin).bind(field).bind(plain).bind(sealed)).await?;
    Ok(())
}

/// Forgets a field.
pub async fn unset(tx: &mut Tx, project: ProjectId, plugin: &str, field: &str) -> Result<()> {
    let query = Query::new("DELETE FROM plugin_option WHERE project_id = $1 AND plugin = $2 AND field = $3");
    tx.execute(query.bind(project).bind(plugin).bind(field)).await?;
    Ok(())
}

/// Forgets all of a plugin.
pub async fn reset(tx: &mut Tx, project: ProjectId, plugin: &str) -> Result<()> {
    let query = Query::new("DELETE FROM plugin_option WHERE project_id = $1 AND plugin = $2");
    tx.execute(query.bind(project).bind(plugin)).await?;
    Ok(())
}
