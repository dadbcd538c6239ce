//! Code mappings, and the links from frames to their source that come of them.

use mortise_domain::{IntegrationId, OrgRole};
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::count;

const LIST: &str = "/api/0/organizations/acme/code-mappings/";
const LINK: &str = "/api/0/projects/acme/web/stacktrace-link/";

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

async fn repository(app: &TestApp, world: &World, name: &str, integration: Option<IntegrationId>) -> i64 {
    let query = Query::new(
        "INSERT INTO repository (organization_id, name, url, provider, external_id, integration_id, config, status, \
         date_added) VALUES ($1, $2, $3, 'integrations:example', $2, $4, '{}', 0, 0) RETURNING id",
    );
    let url = format!("https://example.com/{name}");
    let query = query.bind(world.org).bind(name).bind(url).bind(integration);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.one::<i64>(query).await })).await.expect("a row")
}

/// An organization with the example provider and one repository.
struct Place {
    world: World,
    integration: IntegrationId,
    repository: i64,
}

impl Place {
    async fn new(app: &TestApp) -> Self {
        let world = app.world().await;
        let integration = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
        let repository = repository(app, &world, "user/repo", Some(integration)).await;
        Self { world, integration, repository }
    }

    fn body(&self, stack_root: &str, source_root: &str) -> Value {
        json!({
            "repositoryId": self.repository, "projectId": self.world.project.get(), "stackRoot": stack_root,
            "sourceRoot": source_root, "defaultBranch": "main", "integrationId": self.integration.get(),
        })
    }

    async fn post(&self, app: &TestApp, body: &Value, status: u16) -> Value {
        let answer = app.post(LIST).bearer(&self.world.member_token).json(body).send().await.expect(status);
        if answer.text().is_empty() { Value::Null } else { answer.json() }
    }

    async fn link(&self, app: &TestApp, query: &str) -> Value {
        get(app, &self.world, &format!("{LINK}{query}")).await
    }
}

/// A body with other values of some keys.
fn with(body: &Value, changes: Value) -> Value {
    let mut body = body.clone();
    let Value::Object(changes) = changes else { unreachable!("changes are an object") };
    for (key, value) in changes {
        body[key.as_str()] = value;
    }
    body
}

api_test!(a_code_mapping_is_made_changed_and_removed, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    let mut snake = place.body("", "src/");
    snake["stack_root"] = snake["stackRoot"].take();
    snake.as_object_mut().unwrap().remove("stackRoot");
    snake["repository_id"] = json!(place.repository.to_string());
    let made = place.post(&app, &snake, 201).await;
    let path = format!("/api/0/organizations/acme/integrations/{}/", place.integration);
    let integration = get(&app, world, &path).await;
    let expected = json!({
        "id": made["id"], "projectId": world.project.to_string(), "projectSlug": "web",
        "repoId": place.repository.to_string(), "repoName": "user/repo",
        "integrationId": place.integration.to_string(), "provider": integration["provider"],
        "stackRoot": "", "sourceRoot": "src/", "defaultBranch": "main", "automaticallyGenerated": false,
    });
    assert_eq!(made.to_string(), expected.to_string());
    assert_eq!(get(&app, world, LIST).await, json!([made]));
    let path = format!("{LIST}{}/", made["id"].as_str().unwrap());
    let body = place.body("app/", "src/app/");
    let changed = app.put(&path).bearer(&world.member_token).json(&body).send().await.expect(200).json();
    assert_eq!((&changed["stackRoot"], &changed["sourceRoot"]), (&json!("app/"), &json!("src/app/")));
    let wrong = app.put(&path).bearer(&world.member_token).json(&json!({})).send().await.expect(400).json();
    assert_eq!(wrong["stackRoot"], json!(["This field is required."]));
    app.get(&path).bearer(&world.owner_token).send().await.expect(405);
    app.delete(&path).bearer(&world.member_token).send().await.expect(403);
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    let gone = app.delete(&path).bearer(&world.owner_token).send().await.expect(404).json();
    assert_eq!(gone, json!({ "detail": "Not found." }));
});

