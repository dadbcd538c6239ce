//! Repositories: adding them through an integration, their states, their commits.

use mortise_domain::IntegrationId;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{ingest::count, rows};

const LIST: &str = "/api/0/organizations/acme/repos/";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

/// A repository that is there already.
async fn stored(app: &TestApp, world: &World, new: &Value) -> i64 {
    let text = |key: &str| new[key].as_str().map(str::to_owned);
    let query = Query::new(
        "INSERT INTO repository (organization_id, name, url, provider, external_id, integration_id, config, status, \
         date_added) VALUES ($1, $2, $3, $4, $5, $6, '{}', $7, $8) RETURNING id",
    );
    let query = query.bind(world.org).bind(text("name").unwrap_or_default()).bind(text("url"));
    let query = query.bind(text("provider")).bind(text("external_id")).bind(new["integration"].as_i64());
    let query = query.bind(new["status"].as_i64().unwrap_or_default()).bind(app.ctx.now());
    app.ctx.store.write(move |tx| Box::pin(async move { tx.one::<i64>(query).await })).await.expect("a row")
}

async fn commit(app: &TestApp, world: &World, repository: i64, sha: &'static str, second: i64) -> i64 {
    let query = Query::new(
        "INSERT INTO repository_commit (organization_id, repository_id, sha, message, author_id, date_added) \
         VALUES ($1, $2, $3, 'fix', NULL, $4) RETURNING id",
    );
    let query = query.bind(world.org).bind(repository).bind(sha).bind(second * 1_000_000);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.one::<i64>(query).await })).await.expect("a row")
}

async fn add(app: &TestApp, world: &World, body: &Value, status: u16) -> Value {
    app.post(LIST).bearer(&world.member_token).json(body).send().await.expect(status).json()
}

async fn example(app: &TestApp, world: &World) -> IntegrationId {
    World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await
}

async fn names(app: &TestApp, world: &World, query: &str) -> Vec<String> {
    let rows = get(app, world, &format!("{LIST}{query}")).await;
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Runs what removes repositories.
async fn run_jobs(app: &TestApp) {
    for job in mortise_service::jobs::JOBS.iter().filter(|job| job.name == "remove_repositories") {
        (job.run)(&app.ctx).await.expect("the job runs");
    }
}

api_test!(a_repository_is_added_through_an_integration, |app| async move {
    let world = app.world().await;
    let integration = example(&app, &world).await;
    for key in ["installation", "integration_id"] {
        let name = format!("user/{key}");
        let body = json!({ "provider": "integrations:example", key: integration.get(), "identifier": name });
        let made = add(&app, &world, &body, 201).await;
        let expected = json!({
            "id": made["id"], "name": name, "url": format!("https://example.com/{name}"),
            "provider": { "id": "integrations:example", "name": "Example" }, "status": "active",
            "dateCreated": made["dateCreated"], "integrationId": integration.to_string(),
            "externalSlug": name, "externalId": name,
        });
        assert_eq!(made.to_string(), expected.to_string());
    }
    assert_eq!(names(&app, &world, "").await, ["user/installation", "user/integration_id"]);
});

api_test!(what_is_wrong_with_a_new_repository_is_told_in_shapes_of_its_own, |app| async move {
    let world = app.world().await;
    let id = example(&app, &world).await.to_string();
    let slack = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await.to_string();
    let theirs =
        World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "example", "external_id": "x" }))
            .await
            .to_string();
    for provider in
        [json!(null), json!("nobody"), json!("integrations:slack"), json!("integrations:x"), json!(1)]
    {
        let answer = add(&app, &world, &json!({ "provider": provider, "installation": id }), 400).await;
        assert_eq!(answer, json!({ "error_type": "validation" }), "{provider}");
    }
    let body =
        |id: &str| json!({ "provider": "integrations:example", "installation": id, "identifier": "a/b" });
    let answer = add(&app, &world, &body(""), 400).await;
    let text = "Example requires an integration id.";
    assert_eq!(answer, json!({ "error_type": "validation", "errors": { "__all__": text } }));
    for id in [theirs.as_str(), slack.as_str(), "99999", "abc"] {
        let answer = add(&app, &world, &body(id), 404).await;
        let text = "Integration matching query does not exist.";
        assert_eq!(answer, json!({ "error_type": "not found", "errors": { "__all__": text } }), "{id}");
    }
    let answer =
        add(&app, &world, &json!({ "provider": "integrations:example", "installation": id }), 400).await;
    let text = "Example requires an identifier.";
    assert_eq!(answer, json!({ "error_type": "validation", "errors": { "__all__": text } }));
    let answer = add(&app, &world, &json!({ "provider": "github", "name": "a/b" }), 400).await;
    let url = "/account/settings/social/associate/github/";
    assert_eq!(answer, json!({ "error_type": "auth", "auth_url": url }));
    let token = rows::org_token(&app, world.org, "acme").await;
    let answer = app.post(LIST).bearer(&token).json(&body(&id)).send().await;
    assert!([401, 403].contains(&answer.status), "a token of nobody adds nothing");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 0);
});

