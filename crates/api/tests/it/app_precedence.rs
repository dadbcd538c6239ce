//! What is looked at first in calls that are wrong in several ways: who asks, then what the path names, then the method,
//! then the body.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use mortise_domain::ScopeSet;
use mortise_service::tokens;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    installations::Installed,
    rows::superuser,
    sentry_apps::{APPS, create, internal, public},
};

const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";
const JSON: &str =
    "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)";

fn detail(text: &str) -> Value {
    json!({ "detail": text })
}

fn forbidden() -> Value {
    detail("You do not have permission to perform this action.")
}

fn not_found() -> Value {
    detail("Not found.")
}

/// Sends something that is no JSON.
async fn broken(app: &TestApp, method: Method, path: &str, token: &str) -> (u16, Value) {
    let request =
        app.request(method, path).bearer(token).header("content-type", "application/json").body("{");
    let answer = request.send().await;
    (answer.status, answer.json())
}

api_test!(a_body_is_read_after_what_the_path_names_was_found, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let other = Installed::of(&app, &world, "Pager").await;
    let token = it.redeem(&app).await["token"].as_str().unwrap().to_owned();
    let owner = world.owner_token.as_str();
    let below = |uuid: &str, rest: &str| format!("/api/0/sentry-app-installations/{uuid}/{rest}");
    for rest in ["external-issues/", "external-issue-actions/"] {
        let answer = broken(&app, Method::POST, &below("nope", rest), owner).await;
        assert_eq!(answer, (404, not_found()), "{rest}");
        let answer = broken(&app, Method::POST, &below(&it.uuid, rest), &world.stranger_token).await;
        assert_eq!(answer, (404, not_found()), "{rest}");
        let answer = broken(&app, Method::POST, &below(&it.uuid, rest), owner).await;
        assert_eq!(answer, (400, detail(JSON)), "{rest}");
    }
    for (uuid, expected) in
        [("nope", (404, not_found())), (&other.uuid, (403, forbidden())), (&it.uuid, (400, detail(JSON)))]
    {
        assert_eq!(broken(&app, Method::PUT, &below(uuid, ""), &token).await, expected, "{uuid}");
    }
    for org in ["nowhere", "globex"] {
        let path = format!("/api/0/organizations/{org}/sentry-app-installations/");
        assert_eq!(broken(&app, Method::POST, &path, owner).await, (404, not_found()), "{org}");
    }
    assert_eq!(broken(&app, Method::POST, INSTALLED, owner).await, (400, detail(JSON)));
});

api_test!(
    what_keeps_an_app_from_being_published_is_said_before_what_is_wrong_with_the_body,
    |app| async move {
        let world = app.world().await;
        let slug = create(&app, &world, &public()).await;
        let inner = create(&app, &world, &internal()).await;
        let ask = |slug: &str| {
            let path = format!("{APPS}{slug}/publish-request/");
            let (app, token) = (&app, &world.owner_token);
            async move { broken(app, Method::POST, &path, token).await }
        };
        assert_eq!(ask(&slug).await, (400, detail("Must upload a logo for the integration.")));
        assert_eq!(ask(&inner).await, (400, detail("Cannot publish internal integration.")));
        let (cookie, csrf) = superuser(&app, world.stranger).await;
        let publish =
            app.put(format!("{APPS}{slug}/")).header("cookie", &cookie).header("x-csrftoken", &csrf);
        publish.json(&json!({ "status": "published" })).send().await.expect(200);
        assert_eq!(ask(&slug).await, (400, detail("Cannot publish already published integration.")));
    }
);

/// What a token with one scope is answered, and what a session is.
async fn ask(app: &TestApp, world: &World, method: &str, path: &str, scope: &str) -> (u16, u16) {
    let token = World::token(&app.ctx, world.owner, &[scope]).await;
    let request = || app.request(method.parse().unwrap(), path).json(&json!({}));
    let with_token = request().bearer(&token).send().await.status;
    (with_token, request().session(&world.owner_session).send().await.status)
}

