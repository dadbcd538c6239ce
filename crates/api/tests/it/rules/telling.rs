//! What apps are told when rules fire, and what they are asked when rules are saved.

use std::time::Duration;

use mortise_service::delivery::{self, Options, Running};
use mortise_testkit::{Received, Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{EVERY, NOTIFY, RULES, create, path_of, refusal, rule_with, send, settled};

pub const SERVICE: &str = "sentry.rules.actions.notify_event_service.NotifyEventServiceAction";
const COMPONENT: &str = "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction";
const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

fn start(app: &TestApp) -> Running {
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new())
}

/// An internal app of the organization.
pub struct Made {
    pub id: i64,
    pub slug: String,
    pub installation: String,
}

pub async fn make(app: &TestApp, world: &World, name: &str, url: &str, more: Value) -> Made {
    let mut body = json!({
        "organization": "acme", "name": name, "isInternal": true, "isAlertable": true, "scopes": ["event:read"],
        "events": [], "webhookUrl": url, "verifyInstall": false,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await;
    let slug = made.expect(201).json()["slug"].as_str().unwrap().to_owned();
    let all = app.get(INSTALLED).bearer(&world.owner_token).send().await.expect(200).json();
    let own = all.as_array().unwrap().iter().find(|it| it["app"]["slug"] == slug).unwrap();
    let query = mortise_store::Query::new("SELECT id FROM sentry_app WHERE slug = $1").bind(&slug);
    let id = app.ctx.store.read().await.unwrap().one::<i64>(query).await.unwrap();
    Made { id, slug, installation: own["uuid"].as_str().unwrap().to_owned() }
}

/// With a component for alert rules: a required text, a select with options and one whose options the app knows.
pub fn component() -> Value {
    let fields = json!([
        {"type": "text", "name": "title", "label": "Title"},
        {"type": "select", "name": "prio", "label": "Priority", "options": [["hi", "High"], ["lo", "Low"]]},
    ]);
    let optional = json!([{"type": "select", "name": "board", "label": "Board", "uri": "/boards"}]);
    json!({"schema": {"elements": [{
        "type": "alert-rule-action", "title": "Open a ticket",
        "settings": {"type": "alert-rule-settings", "uri": "/alert", "required_fields": fields, "optional_fields": optional},
    }]}})
}

pub fn action(made: &Made, settings: Value) -> Value {
    let mut action =
        json!({"id": COMPONENT, "sentryAppInstallationUuid": made.installation, "hasSchemaFormConfig": true});
    action["settings"] = settings;
    action
}

pub fn settings() -> Value {
    json!([{"name": "title", "value": "Boom"}, {"name": "prio", "value": "hi", "label": "Priority"}])
}

pub fn every(actions: Value) -> Value {
    let mut rule = rule_with("New errors", json!({"conditions": [{"id": EVERY}]}));
    rule["actions"] = actions;
    rule
}

api_test!(alertable_apps_are_told_of_a_rule_that_fired, |app| async move {
    let world = app.world().await;
    let (told, other) = (Receiver::start().await, Receiver::start().await);
    let made = make(&app, &world, "Pager", &told.url(), json!({})).await;
    make(&app, &world, "Quiet", &other.url(), json!({"isAlertable": false})).await;
    let both = json!([{"id": NOTIFY}, {"id": SERVICE, "service": made.slug}]);
    create(&app, &world, &every(both)).await;
    let running = start(&app);
    let id = "a".repeat(32);
    let event = json!({"event_id": id, "environment": "prod", "tags": {"a": "b"}});
    send(&app, &world, &event).await;
    let received = told.wait_for(1).await;
    let body = received[0].json();
    assert_eq!(received[0].header("sentry-hook-resource"), "event_alert");
    assert_eq!(body["action"], "triggered");
    assert_eq!(body["installation"], json!({"uuid": made.installation}));
    assert_eq!(body["actor"], json!({"type": "application", "id": "sentry", "name": "Sentry"}));
    let data = body["data"].as_object().unwrap();
    assert_eq!(data.keys().collect::<Vec<_>>(), ["event", "triggered_rule"]);
    assert_eq!(data["triggered_rule"], "New errors");
    let told_event = &data["event"];
    let head: Vec<&str> = told_event.as_object().unwrap().keys().map(String::as_str).take(8).collect();
    assert_eq!(head, ["event_id", "project", "release", "dist", "platform", "message", "datetime", "tags"]);
    let issue = told_event["issue_id"].as_str().unwrap();
    let site = "http://m.test:8000";
    for (key, value) in [
        ("event_id", json!(id)),
        ("project", json!(world.project.get())),
        ("environment", json!("prod")),
        ("url", json!(format!("{site}/api/0/projects/acme/web/events/{id}/"))),
        ("web_url", json!(format!("{site}/organizations/acme/issues/{issue}/events/{id}/"))),
        ("issue_url", json!(format!("{site}/api/0/issues/{issue}/"))),
    ] {
        assert_eq!(told_event[key], value, "{key}");
    }
    settled(&app).await;
    running.stop().await;
    // Twice in the rule, told once; who is not alertable hears nothing.
    assert_eq!((told.received().len(), other.received().len()), (1, 0));
});

api_test!(an_app_that_was_uninstalled_or_is_elsewhere_hears_nothing, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Pager", &receiver.url(), json!({})).await;
    let rule = create(&app, &world, &every(json!([{"id": SERVICE, "service": made.slug}]))).await;
    let foreign = json!({
        "organization": "globex", "name": "Spy", "isInternal": true, "isAlertable": true, "scopes": ["event:read"],
        "webhookUrl": receiver.url(), "verifyInstall": false,
    });
    app.post("/api/0/sentry-apps/").bearer(&world.stranger_token).json(&foreign).send().await.expect(201);
    let everybody = every(json!([{"id": SERVICE, "service": made.slug}, {"id": NOTIFY}]));
    app.put(path_of(&rule)).bearer(&world.owner_token).json(&everybody).send().await.expect(200);
    super::execute(
        &app,
        "UPDATE sentry_app_installation SET date_deleted = 1 WHERE organization_id = \
        (SELECT id FROM organization WHERE slug = 'acme')",
    )
    .await;
    let running = start(&app);
    send(&app, &world, &json!({})).await;
    assert_eq!(super::fired(&app).await, 1);
    settled(&app).await;
    running.stop().await;
    assert_eq!(receiver.received().len(), 0);
});

api_test!(an_app_that_was_switched_off_is_still_told, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Pager", &receiver.url(), json!({})).await;
    create(&app, &world, &every(json!([{"id": SERVICE, "service": made.slug}]))).await;
    super::execute(&app, "UPDATE sentry_app SET is_disabled = TRUE, events = '[]'").await;
    let running = start(&app);
    send(&app, &world, &json!({})).await;
    receiver.wait_for(1).await;
    running.stop().await;
});