api_test!(a_hidden_repository_or_one_without_integration_comes_back, |app| async move {
    let world = app.world().await;
    let id = example(&app, &world).await;
    let hidden =
        json!({ "name": "old", "provider": "integrations:example", "external_id": "a/b", "status": 1 });
    let hidden = stored(&app, &world, &hidden).await;
    let other = json!({ "name": "else", "provider": "integrations:slack", "external_id": "a/b", "status": 1,
        "integration": id.get() });
    stored(&app, &world, &other).await;
    let lost =
        stored(&app, &world, &json!({ "name": "lost", "provider": "github", "external_id": "c/d" })).await;
    for (name, row) in [("a/b", hidden), ("c/d", lost)] {
        let body =
            json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": name });
        let back = add(&app, &world, &body, 201).await;
        assert_eq!((&back["id"], &back["name"]), (&json!(row.to_string()), &json!(name)));
        assert_eq!((&back["status"], &back["integrationId"]), (&json!("active"), &json!(id.to_string())));
        assert_eq!(back["provider"]["id"], "integrations:example");
        assert_eq!(back["url"], format!("https://example.com/{name}"));
    }
});

api_test!(a_second_repository_is_refused_and_the_first_brought_up_to_date, |app| async move {
    let world = app.world().await;
    let id = example(&app, &world).await;
    let body =
        json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": "a/b" });
    let first = add(&app, &world, &body, 201).await;
    change(&app, Query::new("UPDATE repository SET name = 'renamed', url = NULL")).await;
    let answer = add(&app, &world, &body, 400).await;
    let text = "A repository with that configuration already exists";
    assert_eq!(answer, json!({ "detail": { "code": "repo_exists", "message": text, "extra": {} } }));
    assert_eq!(get(&app, &world, LIST).await, json!([first]));
});

api_test!(repositories_are_listed_by_name_and_filtered, |app| async move {
    let world = app.world().await;
    let id = example(&app, &world).await;
    stored(&app, &world, &json!({ "name": "b-web", "integration": id.get() })).await;
    stored(&app, &world, &json!({ "name": "a-API" })).await;
    stored(&app, &world, &json!({ "name": "c-old", "status": 1 })).await;
    stored(&app, &world, &json!({ "name": "d-gone", "status": 2 })).await;
    assert_eq!(names(&app, &world, "").await, ["a-API", "b-web"]);
    assert_eq!(names(&app, &world, "?status=active").await, ["a-API", "b-web"]);
    assert_eq!(names(&app, &world, "?status=deleted").await, ["c-old", "d-gone"]);
    assert_eq!(names(&app, &world, "?status=").await, ["a-API", "b-web", "c-old", "d-gone"]);
    assert_eq!(names(&app, &world, "?status=unmigratable").await, Vec::<String>::new());
    assert_eq!(names(&app, &world, "?status=hidden").await, Vec::<String>::new());
    assert_eq!(names(&app, &world, "?query=api").await, ["a-API"]);
    assert_eq!(names(&app, &world, &format!("?integration_id={id}")).await, ["b-web"]);
    assert_eq!(names(&app, &world, "?integration_id=x").await, Vec::<String>::new());
    let first = app.get(format!("{LIST}?per_page=1")).bearer(&world.owner_token).send().await.expect(200);
    let cursor = first.next_cursor().expect("another page");
    assert_eq!(names(&app, &world, &format!("?per_page=1&cursor={cursor}")).await, ["b-web"]);
    let plain = get(&app, &world, &format!("{LIST}?query=api")).await;
    let expected = json!({
        "id": plain[0]["id"], "name": "a-API", "url": null,
        "provider": { "id": "unknown", "name": "Unknown Provider" }, "status": "active",
        "dateCreated": plain[0]["dateCreated"], "integrationId": null, "externalSlug": null, "externalId": null,
    });
    assert_eq!(plain[0].to_string(), expected.to_string());
    let expanded = get(&app, &world, &format!("{LIST}?query=api&expand=settings")).await;
    assert_eq!(expanded[0].get("settings"), Some(&Value::Null));
    let theirs = app.get("/api/0/organizations/globex/repos/").bearer(&world.stranger_token).send().await;
    assert_eq!(theirs.expect(200).json(), json!([]));
});

