//! What the measured program holds: twenty published apps that are installed in the organization whose owner asks, and
//! in further organizations of somebody else, so that there are codes to exchange.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::bench::server::{self, Place};

/// How many apps there are; as many rows has a list of them.
const APPS: usize = 20;

/// How to talk to what was seeded.
pub(super) struct World {
    /// An API token of the organization's owner.
    pub(super) token: String,
    /// The apps.
    pub(super) slugs: Vec<String>,
    /// All installations, each with a code that was not used.
    pub(super) installations: Vec<Installed>,
}

/// An installation and what its app proves itself with.
#[derive(Clone)]
pub(super) struct Installed {
    pub(super) uuid: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// The code at first, then the refresh token.
    pub(super) grant: String,
}

impl World {
    /// Loads a world with at least so many codes to exchange into an empty database. The apps live in this process.
    pub(super) fn seed(place: &Place<'_>, codes: usize, receiver_port: u16) -> Result<Self> {
        let (owner, other) = ("owner@bench.test", "other@bench.test");
        let others: Vec<String> = (1..codes.div_ceil(APPS)).map(|number| format!("other-{number}")).collect();
        let mut organizations = vec![json!({
            "slug": "bench", "name": "Bench", "owner": owner,
            "apps": (0..APPS).map(|number| app(number, receiver_port, &others)).collect::<Vec<_>>(),
        })];
        organizations.extend(others.iter().map(|slug| json!({"slug": slug, "name": slug, "owner": other})));
        let world = json!({
            "users": [{"email": owner, "name": "Olive Owner", "password": "bench-bench"},
                {"email": other, "name": "Otto Other", "password": "bench-bench"}],
            "organizations": organizations,
            "tokens": [{"key": "owner", "user": owner, "scopes": "all"}],
        });
        let made = server::seed(place, &world)?;
        let apps = made["organizations"]["bench"]["apps"].as_object().context("no apps")?;
        let mut slugs = Vec::new();
        let mut installations = Vec::new();
        for app in apps.values() {
            slugs.push(text(app, "slug")?);
            for installed in app["installations"].as_object().into_iter().flat_map(|map| map.values()) {
                installations.push(Installed {
                    uuid: text(installed, "uuid")?,
                    client_id: text(app, "client_id")?,
                    client_secret: text(app, "client_secret")?,
                    grant: text(installed, "code")?,
                });
            }
        }
        Ok(Self { token: text(&made["tokens"], "owner")?, slugs, installations })
    }
}

fn app(number: usize, receiver_port: u16, others: &[String]) -> Value {
    let mut installed_in = vec!["bench".to_owned()];
    installed_in.extend_from_slice(others);
    json!({
        "key": format!("app-{number}"), "name": format!("App {number}"), "kind": "published",
        "scopes": ["event:read", "org:read"], "events": ["issue"], "verify_install": false,
        "webhook_url": format!("http://127.0.0.1:{receiver_port}/webhook"), "installed_in": installed_in,
    })
}

/// A text of what `mortise seed` printed.
fn text(of: &Value, key: &str) -> Result<String> {
    let text = of[key].as_str().with_context(|| format!("`mortise seed` printed no usable {key}"))?;
    Ok(text.to_owned())
}
