//! What is told first of calls that are wrong in several ways, outside of apps: what the path names is looked for before a
//! body is read. And what HEAD is answered with.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use mortise_domain::ScopeSet;
use mortise_service::tokens;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    installations::Installed,
    metric_rules,
    rows::superuser,
    rules::{self, RULES},
};

const JSON: &str =
    "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)";
const HOOKS: &str = "/api/0/projects/acme/web/hooks/";

fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

fn no_resource() -> Value {
    detail("The requested resource does not exist")
}

async fn broken(app: &TestApp, method: Method, path: &str, token: &str) -> (u16, Value) {
    let request =
        app.request(method, path).bearer(token).header("content-type", "application/json").body("{");
    let answer = request.send().await;
    (answer.status, answer.json())
}

/// An id in an answer.
fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

api_test!(a_body_is_read_after_what_the_path_names_was_found, |app| async move {
    let world = app.world().await;
    let owner = world.owner_token.as_str();
    let post = async |path: &str, body: Value| {
        app.post(path).bearer(owner).json(&body).send().await.expect(201).json()
    };
    let rule = id_of(&rules::create(&app, &world, &rules::rule("R")).await);
    let metric = id_of(&metric_rules::create(&app, &world, &metric_rules::rule(json!({}))).await);
    let hook = id_of(&post(HOOKS, json!({ "url": "https://a.test/in" })).await);
    let tokens = "/api/0/organizations/acme/org-auth-tokens/";
    let token = id_of(&post(tokens, json!({ "name": "ci" })).await);
    let keys = "/api/0/projects/acme/web/keys/";
    let key = id_of(&post(keys, json!({ "name": "k" })).await);
    let (members, member) = ("/api/0/organizations/acme/members/", world.member_id.to_string());
    let metrics = "/api/0/organizations/acme/alert-rules/";
    let muting = "/api/0/projects/acme/web/alert-rules/";
    let no_rule = detail("Rule does not exist");
    for (method, list, id, rest, missing) in [
        (Method::PUT, RULES, &rule, "", no_resource()),
        (Method::POST, RULES, &rule, "snooze/", no_rule.clone()),
        (Method::PUT, metrics, &metric, "", no_resource()),
        (Method::POST, muting, &metric, "snooze/", no_rule),
        (Method::PUT, HOOKS, &hook, "", no_resource()),
        (Method::PUT, tokens, &token, "", no_resource()),
        (Method::PUT, keys, &key, "", no_resource()),
        (Method::PUT, members, &member, "", no_resource()),
        (Method::PUT, members, &member, "teams/core/", no_resource()),
    ] {
        let answer = broken(&app, method.clone(), &format!("{list}999999/{rest}"), owner).await;
        assert_eq!(answer, (404, missing), "{method} {list}{rest}");
        let answer = broken(&app, method.clone(), &format!("{list}{id}/{rest}"), owner).await;
        assert_eq!(answer, (400, detail(JSON)), "{method} {list}{rest}");
    }
    for (method, path) in [
        (Method::PUT, "/api/0/organizations/nowhere/"),
        (Method::POST, "/api/0/organizations/nowhere/projects/"),
        (Method::POST, "/api/0/teams/acme/nobodies/projects/"),
        (Method::PUT, "/api/0/projects/acme/web/environments/mars/"),
        (Method::PUT, "/api/0/users/999999/"),
        (Method::PUT, "/api/0/users/999999/notifications/"),
        (Method::DELETE, "/api/0/users/999999/"),
    ] {
        let answer = broken(&app, method.clone(), path, owner).await;
        assert_eq!(answer, (404, no_resource()), "{method} {path}");
    }
    let typed =
        app.put(format!("{RULES}999999/")).bearer(owner).header("content-type", "text/xml").body("<a/>");
    assert_eq!(
        typed.send().await.expect(404).json(),
        no_resource(),
        "a body of another type is none to parse"
    );
});