api_test!(a_repository_is_hidden_moved_and_its_name_stays, |app| async move {
    let world = app.world().await;
    let id = example(&app, &world).await;
    let row = stored(&app, &world, &json!({ "name": "web", "provider": "github", "external_id": "1" })).await;
    commit(&app, &world, row, "aa", 1).await;
    let path = format!("{LIST}{row}/");
    let put = async |body: Value, status: u16| {
        app.put(&path).bearer(&world.owner_token).json(&body).send().await.expect(status)
    };
    let shown =
        put(json!({ "name": "new", "url": "https://x.test/a", "status": "visible" }), 200).await.json();
    assert_eq!((&shown["name"], &shown["url"]), (&json!("web"), &Value::Null));
    for status in ["", "deleted"] {
        let wrong = put(json!({ "status": status }), 400).await.json();
        assert_eq!(wrong, json!({ "status": [format!("\"{status}\" is not a valid choice.")] }));
    }
    let wrong = put(json!({ "url": "nowhere" }), 400).await.json();
    assert_eq!(wrong, json!({ "url": ["Enter a valid URL."] }));
    let wrong = put(json!({ "integrationId": "x" }), 400).await.json();
    assert_eq!(wrong, json!({ "integrationId": ["A valid integer is required."] }));
    let wrong = put(json!({ "integrationId": 99999 }), 400).await.json();
    assert_eq!(wrong, json!({ "detail": "Invalid integration id" }));
    for nothing in [json!(""), Value::Null] {
        let same = put(json!({ "integrationId": nothing }), 200).await.json();
        assert_eq!(same["integrationId"], Value::Null);
    }
    let moved = put(json!({ "integrationId": id.to_string() }), 200).await.json();
    assert_eq!(moved["integrationId"], id.to_string());
    assert_eq!(moved["provider"], json!({ "id": "integrations:example", "name": "Example" }));
    for text in [
        "INSERT INTO pull_request (organization_id, repository_id, key, date_added) SELECT $1, id, '7', 0 \
         FROM repository",
        "INSERT INTO code_mapping (organization_id, project_id, repository_id, organization_integration_id, \
         integration_id, stack_root, source_root, automatically_generated, date_added, date_updated) \
         SELECT $1, p.id, r.id, o.id, o.integration_id, '', '', FALSE, 0, 0 FROM organization_integration o, \
         repository r, project p WHERE p.slug = 'web'",
    ] {
        change(&app, Query::new(text).bind(world.org)).await;
    }
    let hidden = put(json!({ "status": "hidden" }), 200).await.json();
    assert_eq!(hidden["status"], "disabled");
    run_jobs(&app).await;
    for rows in ["SELECT COUNT(*) FROM pull_request", "SELECT COUNT(*) FROM code_mapping"] {
        assert_eq!(count(&app, rows).await, 0, "{rows}");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository_commit").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 1);
    change(&app, Query::new("UPDATE repository SET status = 3")).await;
    assert_eq!(put(json!({ "status": "active" }), 400).await.text(), "");
    app.put(&path).bearer(&world.member_token).json(&json!({})).send().await.expect(403);
});

api_test!(a_deleted_repository_gives_its_names_free_and_can_come_back, |app| async move {
    let world = app.world().await;
    let row = json!({ "name": "web", "provider": "integrations:example", "external_id": "1" });
    let row = stored(&app, &world, &row).await;
    let path = format!("{LIST}{row}/");
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    let gone = app.delete(&path).bearer(&world.owner_token).send().await.expect(202).json();
    assert_eq!((&gone["name"], &gone["status"]), (&json!("web"), &json!("pending_deletion")));
    for key in ["externalId", "externalSlug"] {
        let text = gone[key].as_str().unwrap();
        assert!(text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}: {text}");
    }
    let again = app.delete(&path).bearer(&world.owner_token).send().await.expect(202).json();
    assert_eq!(again, gone, "a second time changes nothing");
    // The pair can be had anew; the old one keeps what it was in mind, and cannot come back while the new one is there.
    let row_again = json!({ "name": "web", "provider": "integrations:example", "external_id": "1" });
    let second = stored(&app, &world, &row_again).await;
    let back = app.put(&path).bearer(&world.owner_token).json(&json!({ "status": "active" })).send().await;
    assert_eq!(back.expect(400).json()["detail"]["code"], "repo_exists");
    change(&app, Query::new("DELETE FROM repository WHERE id = $1").bind(second)).await;
    assert_eq!(names(&app, &world, "?status=deleted").await, ["web"]);
    let back = app.put(&path).bearer(&world.owner_token).json(&json!({ "status": "active" })).send().await;
    let back = back.expect(200).json();
    assert_eq!((&back["name"], &back["externalId"]), (&json!("web"), &json!("1")));
    // Hidden in between it comes back with its names too.
    app.delete(&path).bearer(&world.owner_token).send().await.expect(202);
    let hidden = app.put(&path).bearer(&world.owner_token).json(&json!({ "status": "hidden" })).send().await;
    assert_eq!(hidden.expect(200).json()["externalId"], "1");
    let back = app.put(&path).bearer(&world.owner_token).json(&json!({ "status": "active" })).send().await;
    assert_eq!(back.expect(200).json()["name"], "web");
    run_jobs(&app).await;
    assert_eq!(names(&app, &world, "").await, ["web"], "what came back is not removed");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM scheduled_deletion").await, 0);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(202);
    run_jobs(&app).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 0);
});