api_test!(a_component_is_told_its_settings, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Board", &receiver.url(), component()).await;
    let rule = create(&app, &world, &every(json!([action(&made, settings()), {"id": NOTIFY}]))).await;
    let asked: Vec<Received> = receiver.received();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].path.as_str(), asked[0].header("sentry-hook-resource")), ("/alert", ""));
    assert!(!asked[0].header("sentry-app-signature").is_empty());
    assert_eq!(asked[0].json(), json!({"fields": settings(), "installationId": made.installation}));
    let running = start(&app);
    send(&app, &world, &json!({})).await;
    let told = receiver.wait_for(2).await[1].json();
    let id: i64 = rule["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        told["data"]["issue_alert"].to_string(),
        json!({
            "id": id, "title": "New errors", "sentry_app_id": made.id,
            "settings": [{"name": "title", "value": "Boom"}, {"name": "prio", "value": "hi"}],
        })
        .to_string()
    );
    settled(&app).await;
    running.stop().await;
    assert_eq!(receiver.received().len(), 2);
});

api_test!(an_app_may_refuse_its_settings, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Board", &receiver.url(), component()).await;
    let body = every(json!([action(&made, settings())]));
    for (reply, text) in [
        (Reply::status(400).body(json!({"message": "No such board"}).to_string()), "Board: No such board"),
        (Reply::status(500), "Board: Something went wrong!"),
    ] {
        receiver.reply([reply]);
        assert_eq!(refusal(&app, &world, &body).await, json!({"actions": [text]}));
        let list = app.get(RULES).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(list, json!([]));
    }
    receiver.reply([Reply::status(200)]);
    let rule = create(&app, &world, &body).await;
    receiver.reply([Reply::status(400)]);
    let change = rule_with("Other", json!({"actions": [action(&made, settings())]}));
    let said =
        app.put(path_of(&rule)).bearer(&world.owner_token).json(&change).send().await.expect(400).json();
    assert_eq!(said, json!({"actions": ["Board: Something went wrong!"]}));
    let list = app.get(RULES).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(list[0]["name"], "New errors");
});