api_test!(a_token_that_may_not_use_a_method_is_not_told_whether_there_is_one, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let installation = it.path();
    let below = |rest: &str| format!("{installation}{rest}");
    for (method, path, scope, expected) in [
        ("POST", below(""), "org:read", (403, 405)),
        ("POST", below(""), "org:integrations", (405, 405)),
        ("PATCH", below(""), "org:admin", (403, 405)),
        ("PUT", below(""), "org:admin", (403, 403)),
        ("PUT", below("external-requests/"), "org:admin", (403, 405)),
        ("DELETE", below("external-requests/"), "org:admin", (405, 405)),
        ("GET", below("external-issue-actions/"), "event:admin", (403, 405)),
        ("GET", below("external-issues/"), "event:admin", (403, 405)),
        ("PUT", below("external-issues/"), "event:admin", (403, 405)),
        ("GET", below("external-issues/1/"), "event:admin", (403, 405)),
        ("PUT", below("service-hook-projects/"), "org:admin", (403, 405)),
    ] {
        let answers = ask(&app, &world, method, &path, scope).await;
        assert_eq!(answers, expected, "{method} {path} with {scope}");
    }
    // No method class lists HEAD.
    let head = app.request(Method::HEAD, &installation).bearer(&world.owner_token).send().await;
    assert_eq!(head.status, 403);
    // An app may PUT to installations with whatever scopes, and nothing else.
    let token = it.redeem(&app).await["token"].as_str().unwrap().to_owned();
    let change = |method| app.request(method, &installation).bearer(&token).json(&json!({})).send();
    change(Method::PUT).await.expect(200);
    assert_eq!(change(Method::PATCH).await.expect(403).json(), forbidden());
});

api_test!(tokens_and_slugs_that_cannot_be_have_their_texts, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &internal()).await;
    for id in ["random", "999999", "99999999999999999999999", "-1"] {
        let path = format!("{APPS}{slug}/api-tokens/{id}/");
        let answer = app.request(Method::DELETE, path).session(&world.owner_session).send().await.expect(404);
        assert_eq!(answer.json(), not_found(), "{id}");
    }
    let install =
        |slug: &str| app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug })).send();
    let long = "Ensure this field has no more than 64 characters.";
    let grammar = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be \
        entirely numeric.";
    let answer = install(&"X".repeat(65)).await.expect(400);
    assert_eq!(answer.json(), json!({ "slug": [long, grammar] }));
    let answer = install("a\0b").await.expect(400);
    assert_eq!(answer.json(), json!({ "slug": ["Null characters are not allowed.", grammar] }));
});

api_test!(a_filter_that_is_empty_is_a_filter, |app| async move {
    let world = app.world().await;
    let schema = json!({ "elements": [{ "type": "stacktrace-link", "uri": "/frame" }] });
    let mut body = internal();
    body["schema"] = schema;
    create(&app, &world, &body).await;
    let get =
        |path: &str| app.get(format!("/api/0/organizations/acme/{path}")).bearer(&world.owner_token).send();
    let all = get("sentry-app-components/").await.expect(200).json();
    assert_eq!(all[0]["type"], "stacktrace-link");
    assert_eq!(get("sentry-app-components/?filter=").await.expect(200).json(), json!([]));
    assert_eq!(get("sentry-apps/?status=").await.expect(400).json(), detail("Invalid status."));
});

api_test!(a_key_of_an_organization_is_no_member_and_finds_no_installations, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let scopes = ScopeSet::from_texts(["org:admin", "event:admin"]);
    let key = tokens::create_api_key(&app.ctx, world.org, "old", scopes).await.unwrap();
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let ask = |method: Method, path: &str| {
        app.request(method, path).header("authorization", &basic).json(&json!({ "slug": "board" })).send()
    };
    let installation = it.path();
    for (method, path) in [
        (Method::GET, INSTALLED),
        (Method::POST, INSTALLED),
        (Method::GET, installation.as_str()),
        (Method::DELETE, installation.as_str()),
        (Method::POST, &format!("{installation}external-issues/")),
    ] {
        let answer = ask(method.clone(), path).await;
        assert_eq!((answer.status, answer.json()), (404, not_found()), "{method} {path}");
    }
    ask(Method::GET, "/api/0/organizations/acme/sentry-apps/").await.expect(200);
});

api_test!(the_token_endpoint_asks_every_method_who_it_is, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let path = format!("{}authorizations/", it.path());
    let pair = |secret: &str| json!({ "client_id": it.client_id, "client_secret": secret });
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let ask = async |body: Option<Value>| {
            let request = app.request(method.clone(), &path);
            let answer = match body {
                Some(body) => request.json(&body).send().await,
                None => request.send().await,
            };
            assert_eq!(answer.header("allow"), "POST, OPTIONS", "{method}");
            (answer.status, answer.json())
        };
        let invalid = (401, detail("Invalid request"));
        assert_eq!((ask(None).await, ask(Some(json!({}))).await), (invalid.clone(), invalid), "{method}");
        let wrong = (401, detail("Invalid Client ID / Secret pair"));
        assert_eq!(ask(Some(pair("no"))).await, wrong, "{method}");
        let text = format!("Method \"{method}\" not allowed.");
        assert_eq!(ask(Some(pair(&it.client_secret))).await, (405, detail(&text)), "{method}");
    }
});
