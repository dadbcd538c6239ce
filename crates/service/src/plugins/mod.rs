//! Legacy plugins of projects. What they are is data of the providers' crate; here is what projects set of them
//! (`options`), how they are shown (`json`, `list`), changed (`change`, `check`) and what those that notify send
//! (`notify`), from a rule that fired or as a `trial`. Items of issues and releases: `issue_actions`, `release_token`,
//! `release_hook`. What Trello offers to choose from: `trello`.
//!
//! Of the plugins, those that notify and the hook for releases act; the others only keep their settings and say so.

mod change;
mod check;
mod issue_actions;
mod json;
mod list;
pub(crate) mod notify;
mod options;
mod release_hook;
mod release_token;
mod trello;
mod trial;

pub use change::{Posted, disable_plugin, get_plugin, post_plugin, require_plugin, update_plugin};
pub(crate) use issue_actions::issue_plugins;
pub use issue_actions::{ACTIONS, act_on_issue};
pub use list::{list_configured_plugins, list_organization_plugins, list_project_plugins};
pub(crate) use list::{notifying_plugins, of_project};
pub(crate) use options::Options;
pub use release_hook::{ReleaseCall, Told, take_release};
pub use release_token::{get_plugin_webhook, get_release_token, rotate_release_token};
pub use trial::sample_requests;

/// The field that tells whether a plugin is on.
pub(crate) const ENABLED: &str = "enabled";
