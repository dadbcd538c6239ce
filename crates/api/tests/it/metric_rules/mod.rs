//! Metric alert rules, their incidents and what apps are told of them.

use std::time::Duration;

use mortise_service::{
    delivery::{self, Options},
    metric_rules,
};
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::ingest;

mod listing;
mod mailing;
mod places;

const RULES: &str = "/api/0/organizations/acme/alert-rules/";
const INCIDENTS: &str = "/api/0/organizations/acme/incidents/";

fn trigger(label: &str, threshold: i64, actions: Value) -> Value {
    let mut trigger = json!({"label": label, "alertThreshold": threshold});
    trigger["actions"] = actions;
    trigger
}

pub fn rule(mut more: Value) -> Value {
    let mut rule = json!({
        "name": "Too many errors", "aggregate": "count()", "query": "level:error", "dataset": "events",
        "timeWindow": 10, "thresholdType": 0, "projects": ["web"], "triggers": [trigger("critical", 3, json!([]))],
    });
    rule.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    rule
}

pub async fn create(app: &TestApp, world: &World, rule: &Value) -> Value {
    app.post(RULES).bearer(&world.owner_token).json(rule).send().await.expect(201).json()
}

async fn send(app: &TestApp, world: &World, count: usize, more: &Value) {
    for _ in 0..count {
        let mut event = json!({"message": "it broke", "level": "error", "platform": "python"});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ingest::to_store(app, world).body(event.to_string()).send().await.expect(200);
    }
    app.clock.advance(1);
}

/// Looks at all rules; how many incidents changed.
async fn look(app: &TestApp) -> u64 {
    metric_rules::evaluate(&app.ctx).await.unwrap()
}

/// The states of all incidents, newest first.
async fn states(app: &TestApp, world: &World) -> Vec<i64> {
    let list = app.get(INCIDENTS).bearer(&world.owner_token).send().await.expect(200).json();
    list.as_array().unwrap().iter().map(|it| it["status"].as_i64().unwrap()).collect()
}

