//! What stands below a release: deploys, commits, files, repositories, the release before it.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, execute, message, to_store};

const ORG: &str = "/api/0/organizations/acme/releases/";
const PROJECT: &str = "/api/0/projects/acme/web/releases/";
const DEPLOYS: &str = "/api/0/organizations/acme/releases/1/deploys/";

async fn post(app: &TestApp, token: &str, path: &str, body: &Value, status: u16) -> Value {
    app.post(path).bearer(token).json(body).send().await.expect(status).json()
}

async fn get(app: &TestApp, token: &str, path: &str) -> Value {
    app.get(path).bearer(token).send().await.expect(200).json()
}

async fn release(app: &TestApp, world: &World, version: &str, commits: Value) -> Value {
    let body = json!({ "version": version, "projects": ["web"], "commits": commits });
    post(app, &world.owner_token, ORG, &body, 201).await
}

fn ids(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

api_test!(a_release_is_deployed_to_environments, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    release(&app, &world, "1", json!([])).await;
    assert_eq!(get(&app, token, DEPLOYS).await, json!([]));
    let body = json!({
        "environment": "prod", "name": "shop", "url": "https://ci.test/7", "dateStarted": "2024-08-01T10:00:00Z",
        "dateFinished": "2024-08-01T10:05:00Z",
    });
    let made = post(&app, token, DEPLOYS, &body, 201).await;
    let expected = json!({
        "id": made["id"].as_str().unwrap(), "environment": "prod", "dateStarted": "2024-08-01T10:00:00Z",
        "dateFinished": "2024-08-01T10:05:00Z", "name": "shop", "url": "https://ci.test/7",
    });
    assert_eq!(made.to_string(), expected.to_string());
    let body = json!({ "environment": "staging", "name": null, "url": "", "dateStarted": null, "dateFinished": null });
    let before = app.ctx.now();
    let now = post(&app, token, DEPLOYS, &body, 201).await;
    let finished: mortise_domain::Time = now["dateFinished"].as_str().unwrap().parse().unwrap();
    assert!((before..=app.ctx.now()).contains(&finished), "{finished}");
    assert_eq!((&now["name"], &now["url"], &now["dateStarted"]), (&Value::Null, &Value::Null, &Value::Null));
    let old = json!({ "environment": "prod", "dateFinished": "2020-01-01T00:00:00Z", "projects": ["web"] });
    let old = post(&app, token, DEPLOYS, &old, 201).await;
    assert_eq!(get(&app, token, &format!("{DEPLOYS}?cursor=")).await, json!([now, made, old]));
    let first = app.get(format!("{DEPLOYS}?per_page=2")).bearer(token).send().await.expect(200);
    let next = first.next_cursor().expect("another page");
    assert_eq!(get(&app, token, &format!("{DEPLOYS}?per_page=2&cursor={next}")).await, json!([old]));
    // The release, lists of releases and of projects know of it.
    let shown = get(&app, token, &format!("{ORG}1/")).await;
    assert_eq!((&shown["deployCount"], &shown["lastDeploy"]), (&json!(3), &old));
    assert_eq!(versions(&get(&app, token, &format!("{ORG}?environment=staging")).await), ["1"]);
    let web = get(&app, token, "/api/0/organizations/acme/projects/?query=slug:web").await;
    let latest = json!({
        "prod": { "version": "1", "dateFinished": "2020-01-01T00:00:00Z" },
        "staging": { "version": "1", "dateFinished": now["dateFinished"] },
    });
    assert_eq!(web[0]["latestDeploys"], latest);
    assert_eq!(web[0]["environments"], json!(["prod", "staging"]));
    // What is wrong is told, and stores nothing.
    for (body, expected) in [
        (json!({}), json!({ "environment": ["This field is required."] })),
        (json!({ "environment": "a/b" }), json!({ "environment": ["Invalid value for environment"] })),
        (
            json!({ "environment": "x".repeat(65), "name": "x".repeat(65) }),
            json!({
                "environment": ["Ensure this field has no more than 64 characters."],
                "name": ["Ensure this field has no more than 64 characters."],
            }),
        ),
        (json!({ "environment": "x", "url": "ci" }), json!({ "url": ["Enter a valid URL."] })),
        (
            json!({ "environment": "x", "projects": [] }),
            json!({ "projects": ["This list may not be empty."] }),
        ),
        (json!({ "environment": "x", "projects": ["no"] }), json!({ "projects": ["Invalid project slugs"] })),
    ] {
        assert_eq!(post(&app, token, DEPLOYS, &body, 400).await, expected);
    }
    execute(&app, "INSERT INTO project (organization_id, slug, name, status, is_public, options, last_short_id, date_added) \
        SELECT organization_id, 'other', 'Other', 0, FALSE, '{}', 0, 0 FROM project WHERE slug = 'web'").await;
    let body = json!({ "environment": "x", "projects": ["other"] });
    let refused = post(&app, token, DEPLOYS, &body, 400).await;
    assert_eq!(refused, json!({ "projects": ["Invalid projects for release 1"] }));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM deploy").await, 3);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM environment").await, 2);
    app.delete(format!("{ORG}1/")).bearer(token).send().await.expect(204);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM deploy").await, 0);
});

