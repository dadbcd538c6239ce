//! Webhooks of apps, from a call of the API to what the receiver gets.

use std::time::Duration;

use mortise_service::{
    delivery::{self, Options, Running},
    metric_rules,
};
use mortise_testkit::{Received, Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    ingest::{count, execute, to_store},
    rules::{self, settled},
};

const APPS: &str = "/api/0/sentry-apps/";
const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

fn start(app: &TestApp) -> Running {
    let options = Options { poll: Duration::from_millis(50), ..Options::default() };
    delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new())
}

/// An app that hears of issues and comments: its answer.
async fn make(app: &TestApp, world: &World, name: &str, url: &str, more: Value) -> Value {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme", "isInternal": true, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read", "event:admin", "org:read"], "events": ["issue", "comment"],
        "webhookUrl": url,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
}

/// A token of an internal app.
async fn mint(app: &TestApp, world: &World, made: &Value) -> String {
    let path = format!("{APPS}{}/api-tokens/", text(&made["slug"]));
    let token = app.post(path).session(&world.owner_session).send().await.expect(201).json();
    text(&token["token"]).to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// An event of the one issue of these tests.
async fn send(app: &TestApp, world: &World) {
    let event =
        json!({ "platform": "python", "exception": { "values": [{ "type": "Boom", "value": "Bäm" }] } });
    to_store(app, world).body(event.to_string()).send().await.expect(200);
}

/// The path of the issue.
async fn issue(app: &TestApp) -> String {
    format!("/api/0/issues/{}/", count(app, "SELECT id FROM issue").await)
}

async fn put(app: &TestApp, token: &str, body: Value) {
    app.put(issue(app).await).bearer(token).json(&body).send().await.expect(200);
}

/// Resource and action.
fn kind(received: &Received) -> String {
    format!("{}.{}", received.header("sentry-hook-resource"), text(&received.json()["action"]))
}

api_test!(an_app_follows_an_issue_through_its_life, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    make(&app, &world, "Ears", &receiver.url(), json!({})).await;
    let running = start(&app);
    send(&app, &world).await;
    let owner = &world.owner_token;
    settled(&app).await;
    app.clock.advance(60);
    let comments = format!("{}comments/", issue(&app).await);
    let note =
        app.post(&comments).bearer(owner).json(&json!({ "text": "ön it" })).send().await.expect(201).json();
    settled(&app).await;
    app.clock.advance(60);
    let one = format!("{comments}{}/", text(&note["id"]));
    app.put(&one).bearer(owner).json(&json!({ "text": "done" })).send().await.expect(200);
    app.delete(&one).bearer(owner).send().await.expect(204);
    put(&app, owner, json!({ "assignedTo": format!("team:{}", world.team) })).await;
    put(&app, owner, json!({ "assignedTo": format!("user:{}", world.member) })).await;
    put(&app, owner, json!({ "assignedTo": null })).await;
    put(&app, owner, json!({ "status": "resolved" })).await;
    put(&app, owner, json!({ "status": "unresolved" })).await;
    put(&app, owner, json!({ "status": "ignored" })).await;
    // Taking it out of the archive by hand is not told.
    put(&app, owner, json!({ "status": "unresolved" })).await;
    put(&app, owner, json!({ "status": "resolved" })).await;
    send(&app, &world).await;
    receiver.wait_for(11).await;
    settled(&app).await;
    running.stop().await;
    let received = receiver.received();
    let kinds: Vec<_> = received.iter().map(kind).collect();
    assert_eq!(
        kinds,
        [
            "issue.created",
            "comment.created",
            "comment.updated",
            "comment.deleted",
            "issue.assigned",
            "issue.assigned",
            "issue.resolved",
            "issue.unresolved",
            "issue.ignored",
            "issue.resolved",
            "issue.unresolved"
        ]
    );
    let sentry = json!({ "type": "application", "id": "sentry", "name": "Sentry" });
    let person = json!({ "type": "user", "id": world.owner.get(), "name": "owner" });
    for (index, one) in received.iter().enumerate() {
        let actor = if [0, 10].contains(&index) { &sentry } else { &person };
        assert_eq!(one.json()["actor"], *actor, "{}", kinds[index]);
        // Whoever parses the body and writes it again has the bytes that were signed.
        assert_eq!(one.json().to_string().as_bytes(), one.body, "{}", kinds[index]);
        assert_eq!(one.header("request-id").len(), 32);
    }
    assert!(String::from_utf8_lossy(&received[0].body).contains("\"title\":\"Boom: Bäm\""));
    let id = count(&app, "SELECT id FROM issue").await;
    for (index, told) in [(1, "ön it"), (2, "done"), (3, "done")] {
        let whole = json!({
            "comment_id": text(&note["id"]).parse::<i64>().unwrap(), "issue_id": id, "project_slug": "web",
            "timestamp": received[1].json()["data"]["timestamp"], "comment": told,
        });
        assert_eq!(received[index].json()["data"].to_string(), whole.to_string());
    }
    let written = text(&note["dateCreated"]).trim_end_matches('Z').to_owned();
    let timestamp = received[1].json()["data"]["timestamp"].clone();
    assert!(text(&timestamp).starts_with(&written[..19]), "{timestamp} {written}");
    assert_eq!((text(&timestamp).len(), text(&timestamp).ends_with('Z')), (27, true));
    let data = |index: usize| received[index].json()["data"].clone();
    let team = json!({ "type": "team", "name": "core", "id": world.team.get() });
    assert_eq!(data(4)["assignee"].to_string(), team.to_string());
    let member =
        json!({ "type": "user", "name": "member", "id": world.member.get(), "email": "member@acme.test" });
    assert_eq!(data(5)["assignee"].to_string(), member.to_string());
    assert_eq!(data(6)["resolution_type"], "now");
    let states: Vec<_> = (6..11).map(|index| data(index)["issue"]["id"].clone()).collect();
    assert_eq!(states, vec![json!(id.to_string()); 5]);
});