/// An alertable app with a component for rules; its id and installation.
async fn make_app(app: &TestApp, world: &World, url: &str) -> (i64, String) {
    let schema = json!({"elements": [{"type": "alert-rule-action", "title": "Open a ticket", "settings":
        {"type": "alert-rule-settings", "uri": "/alert",
            "required_fields": [{"type": "text", "name": "prio", "label": "P"}]}}]});
    let body = json!({
        "organization": "acme", "name": "Board", "isInternal": true, "isAlertable": true, "scopes": ["event:read"],
        "events": [], "webhookUrl": url, "verifyInstall": false, "schema": schema,
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let all = app.get("/api/0/organizations/acme/sentry-app-installations/").bearer(&world.owner_token);
    let uuid = all.send().await.expect(200).json()[0]["uuid"].as_str().unwrap().to_owned();
    (ingest::count(app, "SELECT MAX(id) FROM sentry_app").await, uuid)
}

api_test!(a_rule_is_shown_as_it_was_made, |app| async move {
    let world = app.world().await;
    let email = json!([{"type": "email", "targetType": "team", "targetIdentifier": world.team.get()}]);
    let body = rule(json!({"owner": format!("team:{}", world.team), "resolveThreshold": 1,
        "triggers": [trigger("critical", 10, email), trigger("warning", 5, json!([]))]}));
    let made = create(&app, &world, &body).await;
    let keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "name",
            "organizationId",
            "status",
            "queryType",
            "dataset",
            "query",
            "aggregate",
            "thresholdType",
            "resolveThreshold",
            "timeWindow",
            "environment",
            "resolution",
            "thresholdPeriod",
            "triggers",
            "projects",
            "includeAllProjects",
            "owner",
            "originalAlertRuleId",
            "comparisonDelta",
            "dateModified",
            "dateCreated",
            "createdBy",
            "monitorType",
            "activationCondition",
            "activations",
            "description",
            "snooze",
        ]
    );
    assert_eq!((&made["projects"], &made["status"]), (&json!(["web"]), &json!(0)));
    let critical = &made["triggers"][0];
    assert_eq!(critical["label"], "critical");
    assert_eq!(made["triggers"][1]["label"], "warning");
    let action = &critical["actions"][0];
    assert_eq!(
        action.to_string(),
        json!({
            "id": action["id"], "alertRuleTriggerId": critical["id"], "type": "email", "targetType": "team",
            "targetIdentifier": world.team.to_string(), "inputChannelId": null, "integrationId": null, "sentryAppId": null,
            "dateCreated": action["dateCreated"], "desc": "Send an email to members of #core", "priority": null,
        })
        .to_string()
    );
    let path = format!("{RULES}{}/", made["id"].as_str().unwrap());
    let seen = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen, made);
    let list = app.get(RULES).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(list, json!([made]));
    let of_project = format!("/api/0/projects/acme/web/alert-rules/{}/", made["id"].as_str().unwrap());
    assert_eq!(app.get(&of_project).bearer(&world.owner_token).send().await.expect(200).json(), made);
    // Thresholds keep their ids, and so do actions that are named.
    let change = rule(json!({"name": "Other", "triggers": [trigger("critical", 20, json!([
        {"id": action["id"], "type": "email", "targetType": "user", "targetIdentifier": 1}]))]}));
    let changed = app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(200).json();
    assert_eq!((&changed["name"], changed["triggers"].as_array().unwrap().len()), (&json!("Other"), 1));
    assert_eq!(changed["triggers"][0]["id"], critical["id"]);
    assert_eq!(changed["triggers"][0]["actions"][0]["id"], action["id"]);
    // What it counts stays where nothing is said of that; what it looks for has to be said.
    let mut change = change;
    change.as_object_mut().unwrap().remove("projects");
    let changed = app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(200).json();
    assert_eq!((&changed["name"], &changed["projects"]), (&json!("Other"), &json!(["web"])));
    change.as_object_mut().unwrap().remove("query");
    let refused = app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(400).json();
    assert_eq!(refused, json!({"query": ["This field is required."]}));
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    app.get(&path).bearer(&world.owner_token).send().await.expect(404);
    let log = app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await;
    let log = log.expect(200).json();
    let notes: Vec<&str> =
        log["rows"].as_array().unwrap().iter().map(|row| row["note"].as_str().unwrap()).take(4).collect();
    assert_eq!(
        notes,
        [
            "removed metric alert rule \"Other\"",
            "edited metric alert rule \"Other\"",
            "edited metric alert rule \"Other\"",
            "added metric alert rule \"Too many errors\"",
        ]
    );
});