api_test!(what_has_to_be_there_first_is_told_as_bare_texts, |app| async move {
    let place = Place::new(&app).await;
    let body = place.body("a/", "b/");
    for nothing in [Value::Null, json!(""), json!(0)] {
        let answer = place.post(&app, &with(&body, json!({ "integrationId": nothing })), 400).await;
        assert_eq!(answer, json!("Missing param: integration_id"));
    }
    for project in [json!(99999), json!(place.world.stranger_project.get()), Value::Null] {
        let answer = place.post(&app, &with(&body, json!({ "projectId": project })), 404).await;
        assert_eq!(answer, json!("Could not find project"), "{project}");
    }
    let theirs = World::integrate(&app.ctx, place.world.stranger_org, &json!({ "provider": "slack" })).await;
    for id in [json!(theirs.get()), json!("x")] {
        let answer = place.post(&app, &with(&body, json!({ "integrationId": id })), 404).await;
        assert_eq!(answer, json!("Could not find this integration installed on your organization"));
    }
    let world = &place.world;
    let (user, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    change(&app, Query::new("UPDATE organization SET flags = 0")).await;
    let token = World::token(&app.ctx, user, &["org:read"]).await;
    let answer = app.post(LIST).bearer(&token).json(&body).send().await.expect(403);
    assert_eq!(answer.text(), "");
    let made = place.post(&app, &body, 201).await;
    let path = format!("{LIST}{}/", made["id"].as_str().unwrap());
    assert_eq!(app.put(&path).bearer(&token).json(&body).send().await.expect(403).text(), "");
});

api_test!(what_is_wrong_with_a_code_mapping_is_told_in_one_order, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    let (user, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    change(&app, Query::new("UPDATE organization SET flags = 0")).await;
    let token = World::token(&app.ctx, user, &["org:read"]).await;
    // Everything is wrong at first; each step mends what was told.
    let mut body = json!({ "integrationId": "", "projectId": 99999, "repositoryId": 99999, "stackRoot": "a b",
        "sourceRoot": "", "defaultBranch": "main" });
    let post = async |token: &str, body: &Value, status: u16| {
        app.post(LIST).bearer(token).json(body).send().await.expect(status).text().to_owned()
    };
    assert_eq!(post(&token, &body, 400).await, "\"Missing param: integration_id\"");
    body["integrationId"] = json!(99999);
    assert_eq!(post(&token, &body, 404).await, "\"Could not find project\"");
    body["projectId"] = json!(world.project.get());
    assert_eq!(post(&token, &body, 403).await, "", "access comes before the integration");
    let not_installed = "\"Could not find this integration installed on your organization\"";
    assert_eq!(post(&world.member_token, &body, 404).await, not_installed);
    body["integrationId"] = json!(place.integration.get());
    let fields = r#"{"repositoryId":["Repository does not exist"],"stackRoot":["Path may not contain spaces or quotations"]}"#;
    assert_eq!(post(&world.member_token, &body, 400).await, fields);
    place.post(&app, &place.body("a/", ""), 201).await;
    body["repositoryId"] = json!(place.repository);
    body["stackRoot"] = json!("a/");
    body["defaultBranch"] = json!("/");
    let answer = post(&world.member_token, &body, 400).await;
    assert!(answer.starts_with("{\"defaultBranch\":"), "fields come before what is there: {answer}");
    body["defaultBranch"] = json!("main");
    let answer = post(&world.member_token, &body, 400).await;
    assert!(answer.starts_with("{\"nonFieldErrors\":"), "{answer}");
});

api_test!(fields_of_a_code_mapping_are_checked, |app| async move {
    let place = Place::new(&app).await;
    let alone = repository(&app, &place.world, "alone", None).await;
    let other = json!({ "provider": "example", "external_id": "other" });
    let other = World::integrate(&app.ctx, place.world.org, &other).await;
    let other = repository(&app, &place.world, "other", Some(other)).await;
    let body = place.body("a/", "b/");
    let branch = "Branch name may only have letters, numbers, underscores, forward slashes, dashes, and periods. \
                  Branch name may not start or end with a forward slash.";
    let path = "Path may not contain spaces or quotations";
    for (changes, field, text) in [
        (json!({ "repositoryId": alone }), "repositoryId", "Repository does not exist"),
        (json!({ "repositoryId": other }), "repositoryId", "Repository does not exist"),
        (json!({ "repositoryId": 99999 }), "repositoryId", "Repository does not exist"),
        (json!({ "repositoryId": "x" }), "repositoryId", "A valid integer is required."),
        (json!({ "stackRoot": "a b" }), "stackRoot", path),
        (json!({ "stackRoot": "a'b" }), "stackRoot", path),
        (json!({ "sourceRoot": "a\"b" }), "sourceRoot", path),
        (
            json!({ "stackRoot": "é".repeat(513) }),
            "stackRoot",
            "Ensure this field has no more than 512 characters.",
        ),
        (
            json!({ "defaultBranch": "b".repeat(256) }),
            "defaultBranch",
            "Ensure this field has no more than 255 characters.",
        ),
        (json!({ "defaultBranch": "/main" }), "defaultBranch", branch),
        (json!({ "defaultBranch": "main/" }), "defaultBranch", branch),
        (json!({ "defaultBranch": "ma in" }), "defaultBranch", branch),
        (json!({ "defaultBranch": "" }), "defaultBranch", "This field may not be blank."),
    ] {
        let answer = place.post(&app, &with(&body, changes.clone()), 400).await;
        assert_eq!(answer, json!({ field: [text] }), "{changes}");
    }
    let bare = json!({ "integrationId": place.integration.get(), "projectId": place.world.project.get() });
    let required = json!(["This field is required."]);
    let expected = json!({
        "repositoryId": required, "stackRoot": required, "sourceRoot": required, "defaultBranch": required
    });
    assert_eq!(place.post(&app, &bare, 400).await.to_string(), expected.to_string());
    place.post(&app, &body, 201).await;
    let text = "Code path config already exists with this project and stack trace root";
    assert_eq!(place.post(&app, &body, 400).await, json!({ "nonFieldErrors": [text] }));
});

api_test!(code_mappings_are_listed_by_integration_or_project, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    place.post(&app, &place.body("a/", ""), 201).await;
    place.post(&app, &place.body("b/", ""), 201).await;
    let roots = async |query: String| {
        let rows = get(&app, world, &format!("{LIST}{query}")).await;
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["stackRoot"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(roots(String::new()).await, ["a/", "b/"]);
    assert_eq!(roots("?project=-1".to_owned()).await, ["a/", "b/"]);
    assert_eq!(roots(format!("?project={}", world.project)).await, ["a/", "b/"]);
    assert_eq!(roots(format!("?integrationId={}&project=99999", place.integration)).await, ["a/", "b/"]);
    let other = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
    assert_eq!(roots(format!("?integrationId={other}")).await, Vec::<String>::new());
    let path = format!("{LIST}?project=99999");
    let answer = app.get(path).bearer(&world.owner_token).send().await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "You do not have permission to perform this action." }));
    for id in ["99999", "x"] {
        let path = format!("{LIST}?integrationId={id}");
        let answer = app.get(path).bearer(&world.owner_token).send().await.expect(404).json();
        assert_eq!(answer, json!({ "detail": "Not found." }));
    }
});