fn versions(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|it| it["version"].as_str().unwrap()).collect()
}

api_test!(the_commits_of_a_release_are_listed_with_their_files_and_repositories, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    let commits = json!([
        { "id": "c3", "repository": "shop", "message": "Third", "timestamp": "2024-08-03T10:00:00Z",
          "author_email": "ann@x.test", "author_name": "Ann",
          "patch_set": [{ "path": "src/b.rs", "type": "M" }, { "path": "src/a.rs", "type": "A" }] },
        { "id": "c2", "repository": "lib", "timestamp": "2024-08-02T10:00:00Z",
          "patch_set": [{ "path": "README", "type": "D" }] },
        { "id": "c1", "repository": "shop", "timestamp": "2024-08-01T10:00:00Z" },
    ]);
    let made = release(&app, &world, "1", commits).await;
    execute(&app, "UPDATE repository SET external_id = 'x7' WHERE name = 'lib'").await;
    for base in [ORG, PROJECT] {
        let path = format!("{base}1/commits/");
        let listed = get(&app, token, &format!("{path}?cursor=")).await;
        assert_eq!(ids(&listed), ["c3", "c2", "c1"]);
        assert_eq!(listed[0], made["lastCommit"]);
        let first = app.get(format!("{path}?per_page=2")).bearer(token).send().await.expect(200);
        let next = first.next_cursor().expect("another page");
        assert_eq!(ids(&get(&app, token, &format!("{path}?per_page=2&cursor={next}")).await), ["c1"]);
        assert_eq!(ids(&get(&app, token, &format!("{path}?repo_name=shop")).await), ["c3", "c1"]);
        assert_eq!(ids(&get(&app, token, &format!("{path}?repo_name=shop&repo_id=x7")).await), ["c2"]);
        for query in ["repo_name=none", "repo_id=none"] {
            app.get(format!("{path}?{query}")).bearer(token).send().await.expect(404);
        }
        let files = get(&app, token, &format!("{base}1/commitfiles/")).await;
        let names: Vec<_> =
            files.as_array().unwrap().iter().map(|it| it["filename"].as_str().unwrap()).collect();
        assert_eq!(names, ["README", "src/a.rs", "src/b.rs"]);
        let expected = json!({
            "id": files[1]["id"].as_str().unwrap(), "orgId": world.org.get(),
            "author": { "name": "Ann", "email": "ann@x.test" }, "commitMessage": "Third", "filename": "src/a.rs",
            "type": "A", "repoName": "shop",
        });
        assert_eq!(files[1].to_string(), expected.to_string());
        assert_eq!(files[0]["author"], json!({}));
        let files = get(&app, token, &format!("{base}1/commitfiles/?repo_name=lib")).await;
        assert_eq!(files.as_array().unwrap().len(), 1);
        let repositories = get(&app, token, &format!("{base}1/repositories/")).await;
        let names: Vec<_> = repositories.as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert_eq!(names.len(), 2);
        for part in ["commits/", "commitfiles/", "repositories/"] {
            app.get(format!("{base}9/{part}")).bearer(token).send().await.expect(404);
        }
    }
    app.get("/api/0/organizations/globex/releases/1/commits/")
        .bearer(&world.stranger_token)
        .send()
        .await
        .expect(404);
    app.get("/api/0/organizations/globex/releases/1/deploys/")
        .bearer(&world.stranger_token)
        .send()
        .await
        .expect(404);
    // An empty list of refs takes them away; who says nothing of refs keeps them.
    let path = format!("{ORG}1/");
    let kept = app.put(&path).bearer(token).json(&json!({ "ref": "x" })).send().await.expect(200).json();
    assert_eq!(kept["commitCount"], 3);
    let gone = app.put(&path).bearer(token).json(&json!({ "refs": [] })).send().await.expect(200).json();
    assert_eq!((&gone["commitCount"], &gone["lastCommit"]), (&json!(0), &Value::Null));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release_head").await, 0);
});

