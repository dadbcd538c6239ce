//! Releases over HTTP: made, read, changed, listed, removed.

use mortise_domain::OrgRole;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, execute, message, to_store};

const ORG: &str = "/api/0/organizations/acme/releases/";
const PROJECT: &str = "/api/0/projects/acme/web/releases/";

async fn post(app: &TestApp, token: &str, path: &str, body: &Value, status: u16) -> Value {
    app.post(path).bearer(token).json(body).send().await.expect(status).json()
}

async fn put(app: &TestApp, token: &str, path: &str, body: &Value, status: u16) -> Value {
    app.put(path).bearer(token).json(body).send().await.expect(status).json()
}

async fn get(app: &TestApp, token: &str, path: &str) -> Value {
    app.get(path).bearer(token).send().await.expect(200).json()
}

/// The versions in a list.
async fn versions(app: &TestApp, token: &str, path: &str) -> Vec<String> {
    let listed = get(app, token, path).await;
    listed.as_array().unwrap().iter().map(|it| it["version"].as_str().unwrap().to_owned()).collect()
}

/// Another project, in a team of its own; its path.
async fn other_project(app: &TestApp, world: &World, slug: &str) -> String {
    let token = &world.owner_token;
    let team = json!({ "slug": format!("of-{slug}"), "name": slug });
    post(app, token, "/api/0/organizations/acme/teams/", &team, 201).await;
    let path = format!("/api/0/teams/acme/of-{slug}/projects/");
    let made = post(app, token, &path, &json!({ "name": slug, "slug": slug }), 201).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Members reach the projects of their teams only, from now on.
async fn close(app: &TestApp, world: &World) {
    let body = json!({ "openMembership": false });
    put(app, &world.owner_token, "/api/0/organizations/acme/", &body, 200).await;
}

/// A token of the organization.
async fn org_token(app: &TestApp, world: &World) -> String {
    let path = "/api/0/organizations/acme/org-auth-tokens/";
    let made = post(app, &world.owner_token, path, &json!({ "name": "ci" }), 201).await;
    made["token"].as_str().unwrap().to_owned()
}

api_test!(a_release_is_made_once_and_shown_with_every_key, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    let body = json!({
        "version": " web@1.2.3-rc.1+42 ", "projects": ["web"], "dateStarted": "2024-08-01T10:00:00.123456789Z",
        "ref": "main", "url": "https://ci.test/1",
    });
    let request = app.post(ORG).bearer(token).header("user-agent", "sentry-cli/3").json(&body);
    let made = request.send().await.expect(201).json();
    let id = made["id"].as_i64().unwrap();
    let created = made["dateCreated"].clone();
    let expected = json!({
        "id": id, "version": "web@1.2.3-rc.1+42", "status": "open", "shortVersion": "web@1.2.3-rc.1+42",
        "versionInfo": {
            "package": "web",
            "version": { "raw": "1.2.3-rc.1+42", "major": 1, "minor": 2, "patch": 3, "pre": "rc.1",
                "buildCode": "42", "components": 3 },
            "description": "1.2.3-rc.1 (42)", "buildHash": null,
        },
        "ref": "main", "url": "https://ci.test/1", "dateReleased": null, "dateCreated": created, "data": {},
        "newGroups": 0, "owner": null, "commitCount": 0, "lastCommit": null, "deployCount": 0,
        "lastDeploy": null, "authors": [],
        "projects": [{ "id": world.project.get(), "slug": "web", "name": "Web", "newGroups": 0,
            "platform": "python", "platforms": [], "hasHealthData": false }],
        "firstEvent": null, "lastEvent": null, "currentProjectMeta": {}, "userAgent": "sentry-cli/3",
    });
    assert_eq!(made.to_string(), expected.to_string());
    assert_eq!(
        post(&app, token, ORG, &json!({ "version": "web@1.2.3-rc.1+42", "projects": ["web"] }), 208).await,
        made
    );
    // A project more makes it new there; an id names one as well as a slug.
    let api = other_project(&app, &world, "api").await;
    let more =
        json!({ "version": "web@1.2.3-rc.1+42", "projects": [api.parse::<i64>().unwrap(), "web", api] });
    let more = post(&app, token, ORG, &more, 201).await;
    let slugs: Vec<&Value> = more["projects"].as_array().unwrap().iter().map(|it| &it["slug"]).collect();
    assert_eq!((&more["id"], slugs), (&json!(id), vec![&json!("api"), &json!("web")]));
    // Archived and opened again without a project being named.
    for status in ["archived", "open"] {
        let body = json!({ "version": "web@1.2.3-rc.1+42", "projects": [], "status": status });
        assert_eq!(post(&app, token, ORG, &body, 208).await["status"], status);
    }
    let path = format!("{ORG}web%401.2.3-rc.1%2B42/");
    assert_eq!(get(&app, token, &path).await, more);
    // What is told is taken over, what is not told stays.
    let body = json!({ "projects": ["web"], "dateReleased": "2024-08-02T10:00:00Z", "ref": "", "url": null });
    let changed = put(&app, token, &path, &body, 200).await;
    assert_eq!((&changed["dateReleased"], &changed["ref"]), (&json!("2024-08-02T10:00:00Z"), &json!("main")));
    let body = json!({ "ref": "v1", "url": "https://ci.test/2", "status": "archived" });
    let changed = put(&app, token, &path, &body, 200).await;
    assert_eq!(
        (&changed["ref"], &changed["url"], &changed["status"], &changed["dateReleased"]),
        (&json!("v1"), &json!("https://ci.test/2"), &json!("archived"), &json!("2024-08-02T10:00:00Z"))
    );
    assert_eq!(get(&app, token, &path).await, changed);
    assert_eq!(app.delete(&path).bearer(token).send().await.expect(204).text(), "");
    for request in [app.get(&path), app.delete(&path), app.put(&path).json(&json!({}))] {
        let missing = json!({ "detail": "The requested resource does not exist" });
        assert_eq!(request.bearer(token).send().await.expect(404).json(), missing);
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release").await, 0, "a change makes no release");
});

api_test!(what_is_wrong_with_a_release_is_told, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    post(&app, token, ORG, &json!({ "version": "1", "projects": ["web"] }), 201).await;
    let long = "x".repeat(251);
    let too_long = json!(["Ensure this field has no more than 250 characters."]);
    let many: Vec<i64> = (0..1001).collect();
    for (body, expected) in [
        (json!({ "projects": ["web"] }), json!({ "version": ["This field is required."] })),
        (json!({ "version": "2" }), json!({ "projects": ["This field is required."] })),
        (json!({ "version": "2", "projects": null }), json!({ "projects": ["This field may not be null."] })),
        (json!({ "version": "2", "projects": [] }), json!({ "projects": ["This list may not be empty."] })),
        (
            json!({ "version": "2", "projects": ["web", "nowhere"] }),
            json!({ "projects": ["Invalid project slugs"] }),
        ),
        (
            json!({ "version": "2", "projects": [world.stranger_project.get()] }),
            json!({ "projects": ["Invalid project slugs"] }),
        ),
        (
            json!({ "version": "2", "projects": many }),
            json!({ "projects": ["Ensure this field has no more than 1000 elements."] }),
        ),
        (
            json!({ "version": "Latest", "projects": ["web"] }),
            json!({ "version": ["Release with name Latest is not allowed"] }),
        ),
        (
            json!({ "version": "a/b", "projects": ["web"] }),
            json!({ "version": ["Release with name a/b is not allowed"] }),
        ),
        (
            json!({ "version": "a\nb", "projects": ["web"] }),
            json!({ "version": ["Release with name a\nb is not allowed"] }),
        ),
        (
            json!({ "version": ".", "projects": ["web"] }),
            json!({ "version": ["Release with name . is not allowed"] }),
        ),
        (json!({ "version": long, "projects": ["web"] }), json!({ "version": too_long })),
        (json!({ "version": "2", "projects": ["web"], "ref": long }), json!({ "ref": too_long })),
        (
            json!({ "version": "2", "projects": ["web"], "url": "ci" }),
            json!({ "url": ["Enter a valid URL."] }),
        ),
        (
            json!({ "version": "2", "projects": ["web"], "status": "closed" }),
            json!({ "status": ["Invalid status closed"] }),
        ),
        (
            json!({ "version": "2", "projects": ["web"], "refs": [{ "repository": "x", "commit": "a" }] }),
            json!({ "refs": ["Invalid repository names: x"] }),
        ),
    ] {
        assert_eq!(post(&app, token, ORG, &body, 400).await, expected, "{body}");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release").await, 1);
    let path = format!("{ORG}1/");
    assert_eq!(
        put(&app, token, &path, &json!({ "status": "closed" }), 400).await,
        json!({ "status": ["Invalid status closed"] })
    );
    for (query, text) in [("status=odd", "invalid value for status"), ("sort=odd", "invalid sort")] {
        let refused = app.get(format!("{ORG}?{query}")).bearer(token).send().await.expect(400).json();
        assert_eq!(refused, json!({ "detail": text }));
    }
});

api_test!(releases_are_listed_newest_first, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    other_project(&app, &world, "api").await;
    for (version, project, released) in [
        ("1.0", "web", None),
        ("1.1", "api", None),
        ("2.0", "web", None),
        ("1.0.1", "web", Some("2030-01-01T00:00:00Z")),
    ] {
        let body = json!({ "version": version, "projects": [project], "dateReleased": released });
        post(&app, token, ORG, &body, 201).await;
        app.clock.advance(60);
    }
    let body = json!({ "version": "1.1", "projects": [], "status": "archived" });
    post(&app, token, ORG, &body, 208).await;
    for (query, expected) in [
        ("?cursor=", vec!["1.0.1", "2.0", "1.0"]),
        ("?sort=semver&health=1&adoptionStages=1&flatten=0", vec!["1.0.1", "2.0", "1.0"]),
        ("?status=archived", vec!["1.1"]),
        ("?status=", vec!["1.0.1", "2.0", "1.1", "1.0"]),
        ("?status=&query=1.0", vec!["1.0.1", "1.0"]),
        ("?status=&query=1%250", vec![]),
        ("?status=&projectSlug=api", vec!["1.1"]),
        ("?statsPeriod=90d", vec!["1.0.1", "2.0", "1.0"]),
        ("?statsPeriod=150s", vec!["1.0.1", "2.0"]),
    ] {
        assert_eq!(versions(&app, token, &format!("{ORG}{query}")).await, expected, "{query}");
    }
    // Of a project the one that was published last is the first.
    assert_eq!(versions(&app, token, PROJECT).await, ["1.0.1", "2.0", "1.0"]);
    assert_eq!(versions(&app, token, &format!("{PROJECT}?query=2")).await, ["2.0"]);
    assert_eq!(versions(&app, token, &format!("{PROJECT}?environment=nowhere")).await, Vec::<String>::new());
    app.get(format!("{ORG}?environment=nowhere")).bearer(token).send().await.expect(404);
    app.get(format!("{ORG}?project={}", world.stranger_project)).bearer(token).send().await.expect(403);
    for path in [ORG, PROJECT] {
        let first = app.get(format!("{path}?per_page=2")).bearer(token).send().await.expect(200);
        assert_eq!(first.json().as_array().unwrap().len(), 2);
        let next = first.next_cursor().expect("another page");
        let second =
            app.get(format!("{path}?per_page=2&cursor={next}")).bearer(token).send().await.expect(200);
        assert_eq!((second.json()[0]["version"].as_str(), second.next_cursor()), (Some("1.0"), None));
    }
    assert_eq!(
        versions(&app, &world.stranger_token, "/api/0/organizations/globex/releases/").await,
        Vec::<String>::new()
    );
});

