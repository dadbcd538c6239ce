//! Legacy plugins of projects: lists, settings, trials, what they send when rules fire, what they have to do with issues
//! and releases.

use std::time::Duration;

use mortise_service::delivery::{self, Options, Running};
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

mod issues;
mod lists;
mod manifests;
mod notifying;
mod releases;
mod requests;
mod settings;
mod succession;

const OF_ORG: &str = "/api/0/organizations/acme/plugins/";
const OF_PROJECT: &str = "/api/0/projects/acme/web/plugins/";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn put(app: &TestApp, world: &World, slug: &str, status: u16, body: Value) -> Value {
    let path = format!("{OF_PROJECT}{slug}/");
    app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(status).json()
}

async fn enable(app: &TestApp, world: &World, slug: &str) {
    let path = format!("{OF_PROJECT}{slug}/");
    let answer = app.post(path).bearer(&world.owner_token).json(&json!({})).send().await.expect(201);
    assert_eq!(answer.text(), "");
}

async fn post(app: &TestApp, world: &World, slug: &str, status: u16, body: Value) -> Value {
    let path = format!("{OF_PROJECT}{slug}/");
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(status).json()
}

fn slugs(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn start(app: &TestApp) -> Running {
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new())
}
