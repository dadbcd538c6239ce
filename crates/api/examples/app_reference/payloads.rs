//! What apps are sent. Everything happens through the API and is delivered by the real workers, one thing after
//! another, so that each body shows the state of its moment.

use std::fmt::Write as _;

use mortise_service::delivery::{self, Options};
use mortise_testkit::{Received, Receiver, TestApp, World};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const HEAD: &str = "# Payloads

This page is written by `cargo xtask generate`, from what a receiver was sent. Ids, times and addresses are replaced.
What surrounds `data` is described under [webhooks](webhooks.md).
";

/// What stands for what differs from run to run.
const UUID: &str = "4d803538-fd42-4278-b410-492f5ab677b5";
const TIME: &str = "2026-01-15T09:30:00.123456Z";
const TIME_S: f64 = 1_768_469_400.123_456;
const SECRET: &str = "64 characters";
const EVENT_ID: &str = "0d2f8c5be1a04b7f9a6c3e5d7f901b23";

/// The events in the order of the page.
const KINDS: [&str; 10] = [
    "installation.created",
    "installation.deleted",
    "issue.created",
    "issue.assigned",
    "issue.resolved",
    "issue.unresolved",
    "issue.ignored",
    "error.created",
    "event_alert.triggered",
    "comment.created",
];
/// An action that tells every alertable app.
const NOTIFY: &str = "sentry.rules.actions.notify_event.NotifyEventAction";

const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

/// The page.
pub async fn page() -> String {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let running = delivery::start(
        app.ctx.clone(),
        delivery::subscribers(),
        Options::default(),
        CancellationToken::new(),
    );
    let told = happen(&app, &world, &receiver).await;
    running.stop().await;
    let mut bodies: Vec<_> = told.iter().map(named).collect();
    bodies
        .sort_by_key(|(kind, _)| KINDS.iter().position(|known| known == kind).expect("a place on the page"));
    assert_eq!(bodies.len(), KINDS.len(), "one of each");
    let mut out = String::from(HEAD);
    for (kind, body) in bodies {
        let _ = write!(out, "\n## `{kind}`\n\n```json\n{body:#}\n```\n");
    }
    out
}

/// What was told of, and the body.
fn named(one: &Received) -> (String, Value) {
    let mut body = one.json();
    let kind = format!("{}.{}", one.header("sentry-hook-resource"), body["action"].as_str().unwrap());
    neutral(&mut body);
    (kind, body)
}

/// Lets an app be installed and see an issue from its first event to its end.
async fn happen(app: &TestApp, world: &World, receiver: &Receiver) -> Vec<Received> {
    let body = json!({
        "organization": "acme", "name": "Acme Board", "author": "Acme", "isInternal": false, "isAlertable": true,
        "verifyInstall": false, "scopes": ["event:read"], "events": ["issue", "error", "comment"],
        "webhookUrl": receiver.url(),
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let install = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": "acme-board" }));
    let installation = install.send().await.expect(200).json();
    receiver.wait_for(1).await;

    let rule = json!({
        "name": "Every error", "actionMatch": "all", "filterMatch": "all", "frequency": 5,
        "conditions": [{ "id": "sentry.rules.conditions.every_event.EveryEventCondition" }], "filters": [],
        "actions": [{ "id": NOTIFY }],
    });
    let rules = "/api/0/projects/acme/web/rules/";
    app.post(rules).bearer(&world.owner_token).json(&rule).send().await.expect(200);
    let event = json!({
        "event_id": EVENT_ID, "platform": "python", "level": "error", "environment": "production",
        "exception": {"values": [{"type": "ValueError", "value": "no stock for order 4711",
            "stacktrace": {"frames": [{"function": "reserve", "module": "shop.orders", "filename": "shop/orders.py",
                "lineno": 42, "in_app": true}]}}]},
        "user": {"id": "17"}, "tags": {"region": "eu"},
    });
    let store = format!("/api/{}/store/?sentry_key={}&sentry_version=7", world.project, world.key);
    app.post(store).json(&event).send().await.expect(200);
    let issues = "/api/0/organizations/acme/issues/?query=";
    let issues = app.get(issues).bearer(&world.owner_token).send().await.expect(200).json();
    let issue = format!("/api/0/issues/{}/", issues[0]["id"].as_str().unwrap());
    // Of the issue, the event and the alert.
    let mut count = 4;
    receiver.wait_for(count).await;

    let notes = format!("{issue}comments/");
    for (path, change) in [
        (issue.as_str(), json!({ "assignedTo": "owner@acme.test" })),
        (&issue, json!({ "status": "resolved" })),
        (&issue, json!({ "status": "unresolved" })),
        (&issue, json!({ "status": "ignored" })),
        (&notes, json!({ "text": "The supplier knows." })),
    ] {
        let request = if path == notes { app.post(path) } else { app.put(path) };
        let answer = request.bearer(&world.owner_token).json(&change).send().await;
        assert!(answer.status < 300, "{change}: {}", answer.text());
        count += 1;
        receiver.wait_for(count).await;
    }
    let installation = format!("/api/0/sentry-app-installations/{}/", installation["uuid"].as_str().unwrap());
    app.delete(installation).bearer(&world.owner_token).send().await.expect(204);
    receiver.wait_for(count + 1).await
}

/// Replaces what differs from run to run, and the address of the test server.
fn neutral(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(neutral),
        Value::Object(map) => map.values_mut().for_each(neutral),
        Value::String(text) => *text = neutral_text(text),
        // The only numbers with a fraction are times.
        Value::Number(number) if number.is_f64() => *value = json!(TIME_S),
        _ => {}
    }
}

fn neutral_text(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_time = text.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && text.ends_with('Z');
    let is_uuid = text.len() == 36 && bytes[8] == b'-' && bytes[23] == b'-';
    let is_secret = text.len() == 64 && bytes.iter().all(u8::is_ascii_alphanumeric);
    match (is_time, is_uuid, is_secret) {
        (true, ..) => TIME.to_owned(),
        (_, true, _) => UUID.to_owned(),
        (.., true) => SECRET.to_owned(),
        _ => text.replace("http://m.test:8000", "https://mortise.example.com"),
    }
}