api_test!(what_an_app_did_is_told_every_app_as_its_own_doing, |app| async move {
    let world = app.world().await;
    let (first, second) = (Receiver::start().await, Receiver::start().await);
    let doer = make(&app, &world, "Doer", &first.url(), json!({})).await;
    let other = make(&app, &world, "Other", &second.url(), json!({})).await;
    send(&app, &world).await;
    put(&app, &mint(&app, &world, &doer).await, json!({ "status": "resolved" })).await;
    let running = start(&app);
    for (receiver, made) in [(&first, &doer), (&second, &other)] {
        let told = receiver.wait_for(2).await.pop().unwrap().json();
        let actor = json!({ "type": "application", "id": made["uuid"], "name": made["name"] });
        assert_eq!((&told["action"], &told["actor"]), (&json!("resolved"), &actor));
    }
    running.stop().await;
});

api_test!(an_installation_that_waits_hears_only_of_itself, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let more = json!({ "isInternal": false, "verifyInstall": true, "isAlertable": true,
        "events": ["issue", "comment", "error"] });
    make(&app, &world, "Ears", &receiver.url(), more).await;
    let made = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": "ears" }));
    let made = made.send().await.expect(200).json();
    let everybody = json!({ "conditions": [{ "id": rules::EVERY }], "frequency": 5 });
    rules::create(&app, &world, &rules::rule_with("All", everybody)).await;
    let running = start(&app);
    send(&app, &world).await;
    let comments = format!("{}comments/", issue(&app).await);
    let comment = app.post(&comments).bearer(&world.owner_token).json(&json!({ "text": "on it" }));
    comment.send().await.expect(201);
    put(&app, &world.owner_token, json!({ "status": "resolved" })).await;
    settled(&app).await;
    assert_eq!(rules::fired(&app).await, 1);
    let told = receiver.received();
    assert_eq!(told.iter().map(kind).collect::<Vec<_>>(), ["installation.created"]);
    assert_eq!(told[0].json()["data"]["installation"]["code"], made["code"]);

    let seen = app.get(format!("{APPS}ears/")).bearer(&world.owner_token).send().await.expect(200).json();
    let one = format!("/api/0/sentry-app-installations/{}/", text(&made["uuid"]));
    let code = json!({ "grant_type": "authorization_code", "code": made["code"], "client_id": seen["clientId"],
        "client_secret": seen["clientSecret"] });
    let token = app.post(format!("{one}authorizations/")).json(&code).send().await.expect(201).json();
    let confirm = app.put(&one).bearer(text(&token["token"])).json(&json!({ "status": "installed" }));
    confirm.send().await.expect(200);
    app.clock.advance(600);
    send(&app, &world).await;
    let told = receiver.wait_for(4).await;
    settled(&app).await;
    running.stop().await;
    assert_eq!(receiver.received().len(), 4);
    let mut kinds: Vec<_> = told[1..].iter().map(kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["error.created", "event_alert.triggered", "issue.unresolved"]);
});