api_test!(a_repository_with_commits_is_deleted_an_hour_later, |app| async move {
    let world = app.world().await;
    let row = stored(&app, &world, &json!({ "name": "web" })).await;
    commit(&app, &world, row, "aa", 1).await;
    let gone = app.delete(format!("{LIST}{row}/")).bearer(&world.owner_token).send().await.expect(202).json();
    assert_eq!(gone["externalSlug"], Value::Null);
    assert!(gone["externalId"].as_str().is_some_and(|id| id.len() == 32), "{gone}");
    app.clock.advance(3599);
    run_jobs(&app).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 1);
    app.clock.advance(2);
    run_jobs(&app).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository_commit").await, 0);
});

api_test!(a_repository_of_others_or_of_nobody_is_not_found, |app| async move {
    let world = app.world().await;
    let row = stored(&app, &world, &json!({ "name": "web" })).await;
    for (id, token, org) in [
        (row.to_string(), &world.stranger_token, "globex"),
        ("99999".to_owned(), &world.owner_token, "acme"),
        ("abc".to_owned(), &world.owner_token, "acme"),
    ] {
        let path = format!("/api/0/organizations/{org}/repos/{id}/");
        let missing = json!({ "detail": "The requested resource does not exist" });
        let answer = app.put(&path).bearer(token).json(&json!({})).send().await.expect(404);
        assert_eq!(answer.json(), missing);
        assert_eq!(app.delete(&path).bearer(token).send().await.expect(404).json(), missing);
        assert_eq!(app.get(format!("{path}commits/")).bearer(token).send().await.expect(404).json(), missing);
    }
});

