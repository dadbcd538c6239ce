//! A small declared world.

use serde_json::{Value, json};

use super::{Place, Server, http};

/// Who owns the organization.
pub const OWNER: &str = "owner@acme.test";
/// The owner's password.
pub const OWNER_PASSWORD: &str = "open sesame";

/// One organization with a project, an issue, an integration, and an internal app that hears of issues at `webhook_url`.
pub fn world(webhook_url: &str) -> Value {
    json!({
        "users": [
            {"email": OWNER, "name": "Olive Owner", "password": OWNER_PASSWORD},
            {"email": "member@acme.test"},
        ],
        "organizations": [{
            "slug": "acme", "name": "Acme", "owner": OWNER,
            "teams": [{"slug": "core", "name": "Core"}],
            "members": [{"email": "member@acme.test", "role": "member", "teams": ["core"]}],
            "projects": [{
                "slug": "web", "name": "Web", "platform": "python", "teams": ["core"],
                "issues": [{"key": "boom", "title": "Boom one", "culprit": "app.views"}],
            }],
            "integrations": [{
                "key": "ado", "provider": "vsts", "name": "acme-ado", "metadata": {"domain_name": "http://ado.test/"},
                "identity": {"data": {"access_token": "x"}},
            }],
            "repositories": [{"key": "widgets", "provider": "integrations:vsts", "integration": "ado"}],
            "apps": [{
                "key": "kanban", "name": "Kanban", "scopes": ["event:read"], "events": ["issue"],
                "webhook_url": webhook_url,
            }],
        }],
        "tokens": [
            {"key": "owner", "user": OWNER, "scopes": "all"},
            {"key": "narrow", "user": OWNER, "scopes": ["org:read"]},
        ],
    })
}

/// What `mortise seed` made.
pub struct Made(pub Value);

impl Made {
    /// Seeds a world.
    #[track_caller]
    pub fn of(place: &Place, world: &Value) -> Self {
        Self(place.run_with_input(&["seed", "-"], &world.to_string()).json())
    }

    /// A text in it.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> &str {
        let found = self.0.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {pointer} in {}", self.0))
    }

    /// The public key of the project's DSN.
    pub fn key(&self) -> &str {
        let dsn = self.text("/organizations/acme/projects/web/dsn");
        dsn.split_once("://").and_then(|(_, rest)| rest.split_once('@')).expect("a DSN").0
    }

    /// Asks the API with the owner's token.
    #[track_caller]
    pub fn api(&self, server: &Server, path: &str) -> http::Answer {
        let header = format!("Authorization: Bearer {}\r\n", self.text("/tokens/owner"));
        http::request(server.address, "GET", path, &header, b"").expect("an answer")
    }
}
