//! Legacy plugins of a project: the list, one with its settings, and how releases are told of.

use askama::Template;

use super::{
    Shell, State, Tone,
    integration::{Feature, Resource},
    integration_config::ConfigField,
    project_settings::ProjectHead,
};

/// The plugins of a project.
#[derive(Debug, Clone, Template)]
#[template(path = "project_plugins.html")]
pub struct ProjectPluginsPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    pub groups: Vec<PluginGroup>,
}

/// Plugins that have something in common.
#[derive(Debug, Clone)]
pub struct PluginGroup {
    /// Unique on the page.
    pub id: &'static str,
    pub title: &'static str,
    /// What they have in common.
    pub about: &'static str,
    pub rows: Vec<PluginRow>,
}

/// A plugin in the list.
#[derive(Debug, Clone)]
pub struct PluginRow {
    pub slug: String,
    pub name: String,
    /// What it does.
    pub about: String,
    pub state: State,
}

/// One plugin of a project.
#[derive(Debug, Clone, Template)]
#[template(path = "project_plugin.html")]
pub struct ProjectPluginPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub slug: String,
    pub name: String,
    /// In Markdown.
    pub description: String,
    pub features: Vec<Feature>,
    pub resources: Vec<Resource>,
    /// Whether it does anything on this server but keep its settings.
    pub acts: bool,
    /// Whether it learns of releases.
    pub is_for_releases: bool,
    pub state: State,
    pub is_on: bool,
    /// Why there are no settings; empty when there are.
    pub problem: String,
    pub fields: Vec<ConfigField>,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
    /// Whether any of the settings is stored.
    pub is_set: bool,
    pub may: May,
    /// What came of trying it out.
    pub tested: Option<Tested>,
    /// Its deliveries; empty where it has none.
    pub deliveries: String,
}

/// What the reader may do with a plugin.
#[derive(Debug, Clone, Copy, Default)]
pub struct May {
    pub change: bool,
    pub switch_on: bool,
    pub switch_off: bool,
    pub try_out: bool,
}

/// What came of trying a plugin out.
#[derive(Debug, Clone)]
pub struct Tested {
    pub tone: Tone,
    pub text: String,
}

/// How this server is told of releases.
#[derive(Debug, Clone, Template)]
#[template(path = "release_tracking.html")]
pub struct ReleaseTrackingPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    pub token: String,
    pub url: String,
    /// A command that tells of a release.
    pub curl: String,
    /// The command that makes Heroku tell of releases.
    pub heroku: String,
}
