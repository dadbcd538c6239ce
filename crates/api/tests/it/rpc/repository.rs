//! `repository`.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{ask, call};
use crate::ingest::{count, execute};

const PROVIDER: &str = "integrations:github";

async fn of(app: &TestApp, method: &str, args: Value) -> Value {
    call(app, "repository", method, args).await
}

fn new(integration: i64, name: &str, status: i64) -> Value {
    json!({"name": name, "external_id": name, "config": {"k": name}, "integration_id": integration,
        "provider": PROVIDER, "status": status, "url": "https://g.test/"})
}

async fn create(app: &TestApp, org: i64, new: Value) -> Value {
    of(app, "create_repository", json!({"organization_id": org, "create": new})).await
}

/// Names and states.
async fn states(app: &TestApp, org: i64) -> Vec<(String, i64)> {
    let all = of(app, "get_repositories", json!({"organization_id": org})).await;
    let all = all.as_array().unwrap().iter();
    all.map(|it| (it["name"].as_str().unwrap().to_owned(), it["status"].as_i64().unwrap())).collect()
}

async fn github(app: &TestApp, world: &World) -> i64 {
    World::integrate(&app.ctx, world.org, &json!({"provider": "github"})).await.get()
}

api_test!(repositories_are_made_found_and_changed_in_their_organization, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let integration = github(&app, &world).await;
    let made = create(&app, acme, new(integration, "gears", 0)).await;
    let mut expected = json!({"id": made["id"], "organization_id": acme, "name": "gears", "external_id": "gears",
        "config": {"k": "gears"}, "integration_id": integration, "provider": PROVIDER, "status": 0,
        "url": "https://g.test/"});
    assert_eq!(made, expected);
    assert_eq!(create(&app, acme, new(integration, "gears", 0)).await, Value::Null);
    assert_eq!(create(&app, acme, new(integration, "wheels", 1)).await["status"], 1);
    for (org, new) in
        [(acme, new(0, "x", 0)), (987_654, new(integration, "x", 0)), (acme, new(integration, "x", 9))]
    {
        let args = json!({"organization_id": org, "create": new});
        ask(&app, "repository", "create_repository", args).await.expect(400);
    }
    let one =
        async |org: i64| of(&app, "get_repository", json!({"organization_id": org, "id": made["id"]})).await;
    assert_eq!(one(acme).await, expected);
    assert_eq!(one(globex).await, Value::Null);
    let shown = async |org: i64| {
        let args = json!({"organization_id": org, "id": made["id"], "as_user": null});
        of(&app, "serialize_repository", args).await
    };
    assert_eq!(
        (shown(acme).await["id"].clone(), shown(globex).await),
        (json!(made["id"].to_string()), Value::Null)
    );

    expected["name"] = json!("cogs");
    expected["config"] = json!({});
    expected["integration_id"] = Value::Null;
    let update = async |org: i64, update: &Value| {
        let args = json!({"organization_id": org, "update": update});
        ask(&app, "repository", "update_repository", args).await
    };
    update(acme, &expected).await.expect(200);
    assert_eq!(one(acme).await, expected);
    // It neither moves to another organization nor is it changed from there.
    update(globex, &expected).await.expect(400);
    let mut moved = expected.clone();
    moved["organization_id"] = json!(globex);
    update(acme, &moved).await.expect(400);
    moved["name"] = json!("stolen");
    update(globex, &moved).await.expect(200);
    assert_eq!(one(acme).await, expected);
    let twice = json!({"organization_id": acme, "updates": [expected, expected]});
    ask(&app, "repository", "update_repositories", twice).await.expect(400);
    let mut taken = expected.clone();
    taken["external_id"] = json!("wheels");
    let refused = update(acme, &taken).await.expect(400).json();
    assert_eq!(refused, json!(["Invalid input."]));
});

api_test!(repositories_are_listed_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let acme = world.org.get();
    let integration = github(&app, &world).await;
    create(&app, acme, new(integration, "a", 0)).await;
    let b = create(&app, acme, new(integration, "b", 1)).await;
    let mut loose = b.clone();
    (loose["integration_id"], loose["provider"]) = (Value::Null, Value::Null);
    of(&app, "update_repositories", json!({"organization_id": acme, "updates": [loose]})).await;
    for (filter, expected) in [
        (json!({}), vec!["a", "b"]),
        (json!({"integration_id": integration}), vec!["a"]),
        (json!({"external_id": "b"}), vec!["b"]),
        (json!({"providers": [PROVIDER]}), vec!["a"]),
        (json!({"providers": []}), vec![]),
        (json!({"has_integration": false}), vec!["b"]),
        (json!({"has_provider": true}), vec!["a"]),
        (json!({"status": 1}), vec!["b"]),
    ] {
        let mut args = json!({"organization_id": acme});
        args.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        let found = of(&app, "get_repositories", args).await;
        let names: Vec<_> = found.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{filter}");
    }
    let elsewhere = json!({"organization_id": world.stranger_org.get()});
    assert_eq!(of(&app, "get_repositories", elsewhere).await, json!([]));
});