api_test!(commits_are_listed_newest_first_with_their_releases, |app| async move {
    let world = app.world().await;
    let row = stored(&app, &world, &json!({ "name": "web" })).await;
    let old = commit(&app, &world, row, "aa", 1).await;
    commit(&app, &world, row, "bb", 2).await;
    for text in [
        "INSERT INTO release (organization_id, version, status, data, commit_count, date_added) \
         VALUES ($1, 'web@1.2', 0, '{}', 1, 5000000)",
        "INSERT INTO release_project (release_id, project_id) SELECT id, $1 FROM release",
        "INSERT INTO release_commit (release_id, commit_id, position) SELECT id, $1, 0 FROM release",
    ] {
        let id = match text {
            text if text.contains("release_project") => world.project.get(),
            text if text.contains("release_commit") => old,
            _ => world.org.get(),
        };
        change(&app, Query::new(text).bind(id)).await;
    }
    let commits = get(&app, &world, &format!("{LIST}{row}/commits/")).await;
    let shas: Vec<_> = commits.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(shas, ["bb", "aa"]);
    let repository = get(&app, &world, LIST).await[0].clone();
    let expected = json!({
        "id": "aa", "message": "fix", "dateCreated": "1970-01-01T00:00:01Z", "pullRequest": null,
        "suspectCommitType": "", "repository": repository, "author": {},
        "releases": [{ "version": "web@1.2", "shortVersion": "web@1.2", "ref": null, "url": null,
            "dateReleased": null, "dateCreated": "1970-01-01T00:00:05Z" }],
    });
    assert_eq!(commits[1].to_string(), expected.to_string());
    assert_eq!(commits[0]["releases"], json!([]));
    for text in [
        "INSERT INTO commit_author (organization_id, email, name) VALUES ($1, 'ann@x.test', 'Ann')",
        "INSERT INTO pull_request (organization_id, repository_id, key, title, message, author_id, \
         merge_commit_sha, date_added) SELECT $1, r.id, '7', 'Mend', NULL, a.id, 'bb', 3000000 FROM repository r, \
         commit_author a",
        "INSERT INTO pull_request (organization_id, repository_id, key, date_added) SELECT $1, id, '8', 4000000 \
         FROM repository",
    ] {
        change(&app, Query::new(text).bind(world.org)).await;
    }
    let commits = get(&app, &world, &format!("{LIST}{row}/commits/")).await;
    let pull = json!({
        "id": "7", "title": "Mend", "message": null, "dateCreated": "1970-01-01T00:00:03Z",
        "repository": repository, "author": { "name": "Ann", "email": "ann@x.test" }, "externalUrl": null,
    });
    assert_eq!(commits[0]["pullRequest"].to_string(), pull.to_string());
    assert_eq!(commits[1]["pullRequest"], Value::Null);
    change(&app, Query::new("UPDATE repository SET provider = 'integrations:example'")).await;
    let commits = get(&app, &world, &format!("{LIST}{row}/commits/")).await;
    assert_eq!(commits[0]["pullRequest"]["externalUrl"], "https://example.com/web/pull/7");
    change(&app, Query::new("UPDATE repository SET provider = NULL")).await;
    let path = "/api/0/projects/acme/web/releases/";
    assert_eq!(get(&app, &world, &format!("{path}web@1.2/repositories/")).await, json!([repository]));
    app.get(format!("{path}9/repositories/")).bearer(&world.owner_token).send().await.expect(404);
});

api_test!(legacy_plugins_are_offered_for_repositories, |app| async move {
    let world = app.world().await;
    let answer = get(&app, &world, "/api/0/organizations/acme/config/repos/").await;
    let field = json!({
        "name": "name", "label": "Repository Name", "type": "text", "placeholder": "e.g. getsentry/sentry",
        "help": "Enter your repository name, including the owner.", "required": true,
    });
    let plugin = |id: &str, name: &str| json!({ "id": id, "name": name, "config": [field] });
    let expected = json!({ "providers": [plugin("bitbucket", "Bitbucket"), plugin("github", "GitHub")] });
    assert_eq!(answer.to_string(), expected.to_string());
});
