//! What the other side of an integration has, and how its troubles are told.

use mortise_providers::{
    ApiError, ApiErrorKind, CATALOG, Connection, FunctionAction, Manifest, Outcome, Provider, ProviderError,
    RemoteFunction, RemoteRepository, Serverless, SourceHost,
};
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Map, Value, json};

use crate::ingest::execute;

const LIST: &str = "/api/0/organizations/acme/integrations/";

/// A provider whose every answer is an error.
#[derive(Clone)]
struct Broken(ProviderError);

impl Provider for Broken {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "gitlab").unwrap()
    }

    fn source_host(&self) -> Option<&dyn SourceHost> {
        Some(self)
    }

    fn serverless(&self) -> Option<&dyn Serverless> {
        Some(self)
    }
}

impl SourceHost for Broken {
    fn repositories<'a>(
        &'a self,
        _on: &'a Connection,
        _query: Option<&'a str>,
    ) -> Outcome<'a, Vec<RemoteRepository>> {
        Box::pin(async { Err(self.0.clone()) })
    }

    fn find<'a>(
        &'a self,
        _on: &'a Connection,
        _body: &'a Map<String, Value>,
    ) -> Outcome<'a, mortise_providers::FoundRepository> {
        Box::pin(async { Err(self.0.clone()) })
    }

    fn forget<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a mortise_providers::AddedRepository,
    ) -> Outcome<'a, ()> {
        Box::pin(async { Err(self.0.clone()) })
    }

    fn file_url(&self, _: &mortise_providers::AddedRepository, _: &str, _: &str) -> String {
        String::new()
    }

    fn owns_url(&self, _: &Connection, _: &str) -> bool {
        false
    }

    fn branch_of_url(&self, _: &mortise_providers::AddedRepository, _: &str) -> String {
        String::new()
    }

    fn path_of_url(&self, _: &mortise_providers::AddedRepository, _: &str) -> String {
        String::new()
    }

    fn has_file<'a>(
        &'a self,
        _on: &'a Connection,
        _repository: &'a mortise_providers::AddedRepository,
        _path: &'a str,
        _version: &'a str,
    ) -> Outcome<'a, bool> {
        Box::pin(async { Err(self.0.clone()) })
    }
}

impl Serverless for Broken {
    fn functions<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<RemoteFunction>> {
        Box::pin(async { Err(self.0.clone()) })
    }

    fn change<'a>(
        &'a self,
        _on: &'a Connection,
        _action: FunctionAction,
        _name: &'a str,
    ) -> Outcome<'a, RemoteFunction> {
        Box::pin(async { Err(self.0.clone()) })
    }
}

/// A provider with one function, which remembers nothing.
struct Functions;

fn function(name: &str, version: i64) -> RemoteFunction {
    RemoteFunction {
        name: name.to_owned(),
        runtime: "nodejs20.x".to_owned(),
        version,
        is_outdated: version == 1,
        is_enabled: version > 0,
    }
}

impl Provider for Functions {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "aws_lambda").unwrap()
    }

    fn serverless(&self) -> Option<&dyn Serverless> {
        Some(self)
    }
}

impl Serverless for Functions {
    fn functions<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<RemoteFunction>> {
        Box::pin(async { Ok(vec![function("pay", -1)]) })
    }

    fn change<'a>(
        &'a self,
        _on: &'a Connection,
        action: FunctionAction,
        name: &'a str,
    ) -> Outcome<'a, RemoteFunction> {
        let version = match action {
            FunctionAction::Enable => 1,
            FunctionAction::Disable => -1,
            FunctionAction::Update => 2,
        };
        Box::pin(async move { Ok(function(name, version)) })
    }
}

async fn example(app: &TestApp, world: &World) -> String {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
    format!("{LIST}{id}/repos/")
}

