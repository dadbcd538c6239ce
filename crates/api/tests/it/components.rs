//! UI components over HTTP: choices and issue links.

use std::time::Duration;

use mortise_crypto::sign::{WebhookMessage, verify_hook_signature, verify_webhook_signature};
use mortise_testkit::{Answer, Received, Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest;

const APPS: &str = "/api/0/sentry-apps/";
const COMPONENTS: &str = "/api/0/organizations/acme/sentry-app-components/";
const FAILED: &str = "Error communicating with Sentry App service";

pub fn text(name: &str) -> Value {
    json!({"type": "text", "name": name, "label": "T"})
}

pub fn select(name: &str) -> Value {
    json!({"type": "select", "name": name, "label": "S", "uri": "/options"})
}

pub fn issue_link(fields: &Value) -> Value {
    json!({"type": "issue-link", "link": {"uri": "/link", "required_fields": [select("ticket")]},
        "create": {"uri": "/create", "required_fields": fields}})
}

pub fn alert_action() -> Value {
    json!({"type": "alert-rule-action", "title": "A", "settings":
        {"type": "alert-rule-settings", "uri": "/alert", "required_fields": [text("t")]}})
}

pub fn schema(elements: &[Value]) -> Value {
    json!({ "elements": elements })
}

/// An internal app, installed, with a token.
pub struct Made {
    pub slug: String,
    pub installation: String,
    pub token: String,
}

impl Made {
    pub async fn new(app: &TestApp, world: &World, name: &str, webhook: &str, schema: Value) -> Self {
        let body = json!({
            "organization": "acme", "name": name, "isInternal": true, "isAlertable": false, "verifyInstall": false,
            "scopes": ["event:admin", "org:read", "org:integrations"], "webhookUrl": webhook, "schema": schema,
        });
        let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
        let slug = made["slug"].as_str().unwrap().to_owned();
        assert_eq!(made["schema"], body["schema"]);
        let installed = app.get("/api/0/organizations/acme/sentry-app-installations/");
        let installed = installed.bearer(&world.owner_token).send().await.expect(200).json();
        let tokens = app.post(format!("{APPS}{slug}/api-tokens/")).session(&world.owner_session);
        let token = tokens.send().await.expect(201).json();
        Self {
            slug,
            installation: installed[0]["uuid"].as_str().unwrap().to_owned(),
            token: token["token"].as_str().unwrap().to_owned(),
        }
    }

    pub fn at(&self, path: &str) -> String {
        format!("/api/0/sentry-app-installations/{}/{path}", self.installation)
    }

    pub async fn put_schema(&self, app: &TestApp, world: &World, schema: &Value) -> Answer {
        let path = format!("{APPS}{}/", self.slug);
        app.put(path).bearer(&world.owner_token).json(&json!({ "schema": schema })).send().await
    }
}

pub async fn get(app: &TestApp, token: &str, path: &str) -> Value {
    app.get(path).bearer(token).send().await.expect(200).json()
}

pub async fn an_issue(app: &TestApp, world: &World, message: &str) -> i64 {
    ingest::to_store(app, world).json(&ingest::message(message)).send().await.expect(200);
    ingest::count(app, "SELECT MAX(id) FROM issue").await
}

fn query(received: &Received) -> Vec<(String, String)> {
    let query = received.path.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

api_test!(components_are_made_anew_with_the_schema_and_kept_without, |app| async move {
    let world = app.world().await;
    let both = schema(&[issue_link(&json!([text("t")])), alert_action()]);
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", both.clone()).await;
    let path = format!("{APPS}{}/components/", made.slug);
    let first = get(&app, &world.owner_token, &path).await;
    let app_json = get(&app, &world.owner_token, &format!("{APPS}{}/", made.slug)).await;
    let of_app = json!({"uuid": app_json["uuid"], "slug": made.slug, "name": "Board", "avatars": []});
    let whole = json!([
        {"uuid": first[0]["uuid"], "type": "issue-link", "schema": both["elements"][0], "error": false, "sentryApp": of_app},
        {"uuid": first[1]["uuid"], "type": "alert-rule-action", "schema": both["elements"][1], "error": false, "sentryApp": of_app},
    ]);
    assert_eq!(first, whole);
    let rename = json!({"name": "Plank"});
    app.put(format!("{APPS}{}/", made.slug))
        .bearer(&world.owner_token)
        .json(&rename)
        .send()
        .await
        .expect(200);
    assert_eq!(get(&app, &world.owner_token, &path).await[0]["uuid"], first[0]["uuid"]);
    made.put_schema(&app, &world, &both).await.expect(200);
    assert_ne!(get(&app, &world.owner_token, &path).await[0]["uuid"], first[0]["uuid"]);
    made.put_schema(&app, &world, &json!("")).await.expect(200);
    assert_eq!(get(&app, &world.owner_token, &path).await, json!([]));
});

api_test!(selects_are_filled_and_one_failing_app_stands_alone, |app| async move {
    let world = app.world().await;
    let (good, bad) = (Receiver::start().await, Receiver::start().await);
    good.reply([Reply::json(&json!([
        {"value": 7, "label": "Seven"}, {"value": "8", "label": "Eight", "default": true, "more": 1},
    ]))]);
    bad.reply([Reply::status(500)]);
    let fields = json!([
        {"type": "select", "name": "static", "label": "S", "options": [["a", "A"]]},
        {"type": "select", "name": "later", "label": "S", "uri": "/later", "skip_load_on_open": true},
        {"type": "select", "name": "dependent", "label": "S", "uri": "/dependent", "depends_on": ["ticket"]},
        text("t"),
    ]);
    let stack = json!({"type": "stacktrace-link", "uri": "/frame"});
    Made::new(&app, &world, "Good", &good.url(), schema(&[issue_link(&fields), stack])).await;
    Made::new(&app, &world, "Bad", &bad.url(), schema(&[issue_link(&json!([text("t")]))])).await;

    let listed = get(&app, &world.owner_token, COMPONENTS).await;
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 3);
    let link = &listed[0];
    assert_eq!((&link["error"], &link["sentryApp"]["name"]), (&json!(false), &json!("Good")));
    assert_eq!(
        link["schema"]["link"]["required_fields"][0]["choices"],
        json!([[7, "Seven"], ["8", "Eight"]])
    );
    assert_eq!(link["schema"]["link"]["required_fields"][0]["defaultValue"], "8");
    let create = &link["schema"]["create"]["required_fields"];
    assert_eq!(create[0]["choices"], json!([["a", "A"]]));
    assert_eq!((create[1].get("choices"), create[3].get("choices")), (None, None));
    assert_eq!(create[2]["choices"], json!([]));
    let asked = good.wait_for(1).await;
    assert_eq!(asked.len(), 1);
    let installation =
        get(&app, &world.owner_token, "/api/0/organizations/acme/sentry-app-installations/").await;
    let uuid = installation[1]["uuid"].as_str().unwrap();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("GET", format!("/options?installationId={uuid}").as_str())
    );
    assert!(asked[0].body.is_empty());
    assert_eq!(asked[0].header("sentry-app-signature").len(), 64);
    assert_eq!(asked[0].header("request-id").len(), 32);
    assert!(asked[0].header("user-agent").starts_with("sentry/"));
    let base = good.url().replace("/hook", "");
    assert_eq!(listed[1]["schema"]["url"], json!(format!("{base}/frame?installationId={uuid}")));
    assert_eq!((&listed[2]["error"], &listed[2]["sentryApp"]["name"]), (&json!(true), &json!("Bad")));
    assert_eq!(listed[2]["schema"]["link"]["required_fields"][0].get("choices"), None);

    let filtered = get(&app, &world.owner_token, &format!("{COMPONENTS}?filter=stacktrace-link")).await;
    assert_eq!(filtered.as_array().unwrap().len(), 1);
    app.get(COMPONENTS).bearer(&world.stranger_token).send().await.expect(403);
});

