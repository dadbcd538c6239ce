//! Settings of stored integrations, as each provider has them.

use mortise_domain::IntegrationId;
use mortise_service::{features::switch_features, integrations::facade};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::count;

fn path(id: IntegrationId) -> String {
    format!("/api/0/organizations/acme/integrations/{id}/")
}

async fn get(app: &TestApp, world: &World, id: IntegrationId) -> Value {
    app.get(path(id)).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn save(app: &TestApp, world: &World, id: IntegrationId, sent: Value) {
    app.post(path(id)).bearer(&world.owner_token).json(&sent).send().await.expect(200);
}

async fn refused(app: &TestApp, world: &World, id: IntegrationId, sent: Value) -> Value {
    app.post(path(id)).bearer(&world.owner_token).json(&sent).send().await.expect(400).json()
}

/// The settings as they are kept, which are not always those that are shown.
async fn stored(app: &TestApp, world: &World, id: IntegrationId) -> Value {
    let mut conn = app.ctx.store.read().await.unwrap();
    let found = facade::org_integration(&app.ctx, &mut conn, world.org, id).await.unwrap();
    Value::Object(found.unwrap().config)
}

fn names(shown: &Value) -> Vec<&str> {
    let fields = shown["configOrganization"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap()).collect()
}

api_test!(slack_has_no_fields_and_shows_only_how_it_was_installed, |app| async move {
    let world = app.world().await;
    for (metadata, shown) in [
        (json!({}), "workspace_app"),
        (json!({ "user_access_token": "xoxp" }), "classic_bot"),
        (json!({ "user_access_token": "xoxp", "installation_type": "born_as_bot" }), "born_as_bot"),
    ] {
        let new = json!({ "provider": "slack", "external_id": shown, "metadata": metadata });
        let id = World::integrate(&app.ctx, world.org, &new).await;
        save(&app, &world, id, json!({ "toggles": { "x": 1 } })).await;
        let got = get(&app, &world, id).await;
        assert_eq!(got["configOrganization"], json!([]));
        assert_eq!(got["configData"], json!({ "installationType": shown }));
        assert_eq!(stored(&app, &world, id).await, json!({ "toggles": { "x": 1 } }));
    }
});

api_test!(services_of_pagerduty_are_added_changed_and_taken_away, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "pagerduty" })).await;
    let got = get(&app, &world, id).await;
    assert_eq!(got["configData"], json!({ "service_table": [] }));
    let field = &got["configOrganization"][0];
    assert_eq!(names(&got), ["service_table"]);
    assert_eq!(field["type"], "table");
    assert_eq!(field["label"], "PagerDuty services with the Sentry integration enabled");
    assert_eq!(field["columnKeys"], json!(["service", "integration_key"]));
    assert_eq!(field["columnLabels"], json!({ "service": "Service", "integration_key": "Integration Key" }));
    assert_eq!(field["addButtonText"], "");
    assert!(field["help"].is_string() && field["confirmDeleteMessage"].is_string());

    let new = |name: &str, id: Value| json!({ "service": name, "integration_key": format!("key-{name}"), "id": id });
    let rows = json!([new("web", json!("")), new("api", Value::Null)]);
    save(&app, &world, id, json!({ "service_table": rows, "other": 1 })).await;
    let shown = |rows: Value| json!({ "service_table": rows });
    let got = get(&app, &world, id).await["configData"].clone();
    assert_eq!(got, shown(json!([new("web", json!(1)), new("api", json!(2))])));
    // One is renamed, one goes, one is new; the number of the one that went is not given again.
    let rows = json!([new("db", json!("")), new("front", json!(1))]);
    save(&app, &world, id, json!({ "service_table": rows })).await;
    let got = get(&app, &world, id).await["configData"].clone();
    assert_eq!(got, shown(json!([new("front", json!(1)), new("db", json!(3))])));
    save(&app, &world, id, json!({ "service_table": [] })).await;
    save(&app, &world, id, json!({ "service_table": [new("web", json!(""))] })).await;
    let got = get(&app, &world, id).await["configData"].clone();
    assert_eq!(got, shown(json!([new("web", json!(4))])));

    for row in [
        json!({ "service": "", "integration_key": "k", "id": "" }),
        json!({ "service": "s", "integration_key": "", "id": 4 }),
        json!({ "service": "s" }),
        json!({ "service": 1, "integration_key": null }),
    ] {
        let answer = refused(&app, &world, id, json!({ "service_table": [row] })).await;
        assert_eq!(answer, json!({ "detail": ["Name and key are required"] }));
    }
    for table in [json!("x"), json!([1]), Value::Null] {
        let answer = refused(&app, &world, id, json!({ "service_table": table })).await;
        assert_eq!(answer, json!({ "detail": ["A table is a list of rows."] }));
    }
});

