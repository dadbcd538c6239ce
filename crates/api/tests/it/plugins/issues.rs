//! What plugins have to do with issues and what projects show of them.

use mortise_testkit::api_test;
use serde_json::json;

use super::{OF_PROJECT, enable, get, put, slugs};
use crate::rules::send;

api_test!(a_plugin_that_makes_items_says_that_it_is_not_set_up, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    let issues = get(&app, &world, "/api/0/projects/acme/web/issues/").await;
    let id = issues[0]["id"].as_str().unwrap();
    let ask = async |path: String, status: u16| {
        app.get(path).bearer(&world.owner_token).send().await.expect(status).json()
    };
    let asana = ask(format!("/api/0/issues/{id}/plugins/asana/create/"), 400).await;
    assert_eq!(
        asana,
        json!({ "error_type": "config", "has_auth_configured": false, "auth_provider": "asana",
            "required_auth_settings": ["ASANA_CLIENT_ID", "ASANA_CLIENT_SECRET"] })
    );
    let plain = json!({ "error_type": "config", "has_auth_configured": true, "auth_provider": null,
        "required_auth_settings": null });
    for path in ["issues", "groups", "organizations/acme/issues"] {
        assert_eq!(ask(format!("/api/0/{path}/{id}/plugin/jira/link/"), 400).await, plain, "{path}");
    }
    let post = app.post(format!("/api/0/issues/{id}/plugins/trello/options/")).bearer(&world.owner_token);
    assert_eq!(post.send().await.expect(400).json(), plain);
    for path in ["webhooks/create", "nope/create", "jira/options", "jira/nope"] {
        ask(format!("/api/0/issues/{id}/plugins/{path}/"), 404).await;
    }
    let theirs = app.get(format!("/api/0/issues/{id}/plugins/jira/link/")).bearer(&world.stranger_token);
    theirs.send().await.expect(404);
});

api_test!(an_issue_shows_the_plugins_for_items_that_are_on_and_set_up, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    let list = get(&app, &world, "/api/0/projects/acme/web/issues/").await;
    let path = format!("/api/0/issues/{}/", list[0]["id"].as_str().unwrap());
    put(&app, &world, "trello", 200, json!({ "key": "k", "token": "t" })).await;
    enable(&app, &world, "github").await;
    assert_eq!(get(&app, &world, &path).await["pluginIssues"], json!([]));
    enable(&app, &world, "trello").await;
    let shown = get(&app, &world, &path).await;
    assert_eq!((&shown["pluginActions"], &shown["pluginContexts"]), (&json!([]), &json!([])));
    let mut expected = json!({ "slug": "trello", "allowed_actions": [], "title": "Trello" });
    let all = get(&app, &world, OF_PROJECT).await;
    let plugin = all.as_array().unwrap().iter().find(|it| it["slug"] == "trello").unwrap();
    expected.as_object_mut().unwrap().extend(plugin.as_object().unwrap().clone());
    assert_eq!(shown["pluginIssues"], json!([expected]));
    let keys: Vec<_> = shown["pluginIssues"][0].as_object().unwrap().keys().take(5).cloned().collect();
    assert_eq!(keys, ["slug", "allowed_actions", "title", "id", "name"]);
    let path = "/api/0/organizations/acme/issues/?expand=pluginIssues&expand=pluginActions";
    let expanded = get(&app, &world, path).await;
    assert_eq!(
        (&expanded[0]["pluginIssues"], &expanded[0]["pluginActions"]),
        (&json!([expected]), &json!([]))
    );
});

api_test!(a_project_in_full_shows_the_plugins_that_have_settings, |app| async move {
    let world = app.world().await;
    enable(&app, &world, "webhooks").await;
    let project = get(&app, &world, "/api/0/projects/acme/web/").await;
    let listed = get(&app, &world, OF_PROJECT).await;
    let expected: Vec<_> =
        listed.as_array().unwrap().iter().filter(|it| it["hasConfiguration"] == true).cloned().collect();
    assert_eq!(slugs(&project["plugins"]).len(), 21);
    assert_eq!(project["plugins"], json!(expected));
    assert_eq!(project["plugins"][20]["enabled"], true);
});