api_test!(what_is_wrong_with_a_rule_is_said, |app| async move {
    let world = app.world().await;
    let required = ["This field is required."];
    let said = app.post(RULES).bearer(&world.owner_token).json(&json!({})).send().await.expect(400).json();
    for field in ["name", "query", "aggregate", "timeWindow", "thresholdType", "projects", "triggers"] {
        assert_eq!(said[field], json!(required), "{field}");
    }
    let non_field = |text: &str| json!({"nonFieldErrors": [text]});
    let acting = |action: Value| json!({"triggers": [trigger("critical", 1, json!([action]))]});
    let told = |provider: &str, priority: &str| json!({"type": provider, "targetType": "specific", "targetIdentifier": "1", "priority": priority});
    let (critical, warning) = (|n| trigger("critical", n, json!([])), |n| trigger("warning", n, json!([])));
    for (more, expected) in [
        (json!({"triggers": []}), non_field("Must include at least one trigger")),
        (json!({"triggers": [warning(1)]}), non_field("Trigger 1 must be labeled \"critical\"")),
        (json!({"triggers": [critical(2), critical(1)]}), non_field("Trigger 2 must be labeled \"warning\"")),
        (
            json!({"triggers": [critical(3), warning(2), warning(1)]}),
            non_field("Must send 1 or 2 triggers - A critical trigger, and an optional warning trigger"),
        ),
        (
            json!({"triggers": [critical(3), warning(4)]}),
            non_field("Critical trigger must have an alert threshold above warning trigger"),
        ),
        (
            json!({"thresholdType": 1, "triggers": [critical(4), warning(3)]}),
            non_field("Critical trigger must have an alert threshold below warning trigger"),
        ),
        (
            json!({"resolveThreshold": 5}),
            non_field("critical alert threshold must be above resolution threshold"),
        ),
        (
            json!({"thresholdType": 2}),
            json!({"thresholdType": ["Invalid threshold type, valid values are [0, 1]"]}),
        ),
        (
            json!({"timeWindow": 1441}),
            json!({"timeWindow": ["Ensure this value is less than or equal to 1440."]}),
        ),
        (json!({"projects": ["moon"]}), json!({"projects": ["Invalid project"]})),
        (json!({"environment": "moon"}), json!({"environment": ["This environment has not been created."]})),
        (
            acting(json!({"type": "fax", "targetType": "user", "targetIdentifier": "1"})),
            json!({"type": ["Invalid type, valid values are ['email', 'slack', 'msteams', 'discord', \
                'pagerduty', 'opsgenie', 'sentry_app']"]}),
        ),
        (
            acting(json!({"type": "email", "targetType": "fax", "targetIdentifier": "1"})),
            json!({"targetType": ["Invalid targetType, valid values are [user, team, specific, sentry_app]"]}),
        ),
        (
            acting(json!({"type": "email", "targetType": "specific", "targetIdentifier": "1"})),
            json!({"targetType": ["Invalid target type for email. Valid types are [user,team]"]}),
        ),
        (
            acting(json!({"type": "slack", "targetType": "specific", "targetIdentifier": "#a"})),
            json!({"integration": ["Integration must be provided for slack"]}),
        ),
        (
            acting(json!({"type": "email", "targetType": "user", "targetIdentifier": world.stranger.get()})),
            non_field("User does not belong to this organization"),
        ),
        (
            acting(json!({"type": "email", "targetType": "user", "targetIdentifier": "x"})),
            non_field("User does not belong to this organization"),
        ),
        (
            acting(json!({"type": "email", "targetType": "team", "targetIdentifier": 999})),
            non_field("Team does not exist"),
        ),
        (acting(json!({})), json!({"type": required, "targetType": required, "targetIdentifier": required})),
        (acting(told("msteams", "P1")), json!({"priority": ["Can only be set for Pagerduty or Opsgenie"]})),
        (
            acting(told("pagerduty", "P1")),
            json!({"priority": ["Allowed priorities for Pagerduty are {'critical', 'error', 'info', 'warning'}"]}),
        ),
        (
            acting(told("opsgenie", "critical")),
            json!({"priority": ["Allowed priorities for Opsgenie are {'P1', 'P2', 'P3', 'P4', 'P5'}"]}),
        ),
        (
            json!({"thresholdType": 1, "resolveThreshold": 1}),
            non_field("critical alert threshold must be below resolution threshold"),
        ),
        (
            json!({"resolveThreshold": 0.5, "triggers": [{"label": "critical", "alertThreshold": 0.5, "actions": []}]}),
            non_field("critical alert threshold must be above resolution threshold"),
        ),
    ] {
        let said =
            app.post(RULES).bearer(&world.owner_token).json(&rule(more)).send().await.expect(400).json();
        assert_eq!(said, expected);
    }
    let said = app.post(RULES).bearer(&world.owner_token).json(&rule(json!({"dataset": "x"}))).send().await;
    assert!(
        said.expect(400).json()["dataset"][0]
            .as_str()
            .unwrap()
            .starts_with("Invalid dataset, valid values are ['")
    );
    // More than three is an alert, less than four is none: no number is both.
    create(&app, &world, &rule(json!({"resolveThreshold": 4}))).await;
    app.post(RULES).bearer(&world.stranger_token).json(&rule(json!({}))).send().await.expect(403);
});

