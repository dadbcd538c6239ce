//! Calls to the other side, as clients of the API see what becomes of them.

use mortise_service::integrations::flush_calls;
use mortise_testkit::{Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use crate::{
    ingest::count,
    remote_provider::{Remote, integrate, url},
};

const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn apps() -> Vec<TestApp> {
    TestApp::everywhere(|_| {}, |standard| standard.with(Remote { with_tokens: false })).await
}

async fn start(app: &TestApp) -> (World, Receiver, String) {
    let (world, side) = (app.world().await, Receiver::start().await);
    let id = integrate(app, world.org, &url(&side, "/v1"), None).await;
    (world, side, format!("{LIST}{id}/"))
}

async fn get(app: &TestApp, world: &World, path: &str, status: u16) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(status).json()
}

#[tokio::test]
async fn a_refusal_of_the_other_side_is_told_and_its_absence_is_503() {
    for app in apps().await {
        let (world, side, path) = start(&app).await;
        let repos = format!("{path}repos/");
        side.reply([Reply::json(&json!(["a/b"]))]);
        let found = json!([{ "name": "a/b", "identifier": "a/b", "defaultBranch": null }]);
        assert_eq!(get(&app, &world, &repos, 200).await["repos"], found);
        let received = side.received().remove(0);
        assert_eq!((received.method.as_str(), received.path.as_str()), ("GET", "/v1/repositories"));
        assert_eq!(received.header("user-agent"), "Mortise/0.0.0-test (http://m.test:8000)");
        let unauthorized = "Unauthorized: either your access token was invalid or you do not have access";
        for (status, body, told) in [
            (403, "{\"message\":\"not you\"}", "Error Communicating with GitLab (HTTP 403): not you"),
            (404, "no json", "Error Communicating with GitLab (HTTP 404): unknown error"),
            (409, "{}", "Error Communicating with GitLab (HTTP 409): unknown error"),
            (429, "{\"message\":\"slow\"}", "Error Communicating with GitLab (HTTP 429): slow"),
            (500, "{\"message\":1}", "Error Communicating with GitLab (HTTP 500): unknown error"),
            (401, "{\"message\":\"x\"}", unauthorized),
            (200, "<html>", "An unsupported response type was returned: text/html"),
        ] {
            side.reply([Reply::status(status).header("content-type", "text/html").body(body)]);
            let before = side.received().len();
            assert_eq!(get(&app, &world, &repos, 400).await, json!({ "detail": told }), "{status}");
            assert_eq!(side.received().len(), before + 1, "nothing is tried again");
        }
        side.reply([Reply::status(503).body("down for lunch")]);
        assert_eq!(get(&app, &world, &repos, 503).await["detail"], "down for lunch");
        let address = side.url().replace("http://", "").replace("/hook", "");
        drop(side);
        // The form for a new item is no better off.
        for path in [repos, format!("{path}?action=create")] {
            let answer = get(&app, &world, &path, 503).await;
            assert_eq!(answer["detail"], format!("Unable to reach host: {address}"), "{path}");
            assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["detail", "errorId"]);
        }
    }
}

#[tokio::test]
async fn an_address_that_is_not_public_is_not_called_for_anybody() {
    for app in apps().await {
        let world = app.world().await;
        let id = integrate(&app, world.org, "http://169.254.169.254", None).await;
        let answer = get(&app, &world, &format!("{LIST}{id}/repos/"), 503).await;
        assert_eq!(answer["detail"], "Unable to reach host: 169.254.169.254");
        let side = Receiver::start().await;
        side.reply([Reply::status(302).header("location", "http://10.0.0.1/latest/")]);
        let id = integrate(&app, world.org, &url(&side, ""), None).await;
        let answer = get(&app, &world, &format!("{LIST}{id}/repos/"), 503).await;
        assert_eq!(answer["detail"], "Unable to reach host: 10.0.0.1");
    }
}

#[tokio::test]
async fn an_integration_that_cannot_tell_its_settings_is_shown_as_disabled() {
    for app in apps().await {
        let (world, side, path) = start(&app).await;
        side.reply([Reply::json(&json!({ "a": 1 }))]);
        let shown = get(&app, &world, &path, 200).await;
        assert_eq!((&shown["status"], &shown["configData"]), (&json!("active"), &json!({ "a": 1 })));
        side.reply([Reply::status(500)]);
        let shown = get(&app, &world, LIST, 200).await.as_array().unwrap()[0].clone();
        assert_eq!((&shown["status"], &shown["configData"]), (&json!("disabled"), &Value::Null));
        assert_eq!(shown["organizationIntegrationStatus"], "active");
        assert_eq!(shown["configOrganization"][0]["name"], "note");
        assert_eq!(get(&app, &world, &path, 200).await, shown);
    }
}