api_test!(webhooks_go_where_the_app_wants_them_now, |app| async move {
    let world = app.world().await;
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    let made = make(&app, &world, "Ears", &old.url(), json!({})).await;
    send(&app, &world).await;
    let path = format!("{APPS}{}/", text(&made["slug"]));
    let change = json!({ "name": "Ears", "webhookUrl": new.url() });
    app.put(path).bearer(&world.owner_token).json(&change).send().await.expect(200);
    // Whatever the hook of the installation says.
    execute(&app, "UPDATE service_hook SET url = 'http://127.0.0.1:9/hook'").await;
    let running = start(&app);
    assert_eq!(kind(&new.wait_for(1).await[0]), "issue.created");
    running.stop().await;
    assert!(old.received().is_empty());
});

#[tokio::test]
async fn a_receiver_that_is_too_slow_is_in_the_log_without_a_status() {
    let app = TestApp::with_settings(|settings| settings.webhook_timeout_ms = 100).await;
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).after(Duration::from_secs(20))]);
    let made = make(&app, &world, "Ears", &receiver.url(), json!({})).await;
    let running = start(&app);
    send(&app, &world).await;
    let path = format!("{APPS}{}/requests/", text(&made["slug"]));
    let mut log = json!([]);
    for _ in 0..200 {
        log = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
        if log != json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    assert_eq!(log.as_array().unwrap().len(), 1);
    assert_eq!((&log[0]["responseCode"], &log[0]["responseBody"]), (&json!(0), &Value::Null));
    assert_eq!(log[0]["eventType"], "issue.created");
}

api_test!(an_issue_that_escalates_is_told, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    make(&app, &world, "Ears", &receiver.url(), json!({})).await;
    let running = start(&app);
    send(&app, &world).await;
    settled(&app).await;
    // The next events are all of one hour.
    app.clock.advance(7200 + 3600 - app.ctx.now().as_second().rem_euclid(3600));
    let archive = json!({ "status": "ignored", "substatus": "archived_until_escalating" });
    put(&app, &world.owner_token, archive).await;
    for _ in 0..11 {
        send(&app, &world).await;
    }
    let received = receiver.wait_for(3).await;
    running.stop().await;
    let kinds: Vec<_> = received.iter().map(kind).collect();
    assert_eq!(kinds, ["issue.created", "issue.ignored", "issue.unresolved"]);
    let told = received[2].json();
    assert_eq!(told["actor"], json!({ "type": "application", "id": "sentry", "name": "Sentry" }));
    assert_eq!(told["data"]["issue"]["substatus"], "escalating");
});

api_test!(an_app_that_knows_archiving_by_its_old_name_is_told_so, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Ears", &receiver.url(), json!({})).await;
    for table in ["sentry_app", "service_hook"] {
        let sql = format!("UPDATE {table} SET events = '[\"issue.created\",\"issue.archived\"]'");
        execute(&app, sql.leak()).await;
    }
    let running = start(&app);
    send(&app, &world).await;
    settled(&app).await;
    put(&app, &world.owner_token, json!({ "status": "ignored" })).await;
    put(&app, &world.owner_token, json!({ "status": "resolved" })).await;
    settled(&app).await;
    running.stop().await;
    let kinds: Vec<_> = receiver.received().iter().map(kind).collect();
    assert_eq!(kinds, ["issue.created", "issue.archived"], "the hook does not hear of the rest");
    // The log has no such name.
    let path = format!("{APPS}{}/requests/", text(&made["slug"]));
    let log = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let logged: Vec<_> = log.as_array().unwrap().iter().map(|it| it["eventType"].clone()).collect();
    assert_eq!(logged, ["issue.created"]);
});

api_test!(what_an_organization_does_without_its_apps_are_not_told, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    make(&app, &world, "Ears", &receiver.url(), json!({ "events": ["issue", "error"] })).await;
    let switch = async |on: bool| {
        let switches = ["integrations-event-hooks", "webhooks-unresolved"].map(|name| (name.to_owned(), on));
        mortise_service::features::switch_features(&app.ctx, "acme", &switches).await.unwrap();
    };
    switch(false).await;
    let running = start(&app);
    let mut told = 0;
    for (on, expected) in [
        (false, vec!["issue.created", "issue.resolved"]),
        (true, vec!["error.created", "issue.resolved", "issue.unresolved"]),
    ] {
        switch(on).await;
        send(&app, &world).await;
        for status in ["resolved", "unresolved"] {
            put(&app, &world.owner_token, json!({ "status": status })).await;
        }
        settled(&app).await;
        let received = receiver.received();
        let mut kinds: Vec<_> = received[told..].iter().map(kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected);
        told = received.len();
    }
    running.stop().await;
});