api_test!(events_make_releases_and_keep_them, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    let send = async |id: u32, version: &str, text: &str| {
        let mut event = message(text);
        event["event_id"] = json!(format!("{id:032x}"));
        event["release"] = json!(version);
        event["environment"] = json!("prod");
        event["fingerprint"] = json!([text]);
        to_store(&app, &world).json(&event).send().await.expect(200);
    };
    send(1, "1.0", "one").await;
    send(2, "1.0", "two").await;
    send(3, "2.0", "one").await;
    let other = other_project(&app, &world, "api").await;
    let more = post(&app, token, ORG, &json!({ "version": "1.0", "projects": [other] }), 201).await;
    let counts: Vec<_> = more["projects"].as_array().unwrap().iter().map(|it| &it["newGroups"]).collect();
    assert_eq!((&more["newGroups"], counts), (&json!(2), vec![&json!(0), &json!(2)]));
    assert!(more["firstEvent"].is_string() && more["lastEvent"].is_string());
    // Seen from a project, a release has what it has there.
    let there = get(&app, token, "/api/0/projects/acme/api/releases/1.0/").await;
    assert_eq!((&there["newGroups"], &there["firstEvent"]), (&json!(0), &Value::Null));
    let listed = get(&app, token, "/api/0/projects/acme/api/releases/").await;
    assert_eq!((&listed[0]["newGroups"], &listed[0]["lastEvent"]), (&json!(0), &Value::Null));
    assert_eq!(get(&app, token, &format!("{PROJECT}1.0/")).await["newGroups"], 2);
    assert_eq!(versions(&app, token, &format!("{ORG}?environment=prod")).await, ["2.0", "1.0"]);
    assert_eq!(versions(&app, token, &format!("{PROJECT}?environment=prod")).await, ["2.0", "1.0"]);
    let kept = app.delete(format!("{ORG}1.0/")).bearer(token).send().await.expect(400).json();
    assert_eq!(
        kept,
        json!({ "detail": "This release is referenced by active issues and cannot be removed." })
    );
    // One that is gone comes back with its next event.
    app.delete(format!("{PROJECT}2.0/")).bearer(token).send().await.expect(204);
    send(4, "2.0", "three").await;
    assert_eq!(get(&app, token, &format!("{PROJECT}2.0/")).await["newGroups"], 1);
    // Another node may have removed it, unnoticed by this one.
    execute(&app, "DELETE FROM release WHERE version = '2.0'").await;
    send(5, "2.0", "four").await;
    assert_eq!(get(&app, token, &format!("{PROJECT}2.0/")).await["newGroups"], 1);
});