api_test!(keys_of_opsgenie_get_ids_and_labels_are_not_used_twice, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "opsgenie" })).await;
    let got = get(&app, &world, id).await;
    assert_eq!(names(&got), ["team_table"]);
    assert_eq!(got["configData"], json!({}));
    let columns = json!({ "team": "Label", "integration_key": "Integration Key" });
    assert_eq!(got["configOrganization"][0]["columnLabels"], columns);
    let row = |team: &str, id: &str| json!({ "team": team, "integration_key": "k", "id": id });
    save(&app, &world, id, json!({ "team_table": [row("core", ""), row("ops", "")] })).await;
    let number = count(&app, "SELECT id FROM organization_integration").await;
    let (core, ops) = (format!("{number}-core"), format!("{number}-ops"));
    let stored = json!({ "team_table": [row("core", &core), row("ops", &ops)] });
    assert_eq!(get(&app, &world, id).await["configData"], stored);
    save(&app, &world, id, json!({ "team_table": [row("renamed", &core)] })).await;
    let stored = json!({ "team_table": [row("renamed", &core)] });
    assert_eq!(get(&app, &world, id).await["configData"], stored);
    for twice in [[row("a", &core), row("a", "")], [row("a", ""), row("a", "")]] {
        let answer = refused(&app, &world, id, json!({ "team_table": twice })).await;
        assert_eq!(answer, json!({ "duplicate_name": ["Duplicate team name."] }));
    }
    let answer = refused(&app, &world, id, json!({ "team_table": [{ "team": "a" }] })).await;
    assert_eq!(answer, json!({ "detail": ["Name and key are required"] }));
    assert_eq!(get(&app, &world, id).await["configData"], stored);
});

api_test!(trackers_show_what_can_be_kept_in_step_in_order, |app| async move {
    let world = app.world().await;
    let common = [
        "sync_status_forward",
        "sync_forward_assignment",
        "sync_comments",
        "sync_status_reverse",
        "sync_reverse_assignment",
    ];
    let jira: Vec<&str> =
        common.into_iter().chain(["resolution_strategy", "issues_ignored_fields"]).collect();
    for (provider, name, expected) in [
        ("jira", "Jira", jira.clone()),
        ("jira_server", "Jira Server", jira),
        ("vsts", "Azure DevOps", common.to_vec()),
    ] {
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": provider })).await;
        let got = get(&app, &world, id).await;
        assert_eq!(names(&got), expected);
        let fields = got["configOrganization"].as_array().unwrap();
        let mapper = &fields[0];
        let choices = json!({ "choices": [], "placeholder": "Select a status" });
        assert_eq!(mapper["type"], "choice_mapper");
        assert_eq!(mapper["label"], format!("Sync Sentry Status to {name}"));
        assert_eq!(mapper["addButtonText"], format!("Add {name} Project"));
        let dropdown = json!({ "emptyMessage": "All projects configured",
            "noResultsMessage": format!("Could not find {name} project"), "items": [] });
        assert_eq!(mapper["addDropdown"], dropdown);
        assert_eq!(mapper["mappedSelectors"], json!({ "on_resolve": choices, "on_unresolve": choices }));
        let labels = json!({ "on_resolve": "When resolved", "on_unresolve": "When unresolved" });
        assert_eq!(mapper["columnLabels"], labels);
        assert_eq!(mapper["mappedColumnLabel"], format!("{name} Project"));
        assert_eq!((&mapper["formatMessageValue"], &mapper["disabled"]), (&json!(false), &json!(true)));
        assert!(fields[1..].iter().all(|field| field.get("disabled").is_none()), "{provider}");
        let reason = "Unable to communicate with the Jira instance. You may need to reinstall the addon.";
        let reason = if provider == "vsts" { Value::Null } else { json!(reason) };
        assert_eq!(mapper["disabledReason"], reason);
        assert_eq!(fields[3]["label"], format!("Sync {name} Status to Sentry"));
        if let Some(strategy) = fields.get(5) {
            let keys: Vec<_> = strategy.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["name", "label", "type", "placeholder", "choices", "help"]);
            let choices = json!([
                ["resolve", "Resolve"],
                ["resolve_current_release", "Resolve in Current Release"],
                ["resolve_next_release", "Resolve in Next Release"]
            ]);
            assert_eq!(strategy["choices"], choices);
        }
    }
});

