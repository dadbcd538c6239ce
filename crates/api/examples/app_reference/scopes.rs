//! Scopes, what each of them opens, and the events that apps can subscribe to.

use std::{collections::BTreeMap, fmt::Write as _};

use mortise_api::edge::Gate;
use mortise_domain::ScopeSet;
use mortise_service::apps::{GRANTABLE_SCOPES, subscriptions::FAMILIES};
use mortise_testkit::TestApp;
use serde_json::Value;

const HEAD: &str = "# Scopes and events

This page is written by `cargo xtask generate`.

An app asks for scopes, and whoever installs it grants them. Its tokens have them in the organization that they were issued
for and nowhere else. Tokens also have what a scope brings along.

| scope | brings along |
|---|---|
";

const EVENTS: &str = "
## Events

An app subscribes to families (`issue`) or to single events (`issue.resolved`). `installation.created` and
`installation.deleted` come to every app without being asked for, `event_alert.triggered` when an [alert rule](alerts.md)
says so. What each of them looks like is in [payloads](payloads.md).

| subscribe to | needs scope | events |
|---|---|---|
";

const REQUESTS: &str = "
`seer` and `preprod_artifact` are taken, so that apps that name them can be made; nothing on this server tells of them.

## Requests

Which scope a request needs: any one of those named. Some requests look further, at whose the object is or at what is asked
for; the [OpenAPI document](../openapi.json) describes them. Requests that are not here are for people with a session, or for
tokens whatever their scopes.
";

/// The page.
pub async fn page() -> String {
    let mut out = String::from(HEAD);
    for scope in GRANTABLE_SCOPES {
        let all = ScopeSet::of(&[*scope]).with_implied();
        let more: Vec<_> = all.sorted().into_iter().filter(|text| *text != scope.as_str()).collect();
        let _ = writeln!(out, "| `{scope}` | {} |", code(more.into_iter()));
    }
    out.push_str(EVENTS);
    for family in FAMILIES {
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {} |",
            family.name,
            family.scope,
            code(family.events.iter().copied())
        );
    }
    out.push_str(REQUESTS);
    for (tag, lines) in requests().await {
        let _ = write!(out, "\n### {tag}\n\n| request | any of |\n|---|---|\n{lines}");
    }
    out
}

/// Lines of requests behind a permission class, by tag.
async fn requests() -> BTreeMap<String, String> {
    let app = TestApp::sqlite().await;
    let api = mortise_api::api(&app.ctx);
    let document: Value = serde_json::from_str(&mortise_api::document(&app.ctx)).unwrap();
    let grantable = ScopeSet::of(GRANTABLE_SCOPES);
    let mut by_tag: BTreeMap<String, String> = BTreeMap::new();
    for route in &api.facts {
        let Some(Gate::Class(class) | Gate::List(class) | Gate::AppPuts(class)) = route.gate else {
            continue;
        };
        for method in &route.methods {
            let operation = &document["paths"][&route.path][method.as_str().to_ascii_lowercase()];
            // Further paths of the same operation have no name.
            let (Some(_), Some(tag)) = (operation["operationId"].as_str(), operation["tags"][0].as_str())
            else {
                continue;
            };
            let scopes = class.scopes(method.as_str()).unwrap_or(ScopeSet::EMPTY).intersection(grantable);
            if scopes == ScopeSet::EMPTY {
                continue;
            }
            let lines = by_tag.entry(tag.to_owned()).or_default();
            let _ = writeln!(lines, "| `{method} {}` | {} |", route.path, code(scopes.sorted().into_iter()));
        }
    }
    by_tag
}

fn code<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}
