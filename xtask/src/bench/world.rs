//! What the measured program holds before the load: one organization, one project, and one internal app that hears of
//! every new issue and lives in this process.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::server::{self, Place};

/// How to talk to the seeded project.
pub(super) struct World {
    pub(super) project_id: String,
    /// The public half of the project's client key.
    pub(super) key: String,
    /// An API token of the owner.
    pub(super) token: String,
}

impl World {
    /// Loads the world into an empty database.
    pub(super) fn seed(place: &Place<'_>, receiver_port: u16) -> Result<Self> {
        let owner = "owner@bench.test";
        let world = json!({
            "users": [{"email": owner, "name": "Olive Owner", "password": "bench"}],
            "organizations": [{
                "slug": "bench", "name": "Bench", "owner": owner,
                "teams": [{"slug": "core", "name": "Core"}],
                "projects": [{"slug": "shop", "name": "Shop", "platform": "python", "teams": ["core"]}],
                "apps": [{
                    "key": "counter", "name": "Counter", "kind": "internal",
                    "scopes": ["event:read"], "events": ["issue"],
                    "webhook_url": format!("http://127.0.0.1:{receiver_port}/webhook"),
                }],
            }],
            "tokens": [{"key": "owner", "user": owner, "scopes": "all"}],
        });
        let made = server::seed(place, &world)?;
        let text =
            |pointer: &str| made.pointer(pointer).and_then(Value::as_str).with_context(|| missing(pointer));
        let dsn = text("/organizations/bench/projects/shop/dsn")?;
        let (key, address) =
            dsn.split_once("://").and_then(|(_, rest)| rest.split_once('@')).with_context(|| missing(dsn))?;
        let (_, project_id) = address.rsplit_once('/').with_context(|| missing(dsn))?;
        // A key may carry a secret half, which nobody needs.
        let key = key.split_once(':').map_or(key, |(public, _)| public);
        Ok(Self {
            project_id: project_id.to_owned(),
            key: key.to_owned(),
            token: text("/tokens/owner")?.to_owned(),
        })
    }
}

fn missing(what: &str) -> String {
    format!("`mortise seed` printed no usable {what}")
}