api_test!(a_code_mapping_of_others_is_not_found, |app| async move {
    let place = Place::new(&app).await;
    let made = place.post(&app, &place.body("a/", ""), 201).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/0/organizations/globex/code-mappings/{id}/");
    let token = &place.world.stranger_token;
    let missing = json!({ "detail": "Not found." });
    assert_eq!(app.delete(&path).bearer(token).send().await.expect(404).json(), missing);
    let put = app.put(&path).bearer(token).json(&place.body("b/", "")).send().await;
    assert_eq!(put.expect(404).json(), missing);
    let owners = app.get(format!("{path}codeowners/")).bearer(token).send().await;
    assert_eq!(owners.expect(404).json(), missing);
    let own = app.get(format!("{LIST}{id}/codeowners/")).bearer(&place.world.owner_token).send().await;
    assert_eq!(own.expect(200).json()["filepath"], "CODEOWNERS");
    change(&app, Query::new("UPDATE repository SET name = 'user/other'")).await;
    let own = app.get(format!("{LIST}{id}/codeowners/")).bearer(&place.world.owner_token).send().await;
    assert_eq!(own.expect(404).text(), "", "there is no such file");
});

api_test!(many_code_mappings_are_put_at_once, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    place.post(&app, &place.body("a/", "old/"), 201).await;
    let token = World::token(&app.ctx, world.member, &["org:ci"]).await;
    let path = format!("{LIST}bulk/");
    let roots = json!([{ "stackRoot": "a/", "sourceRoot": "new/" }, { "stackRoot": "b/", "sourceRoot": "" }]);
    let body =
        json!({ "project": "web", "repository": "user/repo", "defaultBranch": "main", "mappings": roots });
    let post = async |body: Value, status: u16| {
        app.post(&path).bearer(&world.member_token).json(&body).send().await.expect(status).json()
    };
    let answer = post(body.clone(), 200).await;
    let expected = json!({ "created": 1, "updated": 1, "errors": 0, "mappings": [
        { "stackRoot": "a/", "sourceRoot": "new/", "status": "updated" },
        { "stackRoot": "b/", "sourceRoot": "", "status": "created" },
    ] });
    assert_eq!(answer.to_string(), expected.to_string());
    assert_eq!(count(&app, "SELECT COUNT(*) FROM code_mapping").await, 2);
    // What is too long to be stored is told, and the rest is stored.
    let long = "x".repeat(513);
    let roots = json!([{ "stackRoot": long, "sourceRoot": "" }, { "stackRoot": "c/", "sourceRoot": "c/" }]);
    let expected = json!({ "created": 1, "updated": 0, "errors": 1, "mappings": [
        { "stackRoot": long, "sourceRoot": "", "status": "error", "detail": "Failed to save mapping." },
        { "stackRoot": "c/", "sourceRoot": "c/", "status": "created" },
    ] });
    let answer = post(with(&body, json!({ "mappings": roots })), 207).await;
    assert_eq!(answer.to_string(), expected.to_string());
    let most: Vec<_> = (0..300).map(|n| json!({ "stackRoot": n.to_string(), "sourceRoot": "" })).collect();
    assert_eq!(post(with(&body, json!({ "mappings": most })), 200).await["created"], 300);
    app.post(&path).bearer(&token).json(&body).send().await.expect(403);
    let detail = async |changes: Value, status: u16| post(with(&body, changes), status).await;
    let text = |text: &str| json!({ "detail": text });
    assert_eq!(detail(json!({ "project": "x" }), 404).await, text("Project not found: x"));
    assert_eq!(detail(json!({ "repository": "x" }), 404).await, text("Repository not found: x"));
    let branch = text("defaultBranch is required for this integration type.");
    assert_eq!(detail(json!({ "defaultBranch": null }), 400).await, branch);
    let none = json!({ "mappings": ["At least one mapping is required."] });
    assert_eq!(detail(json!({ "mappings": [] }), 400).await, none);
    let many: Vec<_> = (0..301).map(|n| json!({ "stackRoot": n.to_string(), "sourceRoot": "" })).collect();
    let over = json!({ "mappings": ["A maximum of 300 mappings can be submitted at once."] });
    assert_eq!(detail(json!({ "mappings": many }), 400).await, over);
    repository(&app, world, "alone", None).await;
    let alone = text("Repository is not associated with an integration.");
    assert_eq!(detail(json!({ "repository": "alone" }), 400).await, alone);
    change(
        &app,
        Query::new(
            "UPDATE repository SET name = 'user/repo', provider = 'integrations:vsts'\
         WHERE name = 'alone'",
        ),
    )
    .await;
    assert!(detail(json!({}), 409).await["detail"].as_str().unwrap().contains("provider"));
    detail(json!({ "provider": "example" }), 200).await;
});