api_test!(a_count_goes_over_a_threshold_and_back, |app| async move {
    let world = app.world().await;
    let triggers = json!([trigger("critical", 4, json!([])), trigger("warning", 2, json!([]))]);
    create(&app, &world, &rule(json!({"triggers": triggers}))).await;
    send(&app, &world, 2, &json!({})).await;
    // Neither exactly the threshold nor what does not fit the query is beyond it.
    send(&app, &world, 3, &json!({"level": "info"})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (0, vec![]));
    send(&app, &world, 1, &json!({})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![10]));
    assert_eq!(look(&app).await, 0);
    send(&app, &world, 2, &json!({})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![20]));
    app.clock.advance(601);
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![2]));
    assert_eq!(look(&app).await, 0);
    send(&app, &world, 5, &json!({})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![20, 2]));
    let open =
        app.get(format!("{INCIDENTS}?status=open")).bearer(&world.owner_token).send().await.expect(200);
    let open = open.json();
    assert_eq!((open.as_array().unwrap().len(), &open[0]["identifier"]), (1, &json!("2")));
    assert_eq!(open[0]["alertRule"]["name"], "Too many errors");
    let one = format!("{INCIDENTS}2/");
    let put = |status: i64| app.put(&one).bearer(&world.owner_token).json(&json!({"status": status})).send();
    assert_eq!(put(1).await.expect(400).json(), "Status cannot be changed.");
    let unknown = "Invalid value for status. Valid values: [1, 2, 10, 20]";
    assert_eq!(put(3).await.expect(400).json(), json!({"status": [unknown]}));
    let closed = put(2).await.expect(200).json();
    assert!(closed["status"] == 2 && closed["dateClosed"].is_string());
    for path in ["9/", "x/"] {
        app.get(format!("{INCIDENTS}{path}")).bearer(&world.owner_token).send().await.expect(404);
    }
});

api_test!(counts_can_be_of_users_below_and_for_some_time, |app| async move {
    let world = app.world().await;
    let users = json!({"name": "users", "aggregate": "count_unique(user)", "query": "",
        "triggers": [trigger("critical", 1, json!([]))]});
    create(&app, &world, &rule(users)).await;
    for user in ["a", "a", "a"] {
        send(&app, &world, 1, &json!({"user": {"id": user}})).await;
    }
    assert_eq!(look(&app).await, 0);
    send(&app, &world, 1, &json!({"user": {"id": "b"}})).await;
    assert_eq!((look(&app).await, states(&app, &world).await), (1, vec![20]));
    let below = json!({"name": "below", "thresholdType": 1, "timeWindow": 1, "thresholdPeriod": 3,
        "triggers": [trigger("critical", 1, json!([]))]});
    create(&app, &world, &rule(below)).await;
    // In one of the last three minutes there was something.
    app.clock.advance(61);
    assert_eq!(look(&app).await, 0);
    app.clock.advance(121);
    assert_eq!(look(&app).await, 1);
});

api_test!(what_cannot_be_counted_is_kept_and_never_fires, |app| async move {
    let world = app.world().await;
    send(&app, &world, 9, &json!({})).await;
    for more in [
        json!({"aggregate": "p95(transaction.duration)"}),
        json!({"dataset": "sessions"}),
        json!({"comparisonDelta": 60}),
        json!({"query": "(("}),
    ] {
        create(&app, &world, &rule(more)).await;
    }
    assert_eq!(look(&app).await, 0);
});

