//! A legacy plugin as an organization sees it.

use askama::Template;

use super::{
    Avatar, Shell, State,
    integration::{Ask, Feature, Resource},
};

/// What a plugin does, and which projects have it.
#[derive(Debug, Clone, Template)]
#[template(path = "legacy_plugin.html")]
pub struct LegacyPluginPage {
    pub shell: Shell,
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    /// In Markdown; may be empty.
    pub description: String,
    pub features: Vec<Feature>,
    pub resources: Vec<Resource>,
    pub projects: Vec<PluginProject>,
    /// Whether it does anything on this server but keep its settings.
    pub acts: bool,
    /// Whether projects can set anything of it.
    pub has_configuration: bool,
    pub may_configure: bool,
    /// Asking the owners, for those who may not set it up; not for what does nothing here.
    pub ask: Option<Ask>,
}

/// A project that configured it.
#[derive(Debug, Clone)]
pub struct PluginProject {
    pub slug: String,
    pub name: String,
    pub state: State,
}