api_test!(a_project_has_releases_of_its_own, |app| async move {
    let world = app.world().await;
    let token = &world.owner_token;
    let made = post(&app, token, PROJECT, &json!({ "version": "1.0", "ref": "a" }), 201).await;
    assert_eq!((&made["projects"][0]["slug"], &made["ref"]), (&json!("web"), &json!("a")));
    assert_eq!(post(&app, token, PROJECT, &json!({ "version": "1.0" }), 208).await, made);
    other_project(&app, &world, "api").await;
    let api = "/api/0/projects/acme/api/releases/";
    app.get(format!("{api}1.0/")).bearer(token).send().await.expect(404);
    app.put(format!("{api}1.0/")).bearer(token).json(&json!({})).send().await.expect(404);
    app.delete(format!("{api}1.0/")).bearer(token).send().await.expect(404);
    assert_eq!(post(&app, token, api, &json!({ "version": "1.0" }), 201).await["id"], made["id"]);
    let changed = put(&app, token, &format!("{api}1.0/"), &json!({ "ref": "b" }), 200).await;
    assert_eq!(changed["ref"], "b");
    assert_eq!(
        post(&app, token, PROJECT, &json!({ "version": "..", "url": "x" }), 400).await,
        json!({ "version": ["Release with name .. is not allowed"], "url": ["Enter a valid URL."] })
    );
    app.delete(format!("{PROJECT}1.0/")).bearer(token).send().await.expect(204);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release_project").await, 0);
});