api_test!(bodies_of_a_session_are_read_after_what_the_path_names_was_found, |app| async move {
    let world = app.world().await;
    let elevated = superuser(&app, world.owner).await;
    let put = async |path: String| {
        let (cookie, csrf) = &elevated;
        let request = app.put(path).header("cookie", cookie).header("x-csrftoken", csrf);
        let answer = request.header("content-type", "application/json").body("{").send().await;
        (answer.status, answer.json())
    };
    for path in ["doc-integrations/nothing/", "doc-integrations/nothing/avatar/"] {
        assert_eq!(put(format!("/api/0/{path}")).await, (404, detail("Not found.")), "{path}");
    }
    let apps = "/api/0/api-applications/";
    let made = app.post(apps).session(&world.owner_session).send().await.expect(201).json();
    assert_eq!(put(format!("{apps}nothing/")).await, (404, no_resource()));
    assert_eq!(put(format!("{apps}{}/", id_of(&made))).await, (400, detail(JSON)));
});

api_test!(keys_that_are_nobody_are_told_so_without_a_word, |app| async move {
    let world = app.world().await;
    let scopes = ScopeSet::from_texts(["project:write", "project:admin", "org:integrations"]);
    let key = tokens::create_api_key(&app.ctx, world.org, "old", scopes).await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let unknown = format!("{HOOKS}nothing/");
    let repositories = "/api/0/organizations/acme/repos/";
    for (method, path) in [
        (Method::POST, HOOKS),
        (Method::PUT, &unknown),
        (Method::DELETE, &unknown),
        (Method::POST, repositories),
    ] {
        let request = app.request(method.clone(), path).header("authorization", &basic);
        let answer = request.header("content-type", "application/json").body("{").send().await.expect(401);
        let said = (answer.text(), answer.header("content-type"), answer.header("www-authenticate"));
        assert_eq!(said, (String::new(), "", ""), "{method} {path}");
    }
});

/// The status of HEAD with a token, and with a session.
async fn heads(app: &TestApp, world: &World, path: &str) -> (u16, u16) {
    let head = || app.request(Method::HEAD, path);
    let with_token = head().bearer(&world.owner_token).send().await;
    let with_session = head().session(&world.owner_session).send().await;
    assert!(with_token.body.is_empty() && with_session.body.is_empty(), "{path}");
    (with_token.status, with_session.status)
}

api_test!(a_head_of_a_session_passes_where_no_object_asks_for_scopes, |app| async move {
    let world = app.world().await;
    let rule = rules::create(&app, &world, &rules::rule("R")).await;
    let rule = rules::path_of(&rule);
    for (path, expected) in [
        ("/api/0/", (200, 200)),
        ("/api/0/sentry-apps/", (403, 200)),
        ("/api/0/integration-features/", (403, 200)),
        ("/api/0/projects/", (403, 200)),
        ("/api/0/doc-integrations/", (403, 403)),
        ("/api/0/sentry-apps/nothing/", (403, 403)),
        ("/api/0/organizations/acme/", (403, 403)),
        ("/api/0/organizations/acme/sentry-app-installations/", (403, 403)),
        ("/api/0/organizations/acme/integrations/", (403, 403)),
        ("/api/0/projects/acme/web/", (403, 403)),
        ("/api/0/teams/acme/core/", (403, 403)),
        (&rule, (403, 403)),
        // What is not there is told before scopes are asked for.
        ("/api/0/organizations/nowhere/integrations/", (403, 404)),
        ("/api/0/projects/acme/nothing/", (403, 404)),
        ("/api/0/issues/999999/", (403, 404)),
    ] {
        assert_eq!(heads(&app, &world, path).await, expected, "{path}");
    }
    app.request(Method::HEAD, "/api/0/sentry-apps/").send().await.expect(401);
    let listed = app.get("/api/0/projects/").session(&world.owner_session).send().await.expect(200);
    let head = app.request(Method::HEAD, "/api/0/projects/").session(&world.owner_session).send().await;
    for header in ["link", "content-type"] {
        assert_eq!(head.header(header), listed.header(header), "{header}");
    }
    assert_eq!(head.header("content-length"), listed.body.len().to_string());
});