api_test!(choices_are_asked_of_the_app_with_project_query_and_dependent_data, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = Made::new(&app, &world, "Board", &format!("{}?own=1", receiver.url()), json!({})).await;
    receiver.reply([Reply::json(&json!([{"value": "v", "label": "V", "default": 1}]))]);
    let path = made.at(&format!(
        "external-requests/?uri=/o%3Fx%3D1&query=a b&projectId={}&dependentData=%7B%22b%22%3A%223%22%7D",
        world.project
    ));
    let answer = get(&app, &made.token, &path.replace("a b", "a+b")).await;
    assert_eq!(answer, json!({"choices": [["v", "V"]], "defaultValue": "v"}));
    let asked = receiver.received();
    assert!(asked[0].path.starts_with("/o?x=1&installationId="), "{}", asked[0].path);
    let sent = query(&asked[0]);
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x", "installationId", "projectSlug", "query", "dependentData"]);
    assert_eq!((sent[2].1.as_str(), sent[3].1.as_str(), sent[4].1.as_str()), ("web", "a b", r#"{"b":"3"}"#));
    // A project of somebody else is none.
    let path = made.at(&format!("external-requests/?uri=/o&projectId={}", world.stranger_project));
    get(&app, &made.token, &path).await;
    assert_eq!(query(&receiver.received()[1]).len(), 1);
});

api_test!(whatever_goes_wrong_at_the_app_is_one_error_with_its_message, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = Made::new(&app, &world, "Board", &receiver.url(), json!({})).await;
    let path = made.at("external-requests/?uri=/o");
    let cases = [
        (
            Reply::status(403).body(json!({"message": "No such board"}).to_string()),
            "No such board",
            json!({"status_code": 403}),
        ),
        (Reply::status(500).body("<html>"), "Board answered with status 500.", json!({"status_code": 500})),
        (
            Reply::status(200).body("<html>"),
            "Board answered a select with something that is no JSON.",
            json!({}),
        ),
        (Reply::json(&json!({"a": 1})), "Board answered a select with JSON that is no list.", json!({})),
        (
            Reply::json(&json!([{"value": 1}])),
            "Board answered a select with a choice without value or label.",
            json!({}),
        ),
        (
            Reply::json(&json!([{"label": "One"}])),
            "Board answered a select with a choice without value or label.",
            json!({}),
        ),
        (
            Reply::json(&json!(["x"])),
            "Board answered a select with a choice without value or label.",
            json!({}),
        ),
    ];
    for (reply, detail, context) in cases {
        receiver.reply([reply]);
        let answer = app.get(&path).bearer(&made.token).send().await.expect(400).json();
        assert_eq!(answer, json!({"error": FAILED, "detail": detail, "context": context}));
    }
    let before = receiver.received().len();
    for path in ["external-requests/", "external-requests/?uri=x", "external-requests/?uri=@evil.test/"] {
        let answer = app.get(made.at(path)).bearer(&made.token).send().await.expect(400).json();
        assert_eq!(answer["error"], FAILED);
    }
    assert_eq!(receiver.received().len(), before, "nothing was called");
    let log = get(
        &app,
        &world.owner_token,
        &format!("{APPS}{}/requests/?eventType=select_options.requested", made.slug),
    )
    .await;
    assert_eq!(log.as_array().unwrap().len(), 7);
    // The stranger and a member without rights learn nothing.
    app.get(&path).bearer(&world.stranger_token).send().await.expect(404);
    app.get(&path).send().await.expect(401);
});