api_test!(who_does_not_reach_a_project_changes_no_release_of_it, |app| async move {
    let world = app.world().await;
    let (owner, member) = (&world.owner_token, &world.member_token);
    other_project(&app, &world, "api").await;
    close(&app, &world).await;
    post(&app, owner, ORG, &json!({ "version": "both", "projects": ["web", "api"] }), 201).await;
    post(&app, owner, ORG, &json!({ "version": "theirs", "projects": ["api"] }), 201).await;
    post(&app, member, ORG, &json!({ "version": "own", "projects": ["web"] }), 201).await;
    let forbidden = json!({ "detail": "You do not have permission to perform this action." });
    for (version, projects) in [("new", json!(["api"])), ("both", json!(["web"])), ("theirs", json!([]))] {
        let body = json!({ "version": version, "projects": projects });
        assert_eq!(post(&app, member, ORG, &body, 403).await, forbidden, "{version}");
    }
    assert_eq!(post(&app, member, PROJECT, &json!({ "version": "theirs" }), 403).await, forbidden);
    assert_eq!(versions(&app, member, ORG).await, ["own", "both"]);
    app.get(format!("{ORG}theirs/")).bearer(member).send().await.expect(404);
    get(&app, member, &format!("{ORG}both/")).await;
    for path in [format!("{ORG}both/"), format!("{PROJECT}both/")] {
        assert_eq!(put(&app, member, &path, &json!({ "ref": "x" }), 403).await, forbidden);
        app.put(&path).bearer(member).body("{").send().await.expect(403);
        app.delete(&path).bearer(member).send().await.expect(403);
    }
    app.delete(format!("{ORG}theirs/")).bearer(member).send().await.expect(404);
    put(&app, member, &format!("{ORG}own/"), &json!({ "ref": "x" }), 200).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release WHERE ref IS NOT NULL").await, 1);
});