api_test!(a_head_of_a_superuser_is_answered_about_apps_and_what_documents_them, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let (cookie, csrf) = superuser(&app, world.stranger).await;
    let entry = json!({ "name": "Guide", "author": "A", "description": "D", "url": "https://a.test/", "popularity": 1 });
    let made = app.post("/api/0/doc-integrations/").header("cookie", &format!("{cookie}; sc={csrf}"));
    made.header("x-csrftoken", &csrf).json(&entry).send().await.expect(201);
    for (path, expected) in [
        ("/api/0/sentry-apps/board/", 200),
        ("/api/0/sentry-apps/board/features/", 200),
        ("/api/0/sentry-apps/board/components/", 200),
        ("/api/0/sentry-apps/board/avatar/", 200),
        ("/api/0/sentry-apps/board/stats/", 200),
        ("/api/0/sentry-apps/board/requests/", 200),
        ("/api/0/sentry-apps/board/interaction/", 200),
        ("/api/0/sentry-apps/nothing/", 404),
        ("/api/0/organizations/acme/sentry-app-installations/", 200),
        (&it.path(), 200),
        ("/api/0/doc-integrations/", 200),
        ("/api/0/doc-integrations/guide/", 200),
        ("/api/0/doc-integrations/guide/avatar/", 200),
        // Where scopes are asked for, superusers have all but those that nothing lists.
        ("/api/0/organizations/acme/", 403),
        ("/api/0/organizations/acme/sentry-apps/", 403),
        ("/api/0/organizations/acme/integrations/", 403),
        ("/api/0/projects/acme/web/", 403),
    ] {
        let head = app.request(Method::HEAD, path).header("cookie", &cookie).send().await;
        assert_eq!((head.status, head.body.is_empty()), (expected, true), "{path}");
    }
});

api_test!(projects_are_named_by_slug_as_well, |app| async move {
    let world = app.world().await;
    let other = json!({ "name": "Shop", "slug": "shop", "default_rules": false });
    let made = app.post("/api/0/teams/acme/core/projects/").bearer(&world.owner_token).json(&other);
    let shop = id_of(&made.send().await.expect(201).json());
    rules::create(&app, &world, &rules::rule("R")).await;
    let web = world.project;
    let list = "/api/0/organizations/acme/combined-rules/";
    for (query, expected) in [
        ("projectSlug=web".to_owned(), Ok(1)),
        ("projectSlug=shop".to_owned(), Ok(0)),
        ("projectSlug=shop&projectSlug=web".to_owned(), Ok(1)),
        ("projectSlug=%24all".to_owned(), Ok(1)),
        ("projectSlug=".to_owned(), Ok(1)),
        (format!("projectSlug=web&project={web}"), Ok(1)),
        (format!("projectSlug=web&project={shop}"), Err(403)),
        (format!("projectSlug=%24all&project={shop}"), Ok(1)),
        ("projectSlug=nothing".to_owned(), Err(403)),
        ("projectSlug=web&projectSlug=nothing".to_owned(), Err(403)),
        ("projectSlug=web&project=x".to_owned(), Err(400)),
    ] {
        let answer = app.get(format!("{list}?{query}")).bearer(&world.owner_token).send().await;
        let rules = answer.json().as_array().map(Vec::len);
        assert_eq!(rules.ok_or(answer.status), expected, "{query}");
    }
    for path in ["issues/", "environments/", "users/", "code-mappings/", "alert-rules/", "incidents/"] {
        let get = async |query: &str| {
            let path = format!("/api/0/organizations/acme/{path}?{query}");
            app.get(path).bearer(&world.owner_token).send().await.status
        };
        assert_eq!((get("projectSlug=web").await, get("projectSlug=globex").await), (200, 403), "{path}");
    }
});