api_test!(settings_are_held_against_the_component, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Board", &receiver.url(), component()).await;
    let plain = make(&app, &world, "Plain", &receiver.url(), json!({})).await;
    let title = json!({"name": "title", "value": "Boom"});
    let prio = |value: &str| json!({"name": "prio", "value": value});
    let unknown = json!({"id": COMPONENT, "sentryAppInstallationUuid": "x", "hasSchemaFormConfig": true});
    for (action, text) in [
        (
            json!({"id": COMPONENT, "hasSchemaFormConfig": false}),
            "Please configure your integration settings.",
        ),
        (
            json!({"id": COMPONENT, "hasSchemaFormConfig": true, "sentryAppInstallationUuid": ""}),
            "Missing attribute 'sentryAppInstallationUuid'",
        ),
        (unknown, "Could not identify integration from the installation uuid."),
        (action(&plain, json!([title])), "Alert Rule Actions are not enabled for the Plain integration."),
        (action(&made, json!([])), "Board requires settings to configure alert rules."),
        (action(&made, json!([title])), "Board is missing required settings field: 'prio'"),
        (action(&made, json!([title, prio("")])), "Board is missing required settings field: 'prio'"),
        (
            action(&made, json!([title, prio("mid")])),
            "Board received mid for Priority setting. Allowed values are hi, lo'",
        ),
        (
            action(&made, json!([title, prio("hi"), {"name": "x", "value": 1}, {"name": "y", "value": 2}])),
            "Unexpected setting(s) 'x, y' configured for Board",
        ),
    ] {
        assert_eq!(refusal(&app, &world, &every(json!([action]))).await, json!({"actions": [text]}));
    }
    assert_eq!(receiver.received().len(), 0);
    // A component takes the place of the service.
    let service = json!([{"id": SERVICE, "service": made.slug}]);
    let text = format!("Select a valid choice. {} is not one of the available choices.", made.slug);
    assert_eq!(refusal(&app, &world, &every(service)).await, json!({"actions": [text]}));
});

api_test!(a_rule_is_read_with_the_choices_of_its_apps, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Board", &receiver.url(), component()).await;
    let rule = create(&app, &world, &every(json!([action(&made, settings())]))).await;
    assert_eq!(rule["actions"][0]["name"], "Open a ticket");
    assert_eq!(rule["actions"][0].get("formFields"), None);
    receiver.reply([Reply::json(&json!([{"label": "Backlog", "value": "b"}]))]);
    let get = || app.get(path_of(&rule)).bearer(&world.owner_token).send();
    let seen = get().await.expect(200).json();
    let fields = &seen["actions"][0]["formFields"];
    assert_eq!(fields["required_fields"][1]["choices"], json!([["hi", "High"], ["lo", "Low"]]));
    assert_eq!(fields["optional_fields"][0]["choices"], json!([["b", "Backlog"]]));
    assert_eq!(seen.get("errors"), None);
    assert!(receiver.received().last().unwrap().path.contains("projectSlug=web"));
    let found = app.get(format!("{RULES}configuration/")).bearer(&world.owner_token).send().await.expect(200);
    let found = found.json();
    let offered =
        found["actions"].as_array().unwrap().iter().find(|it| it["actionType"] == "sentryapp").unwrap();
    let expected = json!({
        "id": COMPONENT, "enabled": true, "actionType": "sentryapp", "service": made.slug,
        "sentryAppInstallationUuid": made.installation, "prompt": "Board", "label": "Open a ticket with these ",
        "formFields": fields,
    });
    assert_eq!(offered.to_string(), expected.to_string());
    receiver.reply([Reply::status(500)]);
    let seen = get().await.expect(200).json();
    assert_eq!(seen["errors"], json!([{"detail": "Could not fetch details from Board"}]));
    assert_eq!((&seen["actions"][0]["disabled"], seen["actions"][0].get("formFields")), (&json!(true), None));
    let found = app.get(format!("{RULES}configuration/")).bearer(&world.owner_token).send().await.expect(200);
    let found = found.json();
    assert!(!found["actions"].as_array().unwrap().iter().any(|it| it["actionType"] == "sentryapp"));
    super::execute(&app, "UPDATE sentry_app_installation SET date_deleted = 1").await;
    let seen = get().await.expect(200).json();
    assert_eq!((&seen["actions"], seen["errors"].as_array().unwrap().len()), (&json!([]), 1));
});

