//! What plugins could do with an issue: nothing here, where first-party integrations make and link items. Whoever asks is
//! told, as by any plugin, that it is not set up.

use mortise_providers::{PluginKind, PluginManifest};
use mortise_wire::errors::ErrorBody;
use serde_json::json;

use crate::{Error, access::IssueAccess};

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