api_test!(an_item_is_made_in_the_app_and_linked, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made =
        Made::new(&app, &world, "Board", &receiver.url(), schema(&[issue_link(&json!([text("t")]))])).await;
    let issue = an_issue(&app, &world, "boom").await;
    receiver.reply([Reply::json(
        &json!({"webUrl": "https://b.test/4", "project": "A&B", "identifier": "4", "x": 1}),
    )]);
    let path = made.at("external-issue-actions/");
    let body = json!({"groupId": issue.to_string(), "action": "create", "uri": "/create?a=1", "title": "Bumm é", "fields": {"n": 1.0}});
    let link = app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    let whole = json!({"id": link["id"], "issueId": issue.to_string(), "serviceType": made.slug,
        "displayName": "A&amp;B#4", "webUrl": "https://b.test/4"});
    assert_eq!(link, whole);
    let sent = receiver.received().remove(0);
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/create?a=1"));
    let expected = format!(
        r#"{{"fields":{{"title":"Bumm é","fields":{{"n":1}}}},"issueId":{issue},"installationId":"{}","webUrl":"http://m.test:8000/organizations/acme/issues/{issue}/","project":{{"slug":"web","id":{}}},"actor":{{"type":"user","id":{},"name":"owner"}}}}"#,
        made.installation, world.project, world.owner
    );
    assert_eq!(String::from_utf8(sent.body.clone()).unwrap(), expected);

    let listed = get(&app, &world.owner_token, &format!("/api/0/issues/{issue}/external-issues/")).await;
    assert_eq!(listed, json!([whole]));
    let seen = get(&app, &world.owner_token, &format!("/api/0/issues/{issue}/?expand=sentryAppIssues")).await;
    assert_eq!(seen["sentryAppIssues"], json!([whole]));
    assert_eq!(seen["annotations"], json!([{"displayName": "A&amp;B#4", "url": "https://b.test/4"}]));

    // A second item for the issue: the app is asked, nothing changes.
    let again = app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(400).json();
    assert_eq!(again["error"], FAILED);
    assert_eq!(receiver.received().len(), 2);

    // Anybody who may remove issues may unlink it.
    let one = format!("/api/0/issues/{issue}/external-issues/{}/", link["id"].as_str().unwrap());
    app.delete(&one).bearer(&world.stranger_token).send().await.expect(404);
    assert_eq!(app.delete(&one).bearer(&world.owner_token).send().await.expect(204).text(), "");
    assert_eq!(app.delete(&one).bearer(&world.owner_token).send().await.expect(404).text(), "");
    app.delete(format!("/api/0/issues/{issue}/external-issues/x/"))
        .bearer(&world.owner_token)
        .send()
        .await
        .expect(404);
});

