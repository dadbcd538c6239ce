//! Bodies and parameters of odd shapes at the endpoints around integrations: which of the two names errors without a
//! field have there, in what order several wrong fields are told, what an item of a list is answered with.

use http::Method;
use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::rows;

const REPOSITORIES: &str = "/api/0/organizations/acme/repos/";
const MAPPINGS: &str = "/api/0/organizations/acme/code-mappings/";
const OWNERS: &str = "/api/0/projects/acme/web/codeowners/";
const PARSING: &str = "/api/0/projects/acme/web/repo-path-parsing/";
const USERS: &str = "/api/0/organizations/acme/external-users/";
const TEAMS: &str = "/api/0/teams/acme/core/external-teams/";

/// An organization with the example provider, a repository of it, two code mappings and code owners of the first.
struct Place {
    world: World,
    repository: Value,
    integration: Value,
    mappings: [String; 2],
    owners: String,
}

impl Place {
    async fn new(app: &TestApp) -> Self {
        let world = app.world().await;
        let integration =
            World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await.get();
        let mut place = Self {
            world,
            repository: Value::Null,
            integration: json!(integration),
            mappings: Default::default(),
            owners: String::new(),
        };
        let new = json!({ "provider": "integrations:example", "installation": integration, "identifier": "user/repo" });
        place.repository = place.send(app, Method::POST, REPOSITORIES, &new, 201).await["id"].clone();
        for (at, root) in ["a/", "b/"].into_iter().enumerate() {
            let made = place.send(app, Method::POST, MAPPINGS, &place.mapping(root), 201).await;
            place.mappings[at] = made["id"].as_str().unwrap().to_owned();
        }
        let new = json!({ "raw": "* owner@acme.test", "codeMappingId": place.mappings[0] });
        place.owners =
            place.send(app, Method::POST, OWNERS, &new, 201).await["id"].as_str().unwrap().to_owned();
        place
    }

    fn mapping(&self, stack_root: &str) -> Value {
        json!({ "integrationId": self.integration, "projectId": self.world.project.get(), "stackRoot": stack_root,
            "repositoryId": self.repository, "sourceRoot": "src/", "defaultBranch": "main" })
    }

    async fn send(&self, app: &TestApp, method: Method, path: &str, body: &Value, status: u16) -> Value {
        let request = app.request(method, path).bearer(&self.world.owner_token).json(body);
        request.send().await.expect(status).json()
    }

    async fn refused(&self, app: &TestApp, method: Method, path: &str, body: &Value) -> Value {
        self.send(app, method, path, body, 400).await
    }
}

fn no_object(name: &str, text: &str) -> Value {
    json!({ name: [text] })
}

api_test!(a_body_that_is_no_object_is_told_once_under_the_name_of_the_endpoint, |app| async move {
    let place = Place::new(&app).await;
    let mapping = format!("{MAPPINGS}{}/", place.mappings[0]);
    let owners = format!("{OWNERS}{}/", place.owners);
    let repository = format!("{REPOSITORIES}{}/", place.repository.as_str().unwrap());
    let bulk = format!("{MAPPINGS}bulk/");
    let (camel, snake) = ("nonFieldErrors", "non_field_errors");
    for (method, path, name) in [
        (Method::POST, USERS, camel),
        (Method::POST, TEAMS, camel),
        (Method::POST, MAPPINGS, camel),
        (Method::PUT, mapping.as_str(), camel),
        (Method::POST, &bulk, camel),
        (Method::POST, OWNERS, camel),
        (Method::PUT, &owners, camel),
        (Method::POST, PARSING, camel),
        (Method::PUT, &repository, snake),
    ] {
        let null = place.refused(&app, method.clone(), path, &Value::Null).await;
        assert_eq!(null, no_object(name, "No data provided"), "{method} {path}");
        let list = place.refused(&app, method.clone(), path, &json!([{}])).await;
        let text = "Invalid data. Expected a dictionary, but got list.";
        assert_eq!(list, no_object(name, text), "{method} {path}");
    }
});

api_test!(what_a_repository_ignores_is_checked_all_the_same, |app| async move {
    let place = Place::new(&app).await;
    let path = format!("{REPOSITORIES}{}/", place.repository.as_str().unwrap());
    let nulls = json!({ "integrationId": null, "url": null, "name": null, "status": null });
    let text = ["This field may not be null."];
    let expected = json!({ "status": text, "name": text, "url": text });
    let told = place.refused(&app, Method::PUT, &path, &nulls).await;
    assert_eq!(told.to_string(), expected.to_string());
    let long = json!({ "name": "n".repeat(300), "url": "", "integrationId": null });
    let kept = place.send(&app, Method::PUT, &path, &long, 200).await;
    assert_eq!(
        (&kept["name"], &kept["integrationId"]),
        (&json!("user/repo"), &json!(place.integration.to_string()))
    );
});

