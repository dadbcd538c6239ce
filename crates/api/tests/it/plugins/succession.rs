//! Integrations that take over from a legacy plugin.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{enable, get, put};
use crate::{ingest::execute, rules::count};

const LIST: &str = "/api/0/organizations/acme/integrations/";

/// Settings of the plugin for Jira.
fn settings(url: &str, project: &str, ignored: &str) -> Value {
    json!({ "instance_url": url, "username": "me", "password": "secret", "default_project": project,
        "ignored_fields": ignored })
}

async fn migrate(app: &TestApp, world: &World, id: impl std::fmt::Display) {
    let answer = app.put(format!("{LIST}{id}/issues/")).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(answer.text(), "");
}

async fn is_on(app: &TestApp, world: &World) -> bool {
    get(app, world, "/api/0/projects/acme/web/plugins/jira/").await["enabled"] == true
}

async fn ignored(app: &TestApp, world: &World, id: impl std::fmt::Display) -> Value {
    get(app, world, &format!("{LIST}{id}/")).await["configData"]["issues_ignored_fields"].clone()
}

api_test!(an_integration_takes_over_where_the_plugin_was_set_up_for_the_same_side, |app| async move {
    let world = app.world().await;
    let jira = json!({ "provider": "jira", "metadata": { "base_url": "https://acme.atlassian.net" },
        "config": { "issues_ignored_fields": ["security"], "sync_comments": true } });
    let id = World::integrate(&app.ctx, world.org, &jira).await;
    put(&app, &world, "jira", 200, settings("https://acme.atlassian.net/", "WEB", " labels,security, ,x"))
        .await;
    enable(&app, &world, "jira").await;
    migrate(&app, &world, id).await;
    assert!(!is_on(&app, &world).await);
    assert_eq!(ignored(&app, &world, id).await, "security, labels, x");
    let shown = get(&app, &world, &format!("{LIST}{id}/")).await;
    assert_eq!(shown["configData"]["sync_comments"], true);
    let edits = "SELECT COUNT(*) FROM audit_log WHERE event = 111";
    let before = count(&app, edits).await;
    // What is done is done: nothing is left to take over.
    migrate(&app, &world, id).await;
    assert_eq!(count(&app, edits).await, before);
    assert_eq!(ignored(&app, &world, id).await, "security, labels, x");
});

api_test!(a_plugin_for_another_side_or_without_a_project_or_off_is_left_alone, |app| async move {
    let world = app.world().await;
    let server = json!({ "provider": "jira_server", "metadata": { "base_url": "https://jira.acme.test/" } });
    let id = World::integrate(&app.ctx, world.org, &server).await;
    let here = "https://jira.acme.test";
    enable(&app, &world, "jira").await;
    for other in [
        settings("https://jira.other.test", "WEB", "labels"),
        settings(here, "", "labels"),
        // A path is another server.
        settings(&format!("{here}/jira"), "WEB", "labels"),
    ] {
        put(&app, &world, "jira", 200, other.clone()).await;
        migrate(&app, &world, id).await;
        assert!(is_on(&app, &world).await, "{other}");
        assert_eq!(ignored(&app, &world, id).await, "", "{other}");
    }
    put(&app, &world, "jira", 200, settings(here, "WEB", "labels")).await;
    let path = "/api/0/projects/acme/web/plugins/jira/";
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    migrate(&app, &world, id).await;
    assert_eq!(ignored(&app, &world, id).await, "");
    enable(&app, &world, "jira").await;
    migrate(&app, &world, id).await;
    assert!(!is_on(&app, &world).await);
    assert_eq!(ignored(&app, &world, id).await, "labels");
});

api_test!(another_organization_keeps_its_plugin, |app| async move {
    let world = app.world().await;
    let jira = json!({ "provider": "jira", "metadata": { "base_url": "https://acme.atlassian.net" } });
    let id = World::integrate(&app.ctx, world.stranger_org, &jira).await;
    put(&app, &world, "jira", 200, settings("https://acme.atlassian.net", "WEB", "labels")).await;
    enable(&app, &world, "jira").await;
    let theirs = format!("/api/0/organizations/globex/integrations/{id}/issues/");
    app.put(&theirs).bearer(&world.stranger_token).send().await.expect(204);
    assert!(is_on(&app, &world).await);
    app.put(format!("{LIST}{id}/issues/")).bearer(&world.owner_token).send().await.expect(404);
});

api_test!(a_provider_without_an_address_or_a_plugin_has_nothing_to_take_over, |app| async move {
    let world = app.world().await;
    put(&app, &world, "jira", 200, settings("https://acme.atlassian.net", "WEB", "labels")).await;
    enable(&app, &world, "jira").await;
    for provider in ["jira", "vsts"] {
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": provider })).await;
        migrate(&app, &world, id).await;
        assert!(is_on(&app, &world).await);
    }
    // A project that is being removed is left alone.
    let jira = json!({ "provider": "jira", "external_id": "2", "metadata": { "base_url": "https://acme.atlassian.net" } });
    let id = World::integrate(&app.ctx, world.org, &jira).await;
    execute(&app, "UPDATE project SET status = 2 WHERE slug = 'web'").await;
    migrate(&app, &world, id).await;
    execute(&app, "UPDATE project SET status = 0 WHERE slug = 'web'").await;
    assert!(is_on(&app, &world).await);
});