api_test!(an_answer_that_is_no_item_links_nothing, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = Made::new(&app, &world, "Board", &receiver.url(), json!({})).await;
    let issue = an_issue(&app, &world, "boom").await;
    let path = made.at("external-issue-actions/");
    let body = json!({"groupId": issue, "action": "link", "uri": "/link", "ticket": "4"});
    let item = |key: &str, value: Value| {
        let mut item = json!({"webUrl": "https://b.test/4", "project": "A", "identifier": "4"});
        item[key] = value;
        Reply::json(&item)
    };
    let replies = [
        item("webUrl", Value::Null),
        item("project", json!(1)),
        item("identifier", Value::Null),
        item("webUrl", json!("javascript:alert(1)")),
        item("webUrl", json!(format!("https://b.test/{}", "a".repeat(200)))),
        Reply::status(200).body("[]"),
        Reply::status(200),
        Reply::status(302).header("location", "http://127.0.0.1:1/"),
        Reply::status(404),
    ];
    for reply in replies {
        receiver.reply([reply.clone()]);
        let answer = app.post(&path).bearer(&made.token).json(&body).send().await.expect(400).json();
        assert_eq!(answer["error"], FAILED, "{reply:?}");
    }
    assert_eq!(ingest::count(&app, "SELECT COUNT(*) FROM external_issue_link").await, 0);
    let post = async |body: Value| app.post(&path).bearer(&made.token).json(&body).send().await;
    for key in ["groupId", "action", "uri"] {
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove(key);
        assert_eq!(post(body).await.expect(400).text(), "");
    }
    let strangers = ingest::count(&app, "SELECT MAX(id) FROM issue").await + 1;
    for id in [json!("abc"), json!(strangers), Value::Null, json!({}), json!("99999999999999999999")] {
        let mut body = body.clone();
        body["groupId"] = id;
        assert_eq!(post(body).await.expect(404).text(), "");
    }
    let calls = receiver.received().len();
    for (action, uri) in [("remove", "/link"), ("link", "@evil.test/"), ("link", "https://evil.test/")] {
        let mut body = body.clone();
        (body["action"], body["uri"]) = (json!(action), json!(uri));
        post(body).await.expect(400);
    }
    assert_eq!(receiver.received().len(), calls, "nothing was called");
});

api_test!(an_app_links_an_issue_once_and_changes_the_link, |app| async move {
    let world = app.world().await;
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    let issue = an_issue(&app, &world, "boom").await;
    let path = made.at("external-issues/");
    let post = async |body: Value| app.post(&path).bearer(&made.token).json(&body).send().await;
    let body = json!({"issueId": issue, "webUrl": "https://b.test/4", "project": "<P>", "identifier": 4});
    let first = post(body.clone()).await.expect(200).json();
    assert_eq!(first["displayName"], "&lt;P&gt;#4");
    let second = post(json!({"issueId": issue.to_string(), "webUrl": "https://b.test/5", "project": "Q", "identifier": "5"})).await;
    let second = second.expect(200).json();
    let whole = json!({"id": first["id"], "issueId": issue.to_string(), "serviceType": made.slug, "displayName": "Q#5", "webUrl": "https://b.test/5"});
    assert_eq!(second, whole);

    assert_eq!(post(json!({})).await.expect(404).text(), "");
    assert_eq!(post(json!({"issueId": "x"})).await.expect(404).text(), "");
    let required = json!(["This field is required."]);
    let answer = post(json!({"issueId": issue})).await.expect(400).json();
    assert_eq!(answer, json!({"webUrl": required, "project": required, "identifier": required}));
    let answer = post(json!({"issueId": issue, "webUrl": "ftp://x", "project": "", "identifier": null}))
        .await
        .expect(400)
        .json();
    assert_eq!(
        answer,
        json!({"webUrl": ["URL must start with http[s]://"], "project": ["This field may not be blank."], "identifier": ["This field may not be null."]})
    );
    let long = format!("https://b.test/{}", "a".repeat(200));
    let answer = post(json!({"issueId": issue, "webUrl": long, "project": "P", "identifier": "1"}))
        .await
        .expect(400)
        .json();
    assert_eq!(answer, json!({"webUrl": ["Ensure this field has no more than 200 characters."]}));

    // An issue of another organization is not there, nor is a link of another app.
    app.post(&path).bearer(&world.stranger_token).json(&body).send().await.expect(404);
    let other = Made::new(&app, &world, "Other", "https://b.acme.test/hook", json!({})).await;
    let id = first["id"].as_str().unwrap();
    assert_eq!(
        app.delete(other.at(&format!("external-issues/{id}/")))
            .bearer(&other.token)
            .send()
            .await
            .expect(404)
            .text(),
        ""
    );
    app.delete(made.at(&format!("external-issues/{id}/"))).bearer(&other.token).send().await.expect(403);
    assert_eq!(
        app.delete(made.at("external-issues/x/")).bearer(&made.token).send().await.expect(404).text(),
        ""
    );
    app.delete(made.at(&format!("external-issues/{id}/"))).bearer(&made.token).send().await.expect(204);
    app.delete(made.at(&format!("external-issues/{id}/"))).bearer(&made.token).send().await.expect(404);
});