api_test!(code_owners_are_told_what_is_wrong_in_the_order_of_their_fields, |app| async move {
    let place = Place::new(&app).await;
    let wrong = json!({ "organizationIntegrationId": "x", "codeMappingId": "", "raw": "" });
    let expected = json!({ "raw": ["This field may not be blank."], "codeMappingId": ["A valid integer is required."],
        "organizationIntegrationId": ["A valid integer is required."] });
    let told = place.refused(&app, Method::POST, OWNERS, &wrong).await;
    assert_eq!(told.to_string(), expected.to_string());
    let made = json!({ "organization_integration_id": 7, "code_mapping_id": place.mappings[1], "raw": "*" });
    place.send(&app, Method::POST, OWNERS, &made, 201).await;
});

api_test!(a_code_mapping_that_another_project_has_in_use_is_in_use, |app| async move {
    let place = Place::new(&app).await;
    let project = json!({ "name": "Shop", "slug": "shop" });
    place.send(&app, Method::POST, "/api/0/teams/acme/core/projects/", &project, 201).await;
    let path = OWNERS.replace("web", "shop");
    let [used, free] = &place.mappings;
    let told = place.refused(&app, Method::POST, &path, &json!({ "raw": "*", "codeMappingId": used })).await;
    assert_eq!(told, json!({ "codeMappingId": ["This code mapping is already in use."] }));
    let told = place.refused(&app, Method::POST, &path, &json!({ "raw": "*", "codeMappingId": free })).await;
    assert_eq!(told, json!({ "codeMappingId": ["This code mapping does not exist."] }));
});

api_test!(an_address_is_compared_with_a_path_that_is_wrong_too, |app| async move {
    let place = Place::new(&app).await;
    let other = "Source code URL points to a different file than the stack trace";
    let body = json!({ "stackPath": "", "sourceUrl": "https://example.com/user/repo/blob/main/src/x.py" });
    let told = place.refused(&app, Method::POST, PARSING, &body).await;
    let expected = json!({ "stackPath": ["This field may not be blank."], "sourceUrl": [other] });
    assert_eq!(told.to_string(), expected.to_string());
    let body = json!({ "sourceUrl": "https://example.com/user/repo/blob/main/src/x.py" });
    let told = place.refused(&app, Method::POST, PARSING, &body).await;
    assert_eq!(told, json!({ "stackPath": ["This field is required."] }));
});

api_test!(many_code_mappings_are_told_what_is_wrong_item_by_item, |app| async move {
    let place = Place::new(&app).await;
    let path = format!("{MAPPINGS}bulk/");
    let post = async |mappings: Value| {
        let body = json!({ "project": "web", "repository": "user/repo", "defaultBranch": "main", "mappings": mappings });
        place.refused(&app, Method::POST, &path, &body).await
    };
    let told = post(json!("x")).await;
    let text = "Expected a list of items but got type \"str\".";
    assert_eq!(told, json!({ "mappings": { "nonFieldErrors": [text] } }));
    let wrong = "Path may not contain spaces or quotations";
    let good = json!({ "stack_root": "c/", "source_root": "d/" });
    let told = post(json!([5, good, { "stackRoot": "a b" }])).await;
    let expected = json!({ "mappings": [
        { "nonFieldErrors": ["Invalid data. Expected a dictionary, but got int."] },
        {},
        { "stackRoot": [wrong], "sourceRoot": ["This field is required."] },
    ] });
    assert_eq!(told, expected);
});

api_test!(the_id_of_a_project_is_a_number_everywhere, |app| async move {
    let place = Place::new(&app).await;
    let mut body = place.mapping("c/");
    body["projectId"] = json!("web");
    let told = place.refused(&app, Method::POST, MAPPINGS, &body).await;
    assert_eq!(told, json!("Invalid projectId param. Expected an integer."));
    for query in ["project=", "project=web", "project=1.5"] {
        let path = format!("{MAPPINGS}?{query}");
        let told = place.refused(&app, Method::GET, &path, &json!({})).await;
        assert_eq!(
            told,
            json!({ "detail": "Invalid project parameter. Values must be numbers." }),
            "{query}"
        );
    }
});

api_test!(who_is_in_no_team_has_no_code_mappings_of_their_own, |app| async move {
    let place = Place::new(&app).await;
    let count = |list: Value| list.as_array().unwrap().len();
    let (loner, _) = World::user(&app.ctx, "loner", place.world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, loner, &["org:read"]).await;
    let own = app.get(MAPPINGS).bearer(&token).send().await.expect(200).json();
    assert_eq!(count(own), 0);
    let all = app.get(format!("{MAPPINGS}?project=-1")).bearer(&token).send().await.expect(200).json();
    assert_eq!(count(all), 2);
    // What is no person has no teams and sees whatever it may.
    let token = rows::org_token(&app, place.world.org, "acme").await;
    assert_eq!(count(app.get(MAPPINGS).bearer(&token).send().await.expect(200).json()), 2);
    let (cookie, csrf) = rows::superuser(&app, place.world.stranger).await;
    let request = app.get(MAPPINGS).header("cookie", &format!("{cookie}; sc={csrf}"));
    assert_eq!(count(request.send().await.expect(200).json()), 2);
});

