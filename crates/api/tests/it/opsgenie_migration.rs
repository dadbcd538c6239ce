//! Moving what projects set of the legacy plugin for Opsgenie into the integration.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::rows::audit;

const INTEGRATIONS: &str = "/api/0/organizations/acme/integrations/";
const NOTIFY_EVENT: &str = "sentry.rules.actions.notify_event.NotifyEventAction";
const NOTIFY_TEAM: &str = "sentry.integrations.opsgenie.notify_action.OpsgenieNotifyTeamAction";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

/// A project `slug` whose plugin has this key; it is on where `is_on`.
async fn project(app: &TestApp, world: &World, slug: &str, key: &str, is_on: bool) {
    let body = json!({ "name": "Shop", "slug": slug, "default_rules": false });
    let path = "/api/0/teams/acme/core/projects/";
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(201);
    let path = format!("/api/0/projects/acme/{slug}/plugins/opsgenie/");
    let body = json!({ "api_key": key, "alert_url": "http://localhost:1/alerts" });
    app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(200);
    if is_on {
        app.post(&path).bearer(&world.owner_token).json(&json!({})).send().await.expect(201);
    }
}

/// A rule of a project with one action.
async fn rule(app: &TestApp, world: &World, slug: &str, action: Value) -> String {
    let body = json!({ "name": "Call", "actionMatch": "any", "filterMatch": "all", "frequency": 30,
        "conditions": [], "filters": [], "actions": [action] });
    let path = format!("/api/0/projects/acme/{slug}/rules/");
    let made = app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    format!("{path}{}/", made["id"].as_str().unwrap())
}

async fn migrate(app: &TestApp, world: &World, id: impl std::fmt::Display, status: u16) -> String {
    let path = format!("{INTEGRATIONS}{id}/migrate-opsgenie/");
    app.put(path).bearer(&world.owner_token).send().await.expect(status).text()
}

api_test!(keys_of_projects_become_rows_that_their_rules_tell, |app| async move {
    let world = app.world().await;
    let own = json!({ "team": "Night", "integration_key": "known", "id": "1-Night" });
    let new = json!({ "provider": "opsgenie", "config": { "team_table": [own], "note": "kept" } });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    for (slug, key, is_on) in
        [("a", "first", true), ("b", "second", true), ("c", "known", true), ("d", "off", false)]
    {
        project(&app, &world, slug, key, is_on).await;
    }
    let telling = rule(&app, &world, "a", json!({ "id": NOTIFY_EVENT })).await;
    let known = rule(&app, &world, "c", json!({ "id": NOTIFY_EVENT })).await;
    let silent = rule(&app, &world, "d", json!({ "id": NOTIFY_EVENT })).await;
    let mailing = json!({ "id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners" });
    let mailing = rule(&app, &world, "b", mailing).await;

    assert_eq!(migrate(&app, &world, id, 202).await, "");
    let shown = get(&app, &world, &format!("{INTEGRATIONS}{id}/")).await;
    let table = shown["configData"]["team_table"].as_array().unwrap().clone();
    let labels: Vec<_> = table.iter().map(|row| (&row["team"], &row["integration_key"])).collect();
    assert_eq!(
        labels[..2],
        [(&json!("Night"), &json!("known")), (&json!("Shop [MIGRATED]"), &json!("first"))]
    );
    assert_eq!((labels.len(), labels[2].1), (3, &json!("second")));
    assert_ne!(labels[2].0, labels[1].0, "no label is used twice");
    assert_eq!(shown["configData"]["note"], "kept");
    let first = table[1]["id"].as_str().unwrap();
    assert!(first.ends_with("-Shop"), "{first}");

    let action = |of: &Value| of["actions"].as_array().unwrap().get(1).cloned();
    let moved = action(&get(&app, &world, &telling).await).expect("an action more");
    assert_eq!(
        (&moved["id"], &moved["account"], &moved["team"]),
        (&json!(NOTIFY_TEAM), &json!(id.get()), &json!(first))
    );
    let moved = action(&get(&app, &world, &known).await).expect("an action more");
    assert_eq!(moved["team"], "1-Night");
    for rule in [silent, mailing] {
        assert_eq!(action(&get(&app, &world, &rule).await), None);
    }
    let plugin = get(&app, &world, "/api/0/projects/acme/a/plugins/opsgenie/").await;
    // Nothing sends to rows of the table yet, so the plugin goes on.
    assert_eq!((&plugin["enabled"], &plugin["config"][0]["value"]), (&json!(true), &json!("first")));
    let plugin = get(&app, &world, "/api/0/projects/acme/d/plugins/opsgenie/").await;
    assert_eq!(plugin["config"][0]["value"], "off");
    let entry = audit(&app, world.org).await.pop().expect("an entry");
    assert_eq!(entry, (111, json!({ "provider": "opsgenie", "name": "config" })));

    // There is nothing left to move, and nothing is written.
    let before = audit(&app, world.org).await.len();
    migrate(&app, &world, id, 202).await;
    assert_eq!(
        get(&app, &world, &format!("{INTEGRATIONS}{id}/")).await["configData"]["team_table"],
        json!(table)
    );
    assert_eq!(audit(&app, world.org).await.len(), before);
});

api_test!(keys_move_to_an_installed_opsgenie_only, |app| async move {
    let world = app.world().await;
    let slack = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
    assert_eq!(migrate(&app, &world, slack, 400).await, "");
    let theirs = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "opsgenie" })).await;
    for id in [theirs.to_string(), "-1".to_owned(), "abc".to_owned()] {
        assert_eq!(migrate(&app, &world, id, 404).await, r#"{"detail":"Not found."}"#);
    }
    let path = format!("{INTEGRATIONS}{slack}/migrate-opsgenie/");
    app.put(&path).bearer(&world.member_token).send().await.expect(403);
    let answer = app.get(&path).bearer(&world.owner_token).send().await.expect(405);
    assert_eq!(answer.header("allow"), "PUT, OPTIONS");
});
