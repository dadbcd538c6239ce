//! Legacy plugins of a project: the list (here), one of them with what can be done with it (`one`), its settings as a form
//! (`fields`). The page of a plugin in an organization stands among those of integrations.

mod fields;
mod one;

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use mortise_service::{
    Ctx,
    access::{Class, Permission, class},
    plugins,
    wire::{plugin::Plugin, python},
};

use super::{access_to, project_settings::head};
use crate::{
    edge::{Outcome, Signed, page},
    routes::path,
    view::{
        Section, State as Badge, Tone,
        plugin::{PluginGroup, PluginRow, ProjectPluginsPage},
    },
};

/// The permission class of a project's plugins.
const CLASS: Class = class::Project::CLASS;
/// The kinds of plugins that do something here.
const ACTING: [&str; 2] = ["notification", RELEASES];
/// The kind that learns of releases.
const RELEASES: &str = "release-tracking";
/// What is said of a plugin that needed no words so far.
const TAGS: &str = "Adds a tag to events. This server always does, whether the plugin is on or off.";
/// What is said of those that only keep their settings.
const KEPT: &str = "They keep their settings, but do nothing on this server.";

/// Which plugins stand together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// They act, and are on.
    On,
    /// They act once they are on.
    Off,
    /// They keep their settings.
    Kept,
    /// They have no settings.
    Tags,
}

impl Group {
    fn of(plugin: &Plugin) -> Self {
        match (acts(plugin), is_on(plugin), plugin.has_configuration) {
            (true, true, _) => Self::On,
            (true, false, _) => Self::Off,
            (false, _, true) => Self::Kept,
            (false, _, false) => Self::Tags,
        }
    }
}

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::project_plugins, get(list))
        .route(path::project_plugin, get(one::show).post(one::save))
        .route(path::project_plugin_switch, post(one::switch))
        .route(path::project_plugin_test, post(one::test))
        .route(path::project_plugin_reset, post(one::reset))
}

async fn list(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "GET").await?;
    let all = plugins::list_project_plugins(&ctx, &access).await?;
    let of = |group: Group| all.iter().filter(|plugin| Group::of(plugin) == group).map(row).collect();
    let group = |id, title, about, group| PluginGroup { id, title, about, rows: of(group) };
    let mut groups = vec![
        group("on", "Switched on", "", Group::On),
        group("available", "Available", "They act once they are set up and switched on.", Group::Off),
        group("kept", "Kept for scripts and configurations", KEPT, Group::Kept),
        group("tags", "Tags", "It makes no difference whether these are on or off.", Group::Tags),
    ];
    groups.retain(|group| !group.rows.is_empty());
    page(&ProjectPluginsPage {
        shell: visit.org_shell(&access.org, "Plugins", Section::Projects).await?,
        project: head(&access),
        tab: "plugins",
        groups,
    })
}

fn is_on(plugin: &Plugin) -> bool {
    plugin.enabled.as_ref().is_some_and(python::is_truthy)
}

/// Whether a plugin does anything on this server.
pub(super) fn acts(plugin: &Plugin) -> bool {
    ACTING.contains(&plugin.kind)
}

fn badge(is_on: bool) -> Badge {
    if is_on { Badge::new("On", Tone::Good) } else { Badge::new("Off", Tone::Neutral) }
}

fn description(plugin: &Plugin) -> &'static str {
    plugin.description.unwrap_or(TAGS).trim()
}

fn row(plugin: &Plugin) -> PluginRow {
    let first = description(plugin).split("\n\n").next().unwrap_or_default();
    PluginRow {
        slug: plugin.slug.to_owned(),
        name: plugin.name.to_owned(),
        about: first.to_owned(),
        state: badge(is_on(plugin)),
    }
}
