//! What plugins could do with an issue: nothing here, where first-party integrations make and link items. Whoever asks is
//! told, as by any plugin, that it is not set up; issues show the plugins that are, with nothing that may be done.

use std::collections::HashMap;

use mortise_domain::ProjectId;
use mortise_providers::{PLUGINS, PluginKind, PluginManifest};
use mortise_store::Conn;
use mortise_wire::errors::ErrorBody;
use serde_json::{Map, Value, json};

use super::{json::in_project, options::Options};
use crate::{Ctx, Error, Result, access::IssueAccess};

/// What can be asked of a plugin that makes items of issues.
pub const ACTIONS: [&str; 3] = ["create", "link", "unlink"];
/// Those that also search.
const SEARCHING: [(&str, &str); 8] = [
    ("asana", "autocomplete"),
    ("bitbucket", "autocomplete"),
    ("github", "autocomplete"),
    ("jira", "autocomplete"),
    ("phabricator", "autocomplete"),
    ("pivotal", "autocomplete"),
    ("trello", "autocomplete"),
    ("trello", "options"),
];

/// The answer to an action of a plugin on an issue.
pub fn act_on_issue(_: &IssueAccess, slug: &str, action: &str) -> Error {
    let plugin = PluginManifest::find(slug).filter(|plugin| plugin.kind == PluginKind::IssueTracking);
    let Some(plugin) = plugin else { return Error::NoSuchResource };
    if !ACTIONS.contains(&action) && !SEARCHING.contains(&(slug, action)) {
        return Error::NoSuchResource;
    }
    Error::Invalid(ErrorBody::Other(json!({
        "error_type": "config",
        "has_auth_configured": plugin.auth.is_none(),
        "auth_provider": plugin.auth.map(|auth| auth.provider),
        "required_auth_settings": plugin.auth.map(|auth| auth.settings),
    })))
}

/// The plugins for items of issues that are on and set up in these projects, by name, as issues show them.
pub(crate) async fn issue_plugins(
    conn: &mut Conn,
    ctx: &Ctx,
    projects: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<Value>>> {
    let options = Options::of_all(conn, projects).await?;
    let of_one = |(project, options): (ProjectId, Options)| {
        let plugins = PLUGINS.iter().copied().filter(|it| it.kind == PluginKind::IssueTracking);
        let shown = plugins.filter(|it| options.is_enabled(it) && is_set_up(it, &options));
        Ok((project, shown.map(|it| issue_plugin(ctx, it, &options)).collect::<Result<_>>()?))
    };
    options.into_iter().map(of_one).collect()
}

/// What may be done, and the plugin. The plugin's slug stands before both.
fn issue_plugin(ctx: &Ctx, plugin: &'static PluginManifest, options: &Options) -> Result<Value> {
    let mut shown = Map::new();
    shown.insert("slug".to_owned(), plugin.slug.into());
    shown.insert("allowed_actions".to_owned(), json!([]));
    shown.insert("title".to_owned(), plugin.name.into());
    match serde_json::to_value(in_project(ctx, plugin, options)) {
        Ok(Value::Object(plugin)) => shown.extend(plugin),
        other => return Err(Error::Internal(format!("a plugin is written as {other:?}"))),
    }
    Ok(shown.into())
}

/// Whether the settings are complete enough for items: all fields of one of the ways there are.
fn is_set_up(plugin: &PluginManifest, options: &Options) -> bool {
    let ways: &[&[&str]] = match plugin.slug {
        "asana" => &[&["workspace"]],
        "bitbucket" | "github" => &[&["repo"]],
        "gitlab" => &[&["gitlab_url", "gitlab_token", "gitlab_repo"]],
        "jira" => &[&["default_project"]],
        "phabricator" => &[&["host", "token"], &["host", "username", "certificate"]],
        "pivotal" => &[&["token", "project"]],
        "redmine" => &[&["host", "key", "project_id"]],
        "trello" => &[&["key", "token"]],
        _ => &[],
    };
    ways.iter().any(|fields| fields.iter().all(|field| options.has(plugin.slug, field)))
}
