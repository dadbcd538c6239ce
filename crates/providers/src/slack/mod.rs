//! Slack.

use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::{Connection, Outcome, Saved, Settings};

/// Slack's settings: none to choose. Clients see only how the workspace was installed.
pub(crate) struct Slack;

impl Settings for Slack {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async {
            let metadata = on.metadata.open()?;
            // The oldest installations kept the token of a person.
            let is_classic = metadata.contains_key("user_access_token");
            let assumed = if is_classic { "classic_bot" } else { "workspace_app" };
            let kind = metadata.get("installation_type").cloned().unwrap_or_else(|| json!(assumed));
            Ok(Map::from_iter([("installationType".to_owned(), kind)]))
        })
    }

    fn save<'a>(&'a self, on: &'a Connection, sent: Map<String, Value>) -> Outcome<'a, Saved> {
        let mut config = on.config.clone();
        config.extend(sent);
        Box::pin(async { Ok(Saved { config, ..Saved::default() }) })
    }
}