api_test!(a_frame_is_linked_to_its_source, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    let none = place.link(&app, "?file=app/a.py").await;
    let integration = none["integrations"][0].clone();
    let keys: Vec<_> = integration.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "name", "icon", "domainName", "accountType", "scopes", "status", "provider"]);
    let expected = json!({
        "error": "no_code_mappings_for_project", "config": null, "sourceUrl": null, "integrations": [integration]
    });
    assert_eq!(none.to_string(), expected.to_string());
    let first = place.post(&app, &place.body("app/", "src/app/"), 201).await;
    let linked = place.link(&app, "?file=app/a.py").await;
    let expected = json!({
        "error": null, "config": first, "sourceUrl": "https://example.com/user/repo/blob/main/src/app/a.py",
        "attemptedUrl": null, "integrations": [integration],
    });
    assert_eq!(linked.to_string(), expected.to_string());
    let commit = place.link(&app, "?file=app/a.py&commitId=abc").await;
    assert_eq!(
        commit["sourceUrl"], "https://example.com/user/repo/blob/abc/src/app/a.py",
        "the commit first"
    );
    let other = place.link(&app, "?file=lib/a.py").await;
    let expected = json!({ "error": "stack_root_mismatch", "config": null, "sourceUrl": null,
        "attemptedUrl": null, "integrations": [integration] });
    assert_eq!(other.to_string(), expected.to_string());
    place.post(&app, &place.body("/abs/", ""), 201).await;
    let later = place.link(&app, "?file=app/a.py").await;
    assert_eq!(later["error"], "stack_root_mismatch", "of the mapping that was tried before");
    assert!(later["sourceUrl"].is_string());
    let absolute = place.link(&app, "?file=a.py&absPath=/abs/x/a.py").await;
    assert_eq!(absolute["sourceUrl"], "https://example.com/user/repo/blob/main/x/a.py");
    for query in ["", "?file="] {
        let answer = app.get(format!("{LINK}{query}")).bearer(&world.owner_token).send().await.expect(400);
        assert_eq!(answer.json(), json!({ "detail": "Filepath is required" }));
    }
    let path = "/api/0/projects/acme/web/stacktrace-coverage/?file=a.py";
    let answer = app.get(path).bearer(&world.owner_token).send().await.expect(400);
    assert_eq!(answer.json(), json!({ "detail": "Codecov not enabled" }));
});