api_test!(after_a_rotation_both_secrets_sign_for_a_day, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).body("[]")]);
    let made = Made::new(&app, &world, "Board", &receiver.url(), json!({})).await;
    let path = format!("{APPS}{}/", made.slug);
    let old = get(&app, &world.owner_token, &path).await["clientSecret"].as_str().unwrap().to_owned();
    let rotate = app.post(format!("{path}rotate-secret/")).bearer(&world.owner_token);
    let new = rotate.send().await.expect(200).json()["clientSecret"].as_str().unwrap().to_owned();
    assert_ne!(old, new);
    for (later_s, is_signed_by_old) in [(0, true), (24 * 3600 - 1, true), (1, false)] {
        app.clock.advance(later_s);
        get(&app, &made.token, &made.at("external-requests/?uri=/o")).await;
        let call = receiver.received().pop().unwrap();
        let message = WebhookMessage {
            id: call.header("webhook-id"),
            timestamp_seconds: call.header("webhook-timestamp").parse().unwrap(),
            body: &call.body,
        };
        let signed = |secret: &str| {
            verify_webhook_signature(&[&secret.to_owned().into()], message, call.header("webhook-signature"))
        };
        assert_eq!((signed(&new), signed(&old)), (true, is_signed_by_old), "{later_s}");
        let secret = new.clone().into();
        assert!(verify_hook_signature(&secret, &call.body, call.header("sentry-app-signature")));
    }
});

#[tokio::test]
async fn an_apps_own_status_is_passed_on_where_the_operator_wants_it() {
    let app = TestApp::with_settings(|settings| settings.relay_app_status = true).await;
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = Made::new(&app, &world, "Board", &receiver.url(), json!({})).await;
    receiver.reply([Reply::status(418).body(json!({"message": "tea"}).to_string())]);
    let path = made.at("external-requests/?uri=/o");
    let answer = app.get(&path).bearer(&made.token).send().await.expect(418).json();
    assert_eq!(answer, json!({"error": FAILED, "detail": "tea", "context": {"status_code": 418}}));
    drop(receiver);
    let answer = app.get(&path).bearer(&made.token).send().await.expect(502).json();
    assert_eq!(answer["detail"], "Board did not answer.");
}

#[tokio::test]
async fn many_selects_of_one_slow_app_are_asked_at_once() {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(200).body("[]").after(Duration::from_millis(200))]);
    let selects: Vec<Value> = (0..7).map(|n| select(&format!("s{n}"))).collect();
    Made::new(&app, &world, "Board", &receiver.url(), schema(&[issue_link(&json!(selects))])).await;
    let listed = get(&app, &world.owner_token, COMPONENTS).await;
    assert_eq!(listed[0]["error"], false);
    let asked = receiver.received();
    assert_eq!(asked.len(), 8);
    // The last came before the first was answered.
    assert!(asked[7].at.duration_since(asked[0].at) < Duration::from_millis(200));

    // So many that it is an attack are not asked at all.
    let selects: Vec<Value> = (0..51).map(|n| select(&format!("s{n}"))).collect();
    Made::new(&app, &world, "Flood", &receiver.url(), schema(&[issue_link(&json!(selects))])).await;
    let listed = get(&app, &world.owner_token, COMPONENTS).await;
    assert_eq!(listed[1]["error"], true);
    assert_eq!(receiver.received().len(), 16);
}
