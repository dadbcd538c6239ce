//! Settings of a project: general, keys, environments.

use askama::Template;

use super::{Field, Select, Shell, State, Switch, When, project::Snippet};

/// Which project the pages are about.
#[derive(Debug, Clone)]
pub struct ProjectHead {
    pub slug: String,
    pub name: String,
    pub id: String,
    /// Whether the reader may change the project, and so see how releases are told of.
    pub may_write: bool,
}

/// Name, slug, platform and other settings; deletion.
#[derive(Debug, Clone, Template)]
#[template(path = "project_settings.html")]
pub struct ProjectSettingsPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    /// What is wrong that belongs to no field; empty when nothing is.
    pub error: String,
    pub name: Field,
    pub slug: Field,
    pub platform: Select,
    pub resolve_age: Field,
    pub subject_prefix: Field,
    pub switches: Vec<Switch>,
    pub may_write: bool,
    pub may_delete: bool,
}

/// Client keys (DSNs).
#[derive(Debug, Clone, Template)]
#[template(path = "project_keys.html")]
pub struct ProjectKeysPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    pub keys: Vec<KeyView>,
    pub new_name: Field,
    pub snippets: Vec<Snippet>,
    pub may_write: bool,
}

/// One client key.
#[derive(Debug, Clone)]
pub struct KeyView {
    /// The public key, which is also its id in addresses.
    pub public: String,
    pub name: String,
    pub dsn: String,
    pub active: bool,
    pub state: State,
    pub created: When,
    /// Name and limits, editable in place.
    pub name_field: Field,
    pub rate_count: Field,
    pub rate_window: Field,
    /// "100 events in 60 s" or "no limit".
    pub limit: String,
}

/// Environments seen in events.
#[derive(Debug, Clone, Template)]
#[template(path = "project_environments.html")]
pub struct ProjectEnvironmentsPage {
    pub shell: Shell,
    pub project: ProjectHead,
    pub tab: &'static str,
    pub environments: Vec<EnvironmentView>,
    pub may_write: bool,
}

/// One environment.
#[derive(Debug, Clone)]
pub struct EnvironmentView {
    pub name: String,
    pub hidden: bool,
}
