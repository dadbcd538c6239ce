//! Slack.

use serde_json::{Map, Value, json};

use crate::{Connection, Field, Outcome, Saved, Settings};

/// Slack's settings: none to choose. Clients see only how the workspace was installed.
pub(crate) struct Slack;

impl Settings for Slack {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Field>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        // The oldest installations kept the token of a person.
        let is_classic = on.metadata.contains_key("user_access_token");
        let assumed = if is_classic { "classic_bot" } else { "workspace_app" };
        let kind = on.metadata.get("installation_type").cloned().unwrap_or_else(|| json!(assumed));
        Box::pin(async { Ok(Map::from_iter([("installationType".to_owned(), kind)])) })
    }

    fn save<'a>(&'a self, on: &'a Connection, sent: Map<String, Value>) -> Outcome<'a, Saved> {
        let mut config = on.config.clone();
        config.extend(sent);
        Box::pin(async { Ok(Saved { config, ..Saved::default() }) })
    }
}