#[tokio::test]
async fn fields_that_the_other_side_refuses_are_told_by_their_names() {
    for app in apps().await {
        let (world, side, path) = start(&app).await;
        let post = async |status: u16| {
            let sent = app.post(&path).bearer(&world.owner_token).json(&json!({ "note": "n" }));
            sent.send().await.expect(status)
        };
        for (reply, told) in [
            (json!({ "fields": { "note": "too short" } }), json!({ "note": ["too short"] })),
            (
                json!({ "message": "no" }),
                json!({ "detail": ["Error Communicating with GitLab (HTTP 422): no"] }),
            ),
        ] {
            side.reply([Reply::status(422).body(reply.to_string())]);
            assert_eq!(post(400).await.json(), told);
        }
        let unauthorized = "Unauthorized: either your access token was invalid or you do not have access";
        side.reply([Reply::status(401).body("{\"fields\":{\"note\":\"x\"}}")]);
        assert_eq!(post(400).await.json(), json!({ "detail": [unauthorized] }));
        side.reply([Reply::json(&json!({}))]);
        assert_eq!(post(200).await.text(), "");
        assert_eq!(side.received().last().unwrap().json(), json!({ "note": "n" }));
    }
}

#[tokio::test]
async fn what_was_chosen_so_far_goes_into_the_form_for_a_new_item() {
    for app in apps().await {
        let (world, side, path) = start(&app).await;
        side.reply([Reply::json(&json!({}))]);
        let asked = get(&app, &world, &format!("{path}?action=create&project=7"), 200).await;
        assert_eq!(
            asked["createIssueConfig"],
            json!([{ "name": "project", "type": "select", "default": "7" }])
        );
        assert_eq!(side.received().last().unwrap().path, "/v1/fields?project=7");
    }
}

#[tokio::test]
async fn calls_are_counted_by_integration_and_day() {
    for app in apps().await {
        let (world, side, path) = start(&app).await;
        let other = integrate(&app, world.stranger_org, &url(&side, "/other"), None).await;
        let repos = format!("{path}repos/");
        side.reply([Reply::json(&json!([]))]);
        get(&app, &world, &repos, 200).await;
        get(&app, &world, &repos, 200).await;
        side.reply([Reply::status(404)]);
        get(&app, &world, &repos, 400).await;
        let theirs = format!("/api/0/organizations/globex/integrations/{other}/repos/");
        app.get(theirs).bearer(&world.stranger_token).send().await.expect(400);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM integration_health").await, 0, "they wait in memory");
        flush_calls(&app.ctx).await.unwrap();
        side.reply([Reply::status(403).body("{\"error\":\"account_inactive\"}")]);
        get(&app, &world, &repos, 400).await;
        app.clock.advance(24 * 3600);
        side.reply([Reply::status(500)]);
        get(&app, &world, &repos, 400).await;
        flush_calls(&app.ctx).await.unwrap();
        flush_calls(&app.ctx).await.unwrap();
        let days = "SELECT CAST(successes AS TEXT) || ' ' || CAST(errors AS TEXT) || ' ' || CAST(fatals AS TEXT) \
            FROM integration_health ORDER BY integration_id, day";
        let mut conn = app.ctx.store.read().await.unwrap();
        let days: Vec<String> = conn.all(mortise_store::Query::new(days)).await.unwrap();
        assert_eq!(days, ["2 1 1", "0 1 0", "0 1 0"]);
    }
}

#[tokio::test]
async fn calls_are_counted_by_provider_and_status() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let figures = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let app = TestApp::with_provider(Remote { with_tokens: false }).await;
    let (world, side, path) = start(&app).await;
    side.reply([Reply::json(&json!([])), Reply::json(&json!([])), Reply::status(404)]);
    let repos = format!("{path}repos/");
    for status in [200, 200, 400] {
        get(&app, &world, &repos, status).await;
    }
    drop(side);
    get(&app, &world, &repos, 503).await;
    let counted = |name: &str| {
        let figures = figures.render();
        let lines = figures.lines().filter_map(|line| line.strip_prefix("mortise_integrations_http_"));
        let mut own: Vec<String> =
            lines.filter_map(|line| line.strip_prefix(name)).map(str::to_owned).collect();
        own.sort();
        own
    };
    assert_eq!(counted("request_total"), ["{integration=\"gitlab\"} 4"]);
    assert_eq!(
        counted("response_total"),
        [
            "{integration=\"gitlab\",status=\"200\"} 2",
            "{integration=\"gitlab\",status=\"404\"} 1",
            "{integration=\"gitlab\",status=\"connection_error\"} 1",
        ]
    );
}