/// With a component for alert rules; what is added to the body of an app.
fn with_form() -> Value {
    let settings = json!({ "type": "alert-rule-settings", "uri": "/alert",
        "required_fields": [{ "type": "text", "name": "prio", "label": "P" }] });
    json!({ "isAlertable": true, "schema": { "elements": [
        { "type": "alert-rule-action", "title": "Open a ticket", "settings": settings }] } })
}

api_test!(analytics_learn_which_webhooks_arrived, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Ears", &receiver.url(), with_form()).await;
    let installed = app.get(INSTALLED).bearer(&world.owner_token).send().await.expect(200).json();
    let action = json!({ "id": "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction",
        "hasSchemaFormConfig": true, "sentryAppInstallationUuid": installed[0]["uuid"],
        "settings": [{ "name": "prio", "value": "hi" }] });
    let body = json!({ "conditions": [{ "id": rules::EVERY }], "actions": [action] });
    rules::create(&app, &world, &rules::rule_with("All", body)).await;
    app.analytics.take();
    let running = start(&app);
    send(&app, &world).await;
    let comments = format!("{}comments/", issue(&app).await);
    let note = app.post(&comments).bearer(&world.owner_token).json(&json!({ "text": "on it" }));
    let note = note.send().await.expect(201).json();
    settled(&app).await;
    running.stop().await;
    let mut told = app.analytics.take();
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    let group = count(&app, "SELECT id FROM issue").await;
    let installation = count(&app, "SELECT id FROM sentry_app_installation").await;
    let expected = [
        (
            "alert_rule_ui_component_webhook.sent",
            json!({ "organization_id": world.org.get(), "sentry_app_id": installed[0]["app"]["sentryAppId"],
                "event": "event_alert.triggered" }),
        ),
        (
            "comment.created",
            json!({ "user_id": world.owner.get(), "group_id": group, "project_slug": "web",
                "installation_id": installation, "comment_id": text(&note["id"]).parse::<i64>().unwrap() }),
        ),
        (
            "sentry_app.issue.created",
            json!({ "user_id": null, "group_id": group, "installation_id": installation }),
        ),
    ];
    assert_eq!(told, expected.map(|(name, fields)| (name.to_owned(), fields)));
    assert_eq!(made["name"], "Ears");
});

/// Fails on a key with a capital, wherever it is.
fn assert_snake_case(value: &Value) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                assert!(!key.contains(|letter: char| letter.is_ascii_uppercase()), "{key}");
                assert_snake_case(field);
            }
        }
        Value::Array(items) => items.iter().for_each(assert_snake_case),
        _ => {}
    }
}

api_test!(metric_alerts_are_told_in_snake_case_with_whole_numbers, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    make(&app, &world, "Ears", &receiver.url(), json!({ "isAlertable": true })).await;
    let id = count(&app, "SELECT id FROM sentry_app").await;
    let trigger = |label: &str, threshold: i64| {
        let action = json!({ "type": "sentry_app", "targetType": "sentry_app", "targetIdentifier": id,
            "sentryAppId": id });
        json!({ "label": label, "alertThreshold": threshold, "actions": [action] })
    };
    let rule = json!({
        "name": "Too many errors", "aggregate": "count()", "query": "", "dataset": "events", "timeWindow": 10,
        "thresholdType": 0, "projects": ["web"], "triggers": [trigger("critical", 3), trigger("warning", 1)],
    });
    let path = "/api/0/organizations/acme/alert-rules/";
    app.post(path).bearer(&world.owner_token).json(&rule).send().await.expect(201);
    execute(&app, "UPDATE sentry_app SET events = '[]'").await;
    let running = start(&app);
    for (events, expected) in [(2, "warning"), (2, "critical"), (0, "resolved")] {
        for _ in 0..events {
            send(&app, &world).await;
        }
        app.clock.advance(if events == 0 { 700 } else { 1 });
        metric_rules::evaluate(&app.ctx).await.unwrap();
        settled(&app).await;
        let told = receiver.received().pop().unwrap();
        assert_eq!(kind(&told), format!("metric_alert.{expected}"));
        let body = told.json();
        assert_snake_case(&body);
        let alert = &body["data"]["metric_alert"]["alert_rule"];
        assert_eq!(
            (alert["time_window"].to_string(), alert["resolution"].to_string()),
            ("10".into(), "1".into())
        );
        assert_eq!(alert["triggers"][0]["alert_threshold"].to_string(), "3");
        assert_eq!(body.to_string().as_bytes(), told.body);
        let keys: Vec<_> = body["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["metric_alert", "description_text", "description_title", "web_url"]);
    }
    running.stop().await;
});