api_test!(a_mapping_whose_provider_hosts_nothing_is_told, |app| async move {
    let place = Place::new(&app).await;
    place.post(&app, &place.body("app/", ""), 201).await;
    change(&app, Query::new("UPDATE integration SET provider = 'slack'")).await;
    let answer = place.link(&app, "?file=app/a.py").await;
    assert_eq!((&answer["error"], &answer["sourceUrl"]), (&json!("integration_not_found"), &Value::Null));
    assert_eq!(answer["integrations"], json!([]), "only providers that make links are listed");
    assert_eq!(answer["config"]["stackRoot"], "app/");
});

api_test!(an_address_says_what_a_code_mapping_would, |app| async move {
    let place = Place::new(&app).await;
    let path = "/api/0/projects/acme/web/repo-path-parsing/";
    let post = async |body: Value, status: u16| {
        let token = World::token(&app.ctx, place.world.member, &["org:read"]).await;
        app.post(path).bearer(&token).json(&body).send().await.expect(status).json()
    };
    let url = "https://example.com/user/repo/blob/dev/src/app/views.py";
    let expected = json!({
        "integrationId": place.integration.get(), "repositoryId": place.repository, "provider": "example",
        "stackRoot": "app/", "sourceRoot": "src/app/", "defaultBranch": "dev",
    });
    let answer = post(json!({ "stackPath": "app/views.py", "sourceUrl": url }), 200).await;
    assert_eq!(answer.to_string(), expected.to_string());
    let answer = post(json!({ "stack_path": "app/views.py", "source_url": url }), 200).await;
    assert_eq!(answer, expected);
    for (stack, url, text) in [
        ("app/other.py", url, "Source code URL points to a different file than the stack trace"),
        ("app\\other.py", url, "Source code URL points to a different file than the stack trace"),
        ("app/views.py", "https://else.test/views.py", "Could not find integration"),
        ("app/views.py", "https://example.com/nobody/views.py", "Could not find repo"),
        ("app/views.py", "nowhere", "Enter a valid URL."),
    ] {
        let answer = post(json!({ "stackPath": stack, "sourceUrl": url }), 400).await;
        assert_eq!(answer, json!({ "sourceUrl": [text] }), "{stack} {url}");
    }
    change(&app, Query::new("UPDATE organization_integration SET status = 1")).await;
    let answer = post(json!({ "stackPath": "app/views.py", "sourceUrl": url }), 200).await;
    assert_eq!(answer, expected, "be the integration switched off or not");
});

api_test!(mappings_are_derived_through_the_first_active_github_integration, |app| async move {
    let place = Place::new(&app).await;
    let world = &place.world;
    let path = "/api/0/organizations/acme/derive-code-mappings/";
    let body = json!({ "projectId": world.project.get(), "repoName": "user/new", "defaultBranch": "main",
        "stackRoot": "app/", "sourceRoot": "src/app/" });
    let post = async |body: Value, status: u16| {
        app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(status)
    };
    let none = json!({ "text": "Could not find this integration installed on your organization" });
    assert_eq!(post(body.clone(), 404).await.json(), none);
    let answer = app.get(format!("{path}?stacktraceFilename=a/b.py")).bearer(&world.owner_token).send().await;
    assert_eq!(answer.expect(404).json(), none);
    let github = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
    let answer = post(with(&body, json!({ "projectId": 99999 })), 404).await;
    assert_eq!(answer.json(), json!({ "text": "Could not find project" }));
    for key in ["repoName", "defaultBranch", "stackRoot", "sourceRoot"] {
        let answer = post(with(&body, json!({ key: "" })), 400).await;
        assert_eq!(answer.json(), json!({ "text": "Missing required parameters" }), "{key}");
    }
    let made = post(body.clone(), 201).await.json();
    assert_eq!((&made["automaticallyGenerated"], &made["repoName"]), (&json!(true), &json!("user/new")));
    assert_eq!(made["integrationId"], github.to_string());
    let again = post(with(&body, json!({ "sourceRoot": "lib/" })), 201).await.json();
    assert_eq!((&again["id"], &again["sourceRoot"]), (&made["id"], &json!("lib/")));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 2);
    for file in ["", "%3Canonymous%3E", "app/a.py"] {
        let get = app.get(format!("{path}?stacktraceFilename={file}")).bearer(&world.owner_token);
        get.send().await.expect(204);
    }
    mortise_service::features::switch_features(
        &app.ctx,
        "acme",
        &[("derive-code-mappings".to_owned(), false)],
    )
    .await
    .expect("a switch");
    assert_eq!(post(body, 403).await.text(), "");
});