async fn repos(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

api_test!(repositories_that_were_not_added_yet_are_listed, |app| async move {
    let world = app.world().await;
    let path = example(&app, &world).await;
    let found = json!({ "repos": [{ "name": "repo", "identifier": "user/repo", "defaultBranch": null }],
        "searchable": false });
    assert_eq!(repos(&app, &world, &path).await, found);
    let add = async |org: mortise_domain::OrgId, status: i64| {
        let query = Query::new(
            "INSERT INTO repository (organization_id, name, integration_id, config, status, date_added) \
             SELECT $1, 'user/repo', id, '{}', $2, 0 FROM integration",
        );
        let query = query.bind(org).bind(status);
        app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    };
    // What others have, and what is hidden, can be added.
    add(world.stranger_org, 0).await;
    add(world.org, 1).await;
    assert_eq!(repos(&app, &world, &path).await, found);
    execute(&app, "UPDATE repository SET status = 2").await;
    assert_eq!(repos(&app, &world, &path).await, json!({ "repos": [], "searchable": false }));
    app.get(&path).bearer(&world.stranger_token).send().await.expect(403);
});

api_test!(a_disabled_integration_has_no_repositories, |app| async move {
    let world = app.world().await;
    let path = example(&app, &world).await;
    execute(&app, "UPDATE integration SET status = 1").await;
    assert_eq!(repos(&app, &world, &path).await, json!({ "repos": [] }));
});

api_test!(what_a_provider_cannot_do_is_said, |app| async move {
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
    let detail = |text: &str| json!({ "detail": text });
    let owner = &world.owner_token;
    let answer = app.get(format!("{LIST}{id}/repos/")).bearer(owner).send().await.expect(400);
    assert_eq!(answer.json(), detail("Repositories not supported"));
    let functions = format!("{LIST}{id}/serverless-functions/");
    let answer = app.get(&functions).bearer(owner).send().await.expect(400);
    assert_eq!(answer.json(), detail("Serverless not supported"));
    let answer = app.post(&functions).bearer(owner).json(&json!({})).send().await.expect(400);
    assert_eq!(answer.json(), detail("Serverless not supported"));
    let answer = app.put(format!("{LIST}{id}/issues/")).bearer(owner).send().await.expect(400);
    assert_eq!(answer.text(), "");
});

api_test!(what_hangs_on_an_integration_of_others_is_not_found, |app| async move {
    let world = app.world().await;
    let theirs = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "example" })).await;
    for id in [theirs.to_string(), "99999".to_owned(), "abc".to_owned()] {
        for (method, end) in [
            (http::Method::GET, "repos/"),
            (http::Method::PUT, "issues/"),
            (http::Method::GET, "serverless-functions/"),
            (http::Method::POST, "serverless-functions/"),
        ] {
            let request = app.request(method, format!("{LIST}{id}/{end}")).bearer(&world.owner_token);
            let answer = request.json(&json!({})).send().await.expect(404);
            assert_eq!(answer.json(), json!({ "detail": "Not found." }), "{id} {end}");
        }
    }
});

#[tokio::test]
async fn troubles_of_the_other_side_are_told_and_its_absence_is_an_answer_of_its_own() {
    let api = |kind, code, text: &str| {
        ProviderError::from(ApiError { kind, code: Some(code), text: text.to_owned(), json: None })
    };
    let away = api(ApiErrorKind::Host, 503, "Unable to reach host: git.test");
    let refused = api(ApiErrorKind::Status, 500, "oops");
    for (error, told) in [
        (ProviderError::Refused("Not today".to_owned()), "Not today"),
        (ProviderError::Identity("Who are you".to_owned()), "Who are you"),
        (refused, "Error Communicating with GitLab (HTTP 500): unknown error"),
    ] {
        let app = TestApp::with_provider(Broken(error)).await;
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "gitlab" })).await;
        for end in ["repos", "serverless-functions"] {
            let path = format!("{LIST}{id}/{end}/");
            let answer = app.get(path).bearer(&world.owner_token).send().await.expect(400);
            assert_eq!(answer.json(), json!({ "detail": told }), "{end}");
        }
    }
    let app = TestApp::with_provider(Broken(away)).await;
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "gitlab" })).await;
    for end in ["repos", "serverless-functions"] {
        let path = format!("{LIST}{id}/{end}/");
        let answer = app.get(path).bearer(&world.owner_token).send().await.expect(503).json();
        assert_eq!(answer["detail"], "Unable to reach host: git.test", "{end}");
        let keys: Vec<_> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["detail", "errorId"]);
    }
}

#[tokio::test]
async fn functions_are_listed_and_changed() {
    let app = TestApp::with_provider(Functions).await;
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "aws_lambda" })).await;
    let path = format!("{LIST}{id}/serverless-functions/");
    let json_of = |version: i64, is_outdated: bool| {
        json!({ "name": "pay", "runtime": "nodejs20.x", "version": version, "outOfDate": is_outdated,
            "enabled": version > 0 })
    };
    let listed = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(listed, json!([json_of(-1, false)]));
    let post = |body: Value| app.post(&path).bearer(&world.owner_token).json(&body).send();
    for (action, after) in
        [("enable", json_of(1, true)), ("disable", json_of(-1, false)), ("updateVersion", json_of(2, false))]
    {
        let answer = post(json!({ "action": action, "target": "pay" })).await.expect(200);
        assert_eq!(answer.json(), after, "{action}");
    }
    let answer = post(json!({ "action": "x" })).await.expect(400).json();
    let required = json!(["This field is required."]);
    assert_eq!(answer, json!({ "action": ["\"x\" is not a valid choice."], "target": required }));
    let answer = post(json!({})).await.expect(400).json();
    assert_eq!(answer, json!({ "action": required, "target": required }));
}
