//! The internal RPC: who may call, what calls look like, and what each method does.

mod app;
mod github;
mod gitlab;
mod hook;
mod identity;
mod integration;
mod msteams;
mod repository;

use mortise_crypto::sign::rpc_signature;
use mortise_testkit::{Answer, OLD_RPC_SECRET, RPC_SECRET, RequestBuilder, TestApp, api_test};
use serde_json::{Value, json};

fn path(service: &str, method: &str) -> String {
    format!("/api/0/internal/rpc/{service}/{method}/")
}

/// A signed request with any body.
fn signed(app: &TestApp, path: &str, body: &str, secret: &str) -> RequestBuilder {
    let signature = rpc_signature(&secret.into(), path, body.as_bytes());
    let request = app.post(path).header("Authorization", &format!("Rpcsignature {signature}"));
    request.header("Content-Type", "application/json; charset=utf-8").body(body)
}

/// The answer to a call.
pub async fn ask(app: &TestApp, service: &str, method: &str, args: Value) -> Answer {
    let body = json!({"meta": {}, "args": args}).to_string();
    signed(app, &path(service, method), &body, RPC_SECRET).send().await
}

/// The value of a call that goes well.
pub async fn call(app: &TestApp, service: &str, method: &str, args: Value) -> Value {
    let answer = ask(app, service, method, args).await.expect(200).json();
    assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["meta", "value"]);
    assert_eq!(answer["meta"], json!({}));
    answer["value"].clone()
}

const ASKS: &str = r#"{"meta": {}, "args": {"filter": {"user_id": 1}}}"#;

api_test!(only_who_knows_a_secret_gets_an_answer, |app| async move {
    let path = path("identity", "get_identities");
    for secret in [RPC_SECRET, OLD_RPC_SECRET] {
        let answer = signed(&app, &path, ASKS, secret).send().await.expect(200).json();
        assert_eq!(answer, json!({"meta": {}, "value": []}));
    }
    let send = async |authorization: &str| {
        let request = app.post(&path).header("Authorization", authorization).body(ASKS);
        let answer = request.send().await;
        (answer.status, answer.json()["detail"].clone())
    };
    let of = |secret: &str, path: &str, body: &str| rpc_signature(&secret.into(), path, body.as_bytes());
    let good = of(RPC_SECRET, &path, ASKS);
    assert_eq!(send(&format!("rpcsignature {good}")).await.0, 200);
    let bare = good.trim_start_matches("rpc0:").to_owned();
    for wrong in [
        of("another secret that is long", &path, ASKS),
        of(RPC_SECRET, "/api/0/internal/rpc/identity/get_identity/", ASKS),
        of(RPC_SECRET, &path, "{}"),
        format!("rpc1:{bare}"),
        format!("{good} {good}"),
        bare,
        "rpc0:".to_owned(),
    ] {
        assert_eq!(
            send(&format!("Rpcsignature {wrong}")).await,
            (401, json!("Invalid signature")),
            "{wrong}"
        );
    }
    let forbidden = (403, json!("You do not have permission to perform this action."));
    for other in ["Rpcsignature", "Rpcsignature ", "Bearer x", &good] {
        assert_eq!(send(other).await, forbidden, "{other}");
    }
    app.post(&path).body(ASKS).send().await.expect(403);
});

api_test!(neither_a_session_nor_a_token_stands_for_a_signature, |app| async move {
    let world = app.world().await;
    let path = path("identity", "get_identities");
    app.post(&path).bearer(&world.owner_token).body(ASKS).send().await.expect(403);
    app.post(&path).session(&world.owner_session).body(ASKS).send().await.expect(403);
});

api_test!(a_body_of_another_form_is_told_so, |app| async move {
    let path = path("identity", "get_identities");
    let send = async |body: &str| signed(&app, &path, body, RPC_SECRET).send().await.expect(400).json();
    let malformed = json!({"detail": "Malformed request."});
    for body in [
        "",
        "[]",
        "{}",
        r#"{"args": null}"#,
        r#"{"args": []}"#,
        r#"{"args": {}}"#,
        r#"{"args": {"filter": null}}"#,
        r#"{"args": {"filter": {}}}"#,
        r#"{"args": {"filter": {"user_id": null}}}"#,
        r#"{"args": {"filter": {"user_id": "1"}}}"#,
        r#"{"args": {"filter": {"user_id": 99999999999999999999}}}"#,
        r#"{"meta": [], "args": {"filter": {"user_id": 1}}}"#,
    ] {
        assert_eq!(send(body).await, malformed, "{body}");
    }
    let text = send("{").await["detail"].as_str().unwrap().to_owned();
    assert!(text.starts_with("JSON parse error - "), "{text}");
    // What is sent besides is ignored.
    let more =
        r#"{"meta": {"viewer_context": {}}, "args": {"filter": {"user_id": 1, "x": 1}, "y": 2}, "z": 3}"#;
    signed(&app, &path, more, RPC_SECRET).send().await.expect(200);
    let long: Vec<String> = (0..1001).map(|it| it.to_string()).collect();
    let args = json!({"filter": {"identity_ext_ids": long}});
    assert_eq!(ask(&app, "identity", "get_identities", args).await.expect(400).json(), malformed);
});

api_test!(a_body_that_is_too_large_is_not_read, |app| async move {
    let body = " ".repeat(8 * 1024 * 1024 + 1);
    signed(&app, &path("identity", "get_identities"), &body, RPC_SECRET).send().await.expect(413);
});

api_test!(services_and_methods_that_are_not_there_are_not_found, |app| async move {
    for (service, method) in
        [("organization", "get"), ("identity", "drop_everything"), ("identity", "METHODS")]
    {
        let answer = ask(&app, service, method, json!({})).await.expect(404).json();
        assert_eq!(answer, json!({"detail": "Not found."}));
    }
    let answer = app.get(path("identity", "get_identity")).send().await.expect(405).json();
    assert_eq!(answer, json!({"detail": "Method \"GET\" not allowed."}));
});

#[tokio::test]
async fn without_a_secret_there_is_no_such_address() {
    let app = TestApp::with_settings(|settings| settings.rpc_secrets = Vec::new()).await;
    let path = path("identity", "get_identities");
    let here = signed(&app, &path, ASKS, RPC_SECRET).send().await.expect(404);
    let unknown = app.post("/api/0/internal/nothing/at/all/here/").send().await.expect(404);
    assert_eq!(here.text(), unknown.text());
    app.get(&path).send().await.expect(404);
    // The empty secret is none.
    signed(&app, &path, ASKS, "").send().await.expect(404);
}

#[test]
fn every_method_is_in_the_document_and_no_other() {
    let (mut service, mut listed) = ("", Vec::new());
    for line in include_str!("../../../../../docs/rpc.md").lines() {
        if let Some(name) = line.strip_prefix("## `") {
            service = name.trim_end_matches('`');
        } else if let Some((name, _)) = line.split_once('(').filter(|_| line.contains(") -> ")) {
            listed.push((service, name));
        }
    }
    assert_eq!(listed, mortise_service::rpc::methods().collect::<Vec<_>>());
    assert_eq!(listed.len(), 70);
}

#[tokio::test]
async fn the_documented_api_does_not_tell_of_it() {
    let app = TestApp::sqlite().await;
    let document = app.get("/api/0/openapi.json").send().await.expect(200).text();
    assert!(!document.contains("internal/rpc"));
}