api_test!(pipelines_release_with_tokens_of_the_organization_and_of_apps, |app| async move {
    let world = app.world().await;
    let ci = org_token(&app, &world).await;
    let apps = json!({
        "organization": "acme", "name": "Ship", "isInternal": true, "isAlertable": false, "verifyInstall": false,
        "scopes": ["project:releases"], "webhookUrl": "http://127.0.0.1:9/hook",
    });
    let made = post(&app, &world.owner_token, "/api/0/sentry-apps/", &apps, 201).await;
    let tokens = format!("/api/0/sentry-apps/{}/api-tokens/", made["slug"].as_str().unwrap());
    let of_app = app.post(tokens).session(&world.owner_session).send().await.expect(201).json();
    let of_app = of_app["token"].as_str().unwrap().to_owned();
    let (reader, _) = World::user(&app.ctx, "reader", world.org, OrgRole::Member).await;
    let reader = World::token(&app.ctx, reader, &["project:read"]).await;
    for (token, deletes) in [(&ci, 403), (&of_app, 204)] {
        post(&app, token, ORG, &json!({ "version": "1", "projects": ["web"] }), 201).await;
        post(&app, token, PROJECT, &json!({ "version": "1" }), 208).await;
        assert_eq!(versions(&app, token, &format!("{ORG}?cursor=")).await, ["1"]);
        let path = format!("{ORG}1/");
        put(&app, token, &path, &json!({ "dateReleased": "2024-08-02T10:00:00Z" }), 200).await;
        get(&app, &reader, &path).await;
        app.post(ORG).bearer(&reader).json(&json!({})).send().await.expect(403);
        app.put(&path).bearer(&reader).json(&json!({})).send().await.expect(403);
        app.delete(&path).bearer(token).send().await.expect(deletes);
        execute(&app, "DELETE FROM release").await;
    }
    // Neither leads anywhere else.
    for token in [&ci, &of_app] {
        for path in ["/api/0/organizations/globex/releases/", "/api/0/projects/globex/api/releases/"] {
            app.get(path).bearer(token).send().await.expect(403);
            app.post(path)
                .bearer(token)
                .json(&json!({ "version": "1", "projects": ["api"] }))
                .send()
                .await
                .expect(403);
        }
    }
    app.get("/api/0/organizations/acme/projects/").bearer(&ci).send().await.expect(403);
});

api_test!(an_author_who_is_no_member_is_known_by_the_address_only, |app| async move {
    let world = app.world().await;
    execute(&app, "UPDATE user_email SET is_verified = TRUE").await;
    let commits = json!([
        { "id": "a", "repository": "lib", "author_email": "stranger@acme.test", "author_name": "S" },
        { "id": "b", "repository": "lib", "author_email": "member@acme.test", "author_name": "M" },
    ]);
    let body = json!({ "version": "1", "projects": ["web"], "commits": commits });
    let made = post(&app, &world.owner_token, ORG, &body, 201).await;
    assert_eq!(made["lastCommit"]["author"], json!({ "name": "S", "email": "stranger@acme.test" }));
    assert_eq!(made["authors"][0]["id"], world.member.to_string());
    assert_eq!(made["authors"][1], json!({ "name": "S", "email": "stranger@acme.test" }));
});