api_test!(every_field_of_a_tracker_is_off_without_the_feature, |app| async move {
    let world = app.world().await;
    let off = [("integrations-issue-sync".to_owned(), false)];
    switch_features(&app.ctx, "acme", &off).await.unwrap();
    for (provider, fields) in [("jira", 7), ("jira_server", 7), ("vsts", 5)] {
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": provider })).await;
        let got = get(&app, &world, id).await;
        let got = got["configOrganization"].as_array().unwrap().clone();
        assert_eq!(got.len(), fields);
        for field in got {
            assert_eq!(field["disabled"], true, "{provider}");
            assert_eq!(field["disabledReason"], "Your organization does not have access to this feature");
        }
    }
});

api_test!(a_saved_mapping_replaces_the_one_before_and_is_shown_again, |app| async move {
    let world = app.world().await;
    let new = json!({ "provider": "vsts", "config": { "sync_comments": true } });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    let empty = json!({ "sync_comments": true, "sync_status_forward": {} });
    assert_eq!(get(&app, &world, id).await["configData"], empty);
    let states = |done: &str| json!({ "on_unresolve": "To Do", "on_resolve": done });
    let mapping = json!({ "b": states("Done"), "a": states("Closed") });
    save(&app, &world, id, json!({ "sync_status_forward": mapping, "sync_comments": false })).await;
    let shown = json!({ "sync_comments": false, "sync_status_forward": mapping });
    assert_eq!(get(&app, &world, id).await["configData"], shown);
    let kept = json!({ "sync_comments": false, "sync_status_forward": true });
    assert_eq!(stored(&app, &world, id).await, kept);

    for bad in [
        json!({ "a": { "on_resolve": "", "on_unresolve": "To Do" } }),
        json!({ "a": { "on_resolve": "Done", "on_unresolve": null } }),
        json!({ "a": { "on_resolve": "Done" } }),
        json!({ "a": "Done" }),
        json!(["a"]),
    ] {
        let answer = refused(&app, &world, id, json!({ "sync_status_forward": bad, "other": 1 })).await;
        assert_eq!(answer, json!({ "detail": ["Resolve and unresolve status are required."] }), "{bad}");
    }
    let long = json!({ "a": states(&"x".repeat(65)) });
    let answer = refused(&app, &world, id, json!({ "sync_status_forward": long })).await;
    assert_eq!(answer, json!({ "detail": ["Ids of projects and statuses have at most 64 characters."] }));
    let many: serde_json::Map<_, _> = (0..501).map(|n| (n.to_string(), states("Done"))).collect();
    let answer = refused(&app, &world, id, json!({ "sync_status_forward": many })).await;
    assert_eq!(answer, json!({ "detail": ["At most 500 projects can be mapped."] }));
    assert_eq!(get(&app, &world, id).await["configData"], shown, "what is refused changes nothing");

    save(&app, &world, id, json!({ "sync_status_forward": { "c": states("Done") } })).await;
    let one = get(&app, &world, id).await["configData"]["sync_status_forward"].clone();
    assert_eq!(one, json!({ "c": states("Done") }));
    save(&app, &world, id, json!({ "sync_status_forward": {} })).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_project").await, 0);
    let kept = json!({ "sync_comments": false, "sync_status_forward": false });
    assert_eq!(stored(&app, &world, id).await, kept);
});

api_test!(ignored_fields_of_jira_are_a_list_that_is_shown_as_a_text, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "jira" })).await;
    let empty = json!({ "sync_status_forward": {}, "issues_ignored_fields": "" });
    assert_eq!(get(&app, &world, id).await["configData"], empty);
    let sent = "components, ,security\n customfield_1 \r\n,";
    save(&app, &world, id, json!({ "issues_ignored_fields": sent })).await;
    let shown = get(&app, &world, id).await["configData"]["issues_ignored_fields"].clone();
    assert_eq!(shown, "components, security, customfield_1");
    let kept = json!({ "issues_ignored_fields": ["components", "security", "customfield_1"] });
    assert_eq!(stored(&app, &world, id).await, kept);
    let answer = refused(&app, &world, id, json!({ "issues_ignored_fields": 7 })).await;
    assert_eq!(answer, json!({ "detail": ["Ignored fields are a text."] }));
    // What lies there in another shape breaks nothing.
    let odd = json!({ "provider": "jira", "external_id": "odd", "config": { "issues_ignored_fields": 7 } });
    let odd = World::integrate(&app.ctx, world.org, &odd).await;
    assert_eq!(get(&app, &world, odd).await["configData"], empty);
});