api_test!(a_select_that_depends_on_settings_is_asked_for_with_them, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let mut with = component();
    let select = |name: &str, depends_on: Value| {
        json!({"type": "select", "name": name, "label": "S", "uri": "/dependent",
        "depends_on": depends_on})
    };
    with["schema"]["elements"][0]["settings"]["optional_fields"] =
        json!([select("known", json!(["title", "prio"])), select("open", json!(["title", "board"]))]);
    let made = make(&app, &world, "Board", &receiver.url(), with).await;
    let rule = create(&app, &world, &every(json!([action(&made, settings())]))).await;
    let before = receiver.received().len();
    receiver.reply([Reply::json(&json!([{"label": "Late", "value": 1}]))]);
    let seen = app.get(path_of(&rule)).bearer(&world.owner_token).send().await.expect(200).json();
    let fields = &seen["actions"][0]["formFields"]["optional_fields"];
    assert_eq!((&fields[0]["choices"], &fields[1]["choices"]), (&json!([[1, "Late"]]), &json!([])));
    let asked = &receiver.received()[before..];
    assert_eq!(asked.len(), 1, "what is not known yet is not asked for");
    let data = "dependentData=%7B%22title%22%3A%22Boom%22%2C%22prio%22%3A%22hi%22%7D";
    assert!(asked[0].path.ends_with(data), "{}", asked[0].path);
});

api_test!(actions_are_tried_out_with_a_sample, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = make(&app, &world, "Board", &receiver.url(), component()).await;
    let running = start(&app);
    let paths = ["/api/0/projects/acme/web/rule-actions/", "/api/0/projects/acme/web/rules/actions/"];
    for (index, path) in paths.iter().enumerate() {
        let none = app.post(*path).bearer(&world.owner_token).json(&json!({"actions": []})).send().await;
        assert_eq!(none.expect(400).json(), json!(["No actions to perform."]));
        let body = json!({"name": "Trial", "actions": [action(&made, settings())]});
        let tried = app.post(*path).bearer(&world.owner_token).json(&body).send().await.expect(200);
        assert_eq!(tried.text(), "");
        let received = receiver.wait_for(index + 1).await;
        let data = received[index].json()["data"].clone();
        assert_eq!(data["triggered_rule"], "Trial");
        assert_eq!(
            (&data["issue_alert"]["id"], &data["issue_alert"]["title"]),
            (&json!(-1), &json!("Trial"))
        );
        assert_eq!(data["event"]["platform"], "python");
        let tags = data["event"]["tags"].as_array().unwrap();
        assert!(tags.contains(&json!(["sample_event", "yes"])), "{tags:?}");
    }
    let bad = json!({"actions": [{"id": "x"}]});
    let said = app.post(paths[0]).bearer(&world.owner_token).json(&bad).send().await.expect(400).json();
    assert_eq!(said, json!({"actions": ["Invalid node. Could not find 'x'"]}));
    app.post(paths[0]).bearer(&world.stranger_token).json(&bad).send().await.expect(403);
    running.stop().await;
});