api_test!(apps_are_told_of_critical_and_resolved, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let (id, uuid) = make_app(&app, &world, &receiver.url()).await;
    let settings = json!([{"name": "prio", "value": "hi"}]);
    let action = json!({"type": "sentry_app", "targetType": "sentry_app", "targetIdentifier": id, "sentryAppId": id,
        "settings": settings, "sentryAppInstallationUuid": uuid});
    let body = rule(json!({"triggers": [trigger("critical", 3, json!([action]))]}));
    receiver.reply([Reply::status(400).body(json!({"message": "No"}).to_string())]);
    let said = app.post(RULES).bearer(&world.owner_token).json(&body).send().await.expect(400).json();
    assert_eq!(said, json!({"sentry_app": "Board: No"}));
    receiver.reply([Reply::status(200)]);
    let made = create(&app, &world, &body).await;
    let path = format!("{RULES}{}/", made["id"].as_str().unwrap());
    receiver.reply([Reply::status(500)]);
    let said = app.put(path).bearer(&world.owner_token).json(&body).send().await.expect(400).json();
    assert_eq!(said, json!({"sentry_app": "Board: Something went wrong!"}));
    receiver.reply([Reply::status(200)]);
    assert_eq!(
        receiver.received().last().unwrap().json(),
        json!({"fields": settings, "installationId": uuid})
    );
    assert_eq!(made["triggers"][0]["actions"][0]["desc"], "Send a notification via Board");
    assert_eq!(made["triggers"][0]["actions"][0]["settings"], settings);
    let before = receiver.received().len();
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    let running =
        delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new());
    send(&app, &world, 4, &json!({})).await;
    look(&app).await;
    let received = receiver.wait_for(before + 1).await;
    let told = &received[before];
    assert_eq!(told.header("sentry-hook-resource"), "metric_alert");
    let body = told.json();
    assert_eq!((&body["action"], &body["actor"]["id"]), (&json!("critical"), &json!("sentry")));
    let data = &body["data"];
    assert_eq!(data["description_text"], "4 events in the last 10 minutes");
    assert_eq!(data["description_title"], "Critical: Too many errors");
    let rule_id = made["id"].as_str().unwrap();
    let page = format!("http://m.test:8000/organizations/acme/alerts/rules/details/{rule_id}/?alert=1&");
    assert!(data["web_url"].as_str().unwrap().starts_with(&page));
    let alert = &data["metric_alert"];
    let keys: Vec<&String> = alert.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "identifier",
            "organization_id",
            "projects",
            "alert_rule",
            "activities",
            "seen_by",
            "has_seen",
            "status",
            "status_method",
            "type",
            "title",
            "date_started",
            "date_detected",
            "date_created",
            "date_closed",
            "activation",
        ]
    );
    assert_eq!((&alert["status"], &alert["identifier"]), (&json!(20), &json!("1")));
    let action = &alert["alert_rule"]["triggers"][0]["actions"][0];
    assert_eq!((&action["sentry_app_id"], &action["settings"]), (&json!(id), &settings));
    // Receivers look for their own action, and what is set in it, by the installation.
    assert_eq!(action["sentry_app_installation_uuid"], json!(uuid));
    assert_eq!(action.get("sentryAppInstallationUuid"), None);
    assert_eq!(alert["alert_rule"].get("snooze"), None);
    app.clock.advance(601);
    look(&app).await;
    let received = receiver.wait_for(before + 2).await;
    let body = received[before + 1].json();
    assert_eq!((&body["action"], &body["data"]["metric_alert"]["status"]), (&json!("resolved"), &json!(2)));
    assert_eq!(body["data"]["description_title"], "Resolved: Too many errors");
    running.stop().await;
});

api_test!(actions_of_apps_are_checked, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let (id, uuid) = make_app(&app, &world, &receiver.url()).await;
    let base = json!({"type": "sentry_app", "targetType": "sentry_app"});
    let with = |more: Value| {
        let mut action = base.clone();
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule(json!({"triggers": [trigger("critical", 3, json!([action]))]}))
    };
    let settings = json!([{"name": "prio", "value": "hi"}]);
    for (more, expected) in [
        (json!({}), json!({"sentryApp": ["SentryApp must be provided for sentry_app"]})),
        (
            json!({"sentryAppId": id, "settings": settings}),
            json!({"sentryApp": ["Missing parameter: sentry_app_installation_uuid"]}),
        ),
        (
            json!({"sentryAppId": id, "sentryAppInstallationUuid": "x"}),
            json!({"sentryApp": ["The installation does not exist."]}),
        ),
        (json!({"sentryAppId": 999_999}), json!(["No SentryApp found."])),
    ] {
        let said =
            app.post(RULES).bearer(&world.owner_token).json(&with(more)).send().await.expect(400).json();
        assert_eq!(said, expected);
    }
    assert_eq!(receiver.received().len(), 0);
    let actions = app.get(format!("{RULES}available-actions/")).bearer(&world.owner_token).send().await;
    let field = json!({"type": "text", "name": "prio", "label": "P"});
    assert_eq!(
        actions.expect(200).json(),
        json!([
            {"type": "email", "allowedTargetTypes": ["user", "team"]},
            {"type": "sentry_app", "allowedTargetTypes": ["sentry_app"], "sentryAppName": "Board", "sentryAppId": id,
                "sentryAppInstallationUuid": uuid, "status": "internal",
                "settings": {"type": "alert-rule-settings", "uri": "/alert", "required_fields": [field]}},
        ])
    );
});