api_test!(repositories_of_an_integration_are_disabled_and_let_go, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let integration = github(&app, &world).await;
    for name in ["a", "b", "c"] {
        create(&app, acme, new(integration, name, 0)).await;
    }
    let which = |org: i64, ids: &[&str]| json!({"organization_id": org, "integration_id": integration, "provider": PROVIDER, "external_ids": ids});
    execute(
        &app,
        "INSERT INTO repository_commit (organization_id, repository_id, sha, date_added) \
        SELECT organization_id, id, 'x', 0 FROM repository WHERE name = 'a'",
    )
    .await;
    let active = async |ids: &[&str], days: i64| {
        let mut args = which(acme, ids);
        args["cutoff_days"] = json!(days);
        ask(&app, "repository", "find_recently_active_repo_external_ids", args).await
    };
    assert_eq!(active(&["a", "b"], 60_000).await.expect(200).json()["value"], json!(["a"]));
    assert_eq!(active(&["a", "b"], 1).await.expect(200).json()["value"], json!([]));
    active(&["a"], -1).await.expect(400);

    let args = which(globex, &["a", "b"]);
    of(&app, "disable_repositories_by_external_ids", args).await;
    assert!(states(&app, acme).await.iter().all(|(_, status)| *status == 0));
    of(&app, "disable_repositories_by_external_ids", which(acme, &["b", "z"])).await;
    assert_eq!(states(&app, acme).await.iter().map(|(_, status)| *status).collect::<Vec<_>>(), [0, 1, 0]);
    let all = json!({"organization_id": acme, "integration_id": integration, "provider": PROVIDER});
    of(&app, "disable_repositories_for_integration", all).await;
    assert!(states(&app, acme).await.iter().all(|(_, status)| *status == 1));

    let row = count(&app, "SELECT id FROM organization_integration").await;
    let leave = |org: i64| json!({"organization_id": org, "organization_integration_id": row, "integration_id": integration});
    let left = async || count(&app, "SELECT COUNT(*) FROM repository WHERE integration_id IS NULL").await;
    of(&app, "disassociate_organization_integration", leave(globex)).await;
    assert_eq!(left().await, 0);
    of(&app, "disassociate_organization_integration", leave(acme)).await;
    assert_eq!(left().await, 3);
});

api_test!(repositories_are_linked_to_the_projects_that_are_called_the_same, |app| async move {
    let world = app.world().await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let integration = github(&app, &world).await;
    let mut ids = Vec::new();
    for (name, status) in
        [("other/web", 1), ("acme/nothing", 0), ("acme/web", 0), ("again/web", 0), ("a/b", 0)]
    {
        ids.push(create(&app, acme, new(integration, name, status)).await["id"].clone());
    }
    let path = "/api/0/teams/acme/core/projects/";
    let made =
        app.post(path).bearer(&world.owner_token).json(&json!({"name": "a b"})).send().await.expect(201);
    assert_eq!(made.json()["slug"], "a-b");
    let link = async |more: Value| {
        let mut args = json!({"organization_id": acme});
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of(&app, "auto_link_repos_by_name", args).await
    };
    // Nothing of others, and nothing that was not asked for.
    assert_eq!(link(json!({"organization_id": globex})).await, 0);
    assert_eq!(link(json!({"repo_ids": [ids[1]]})).await, 0);
    assert_eq!(link(json!({"repo_ids": []})).await, 0);
    assert_eq!(link(json!({"project_ids": [0]})).await, 0);
    // The inactive one does not count, and of two the older is taken.
    assert_eq!(link(json!({"repo_ids": null, "project_ids": [world.project.get()]})).await, 1);
    let linked = "SELECT COUNT(*) FROM project_repository l JOIN repository r ON r.id = l.repository_id \
        JOIN project p ON p.id = l.project_id WHERE (r.name, p.slug) IN (('acme/web', 'web'), ('a/b', 'a-b'))";
    assert_eq!(count(&app, linked).await, 1);
    assert_eq!(link(json!({})).await, 1);
    assert_eq!(count(&app, linked).await, 2);
    // A project that is linked gets no second one.
    assert_eq!(link(json!({})).await, 0);
    ask(&app, "repository", "auto_link_repos_by_name", json!({"organization_id": acme, "repo_ids": ["x"]}))
        .await
        .expect(400);
});

api_test!(calls_at_once_link_a_project_to_one_repository, |app| async move {
    let world = app.world().await;
    let acme = world.org.get();
    let integration = github(&app, &world).await;
    let mut calls = Vec::new();
    for at in 0..8 {
        let id = create(&app, acme, new(integration, &format!("team-{at}/web"), 0)).await["id"].clone();
        calls.push(of(&app, "auto_link_repos_by_name", json!({"organization_id": acme, "repo_ids": [id]})));
    }
    let made = futures_util::future::join_all(calls).await;
    assert_eq!(made.iter().filter_map(Value::as_i64).sum::<i64>(), 1, "{made:?}");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM project_repository").await, 1);
});