api_test!(
    a_token_that_may_change_a_project_is_told_which_methods_its_release_token_knows,
    |app| async move {
        let world = app.world().await;
        let path = "/api/0/projects/acme/web/releases/token/";
        for method in [Method::PUT, Method::DELETE] {
            let answer =
                app.request(method.clone(), path).bearer(&world.owner_token).send().await.expect(405);
            assert_eq!(answer.json(), json!({ "detail": format!("Method \"{method}\" not allowed.") }));
            assert_eq!(answer.header("allow"), "GET, POST, HEAD, OPTIONS");
        }
    }
);

api_test!(a_token_may_only_read_which_features_there_are, |app| async move {
    let world = app.world().await;
    let path = "/api/0/integration-features/";
    app.post(path).bearer(&world.owner_token).send().await.expect(403);
    app.post(path).session(&world.owner_session).send().await.expect(405);
});

api_test!(the_file_of_owners_in_a_repository_is_for_those_who_reach_the_project, |app| async move {
    let place = Place::new(&app).await;
    let path = format!("{MAPPINGS}{}/codeowners/", place.mappings[0]);
    let (loner, _) = World::user(&app.ctx, "loner", place.world.org, OrgRole::Member).await;
    let token = World::token(&app.ctx, loner, &["org:read"]).await;
    let file = app.get(&path).bearer(&token).send().await.expect(200).json();
    assert_eq!(file["filepath"], "CODEOWNERS", "the organization is open");
    let closed = Query::new("UPDATE organization SET flags = 0 WHERE slug = 'acme'");
    rows::execute(&app, closed).await;
    let answer = app.get(&path).bearer(&token).send().await.expect(403);
    assert_eq!(answer.text(), "");
});

api_test!(nobody_has_accounts_that_plugins_act_with, |app| async move {
    let world = app.world().await;
    let path = "/api/0/users/me/social-identities/";
    let list = app.get(path).bearer(&world.member_token).send().await.expect(200);
    assert_eq!((list.json(), list.header("link")), (json!([]), ""));
    for id in ["1", "abc"] {
        let answer = app.delete(format!("{path}{id}/")).bearer(&world.member_token).send().await.expect(404);
        assert_eq!(answer.text(), "");
    }
    let other = format!("/api/0/users/{}/social-identities/", world.owner);
    app.get(&other).bearer(&world.member_token).send().await.expect(403);
    app.get(&other).send().await.expect(401);
});

api_test!(what_a_path_names_is_looked_for_before_the_body_is_read, |app| async move {
    let place = Place::new(&app).await;
    let slack = World::integrate(&app.ctx, place.world.org, &json!({ "provider": "slack" })).await;
    let send = async |method: &Method, path: &str| {
        let request = app.request(method.clone(), path).bearer(&place.world.owner_token);
        request.header("content-type", "application/json").body("{").send().await
    };
    let integrations = "/api/0/organizations/acme/integrations/";
    let plugins = "/api/0/projects/acme/web/plugins/";
    let functions = format!("{integrations}{slack}/serverless-functions/");
    let resource = json!({ "detail": "The requested resource does not exist" });
    let row = json!({ "detail": "Not found." });
    for (method, path, status, told) in [
        (Method::PUT, format!("{REPOSITORIES}999/"), 404, &resource),
        (Method::PUT, format!("{OWNERS}999/"), 404, &resource),
        (Method::POST, format!("{plugins}nothing/"), 404, &resource),
        (Method::PUT, format!("{plugins}nothing/"), 404, &resource),
        (Method::POST, format!("{integrations}999/"), 404, &row),
        (Method::PUT, format!("{MAPPINGS}999/"), 404, &row),
        (Method::PUT, format!("{USERS}999/"), 404, &row),
        (Method::PUT, format!("{TEAMS}999/"), 404, &row),
        (Method::POST, functions, 400, &json!({ "detail": "Serverless not supported" })),
    ] {
        let answer = send(&method, &path).await.expect(status);
        assert_eq!(&answer.json(), told, "{method} {path}");
    }
    let derived = "/api/0/organizations/acme/derive-code-mappings/";
    let none = json!({ "text": "Could not find this integration installed on your organization" });
    assert_eq!(send(&Method::POST, derived).await.expect(404).json(), none);
    let repository = format!("{REPOSITORIES}{}/", place.repository.as_str().unwrap());
    let mapping = format!("{MAPPINGS}{}/", place.mappings[0]);
    for (method, path) in [
        (Method::PUT, repository),
        (Method::PUT, mapping),
        (Method::PUT, format!("{OWNERS}{}/", place.owners)),
        (Method::POST, format!("{integrations}{slack}/")),
        (Method::PUT, format!("{plugins}webhooks/")),
        (Method::POST, USERS.to_owned()),
        (Method::POST, TEAMS.to_owned()),
        (Method::POST, OWNERS.to_owned()),
    ] {
        let told = send(&method, &path).await.expect(400).json()["detail"].as_str().unwrap().to_owned();
        assert!(told.starts_with("JSON parse error - "), "{method} {path}: {told}");
    }
    let off = [("integrations-codeowners".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &off).await.unwrap();
    for path in [USERS, TEAMS, OWNERS] {
        send(&Method::POST, path).await.expect(403);
    }
});