api_test!(the_newest_release_with_commits_is_found, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    let previous =
        async |version: &str| get(&app, token, &format!("{ORG}{version}/previous-with-commits/")).await;
    release(&app, &world, "1", json!([])).await;
    assert_eq!(previous("1").await, json!({}));
    app.clock.advance(60);
    release(&app, &world, "2", json!([{ "id": "b", "repository": "shop" }])).await;
    app.clock.advance(60);
    release(&app, &world, "3", json!([])).await;
    assert_eq!(previous("1").await, json!({}), "a younger one is none before it");
    let found = previous("3").await;
    assert_eq!((&found["version"], &found["lastCommit"]["id"]), (&json!("2"), &json!("b")));
    assert_eq!(previous("2").await["version"], "2");
    app.get(format!("{ORG}4/previous-with-commits/")).bearer(token).send().await.expect(404);
});

api_test!(commits_that_a_change_brings_resolve_what_they_fix, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    to_store(&app, &world).json(&message("one")).send().await.expect(200);
    release(&app, &world, "1", json!([])).await;
    let body = json!({ "commits": [{ "id": "a", "repository": "shop", "message": "fixes WEB-1" }] });
    let changed = app.put(format!("{ORG}1/")).bearer(token).json(&body).send().await.expect(200).json();
    assert_eq!((&changed["commitCount"], &changed["lastCommit"]["id"]), (&json!(1), &json!("a")));
    let issue = get(&app, token, "/api/0/organizations/acme/issues/WEB-1/").await;
    assert_eq!((&issue["status"], &issue["statusDetails"]["inRelease"]), (&json!("resolved"), &json!("1")));
    // Refs say where a repository is; what lies between is fetched later.
    let body =
        json!({ "refs": [{ "repository": "shop", "commit": "f".repeat(40), "previousCommit": null }] });
    app.put(format!("{ORG}1/")).bearer(token).json(&body).send().await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release_fetch").await, 1);
});

api_test!(each_release_of_a_list_has_its_own_deploys, |app| async move {
    let world = app.world().await;
    for version in 0..5 {
        let made = release(&app, &world, &version.to_string(), json!([])).await;
        let path = format!("{ORG}{}/deploys/", made["version"].as_str().unwrap());
        for _ in 0..version {
            post(&app, &world.owner_token, &path, &json!({ "environment": "prod" }), 201).await;
        }
    }
    let listed = get(&app, &world.owner_token, ORG).await;
    let counts: Vec<_> =
        listed.as_array().unwrap().iter().map(|it| it["deployCount"].as_i64().unwrap()).collect();
    assert_eq!(counts, [4, 3, 2, 1, 0]);
    assert_eq!(listed[4]["lastDeploy"], Value::Null);
});
