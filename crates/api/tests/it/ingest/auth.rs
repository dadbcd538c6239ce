//! Who may send.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use mortise_testkit::{World, api_test};
use serde_json::json;

use super::{
    ID, assert_refused, auth, count, envelope, execute, limits::bomb, message, to_envelope, to_store,
};

api_test!(credentials_are_read_from_every_place, |app| async move {
    let world = app.world().await;
    let (key, project) = (&world.key, world.project);
    let body = envelope(&message("hello"));
    let path = format!("/api/{project}/envelope/");
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let dsn = format!("{{\"event_id\":\"{ID}\",\"dsn\":\"http://{key}@m.test:8000/{project}\"}}\n");
    let with_dsn = body.replacen(&format!("{{\"event_id\":\"{ID}\"}}\n"), &dsn, 1);
    let requests = [
        app.post(path.clone()).header("x-sentry-auth", &auth(key)).body(body.clone()),
        app.post(path.clone()).header("authorization", &auth(key)).body(body.clone()),
        app.post(path.clone()).header("authorization", &basic).body(body.clone()),
        app.post(format!("{path}?sentry_version=7&sentry_key={key}&sentry_client=a%2F1")).body(body.clone()),
        app.post(format!("/api/{project}/envelope/{key}/")).body(body.clone()),
        app.post(format!("/api/{project}/envelope?sentry_key={key}")).body(body.clone()),
        app.post(path.clone()).body(with_dsn.clone()),
        app.post(path.clone()).header("x-sentry-auth", &auth(key)).body(with_dsn),
    ];
    for request in requests {
        assert_eq!(request.send().await.expect(200).json(), json!({"id": ID}));
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 1, "the same event eight times");
    assert_eq!(count(&app, "SELECT times_seen FROM issue").await, 1);
});

api_test!(only_the_first_line_is_read_of_a_sender_nobody_knows, |app| async move {
    let world = app.world().await;
    let post = |head: &str| {
        let request = app.post(format!("/api/{}/envelope/", world.project));
        request.header("content-encoding", "gzip").body(bomb(head, b'x', 120))
    };
    assert_refused(&post("{}\n").send().await, 401, "missing authorization information");
    assert_refused(&post("\n").send().await, 400, "invalid event envelope");
    let known = format!("{{\"dsn\":\"http://{}@m.test/{}\"}}\n", world.key, world.project);
    assert_eq!(post(&known).send().await.status, 413);
    let empty = app.post(format!("/api/{}/envelope/", world.project)).send().await;
    assert_refused(&empty, 400, "empty request body");
});

api_test!(each_refusal_of_credentials_has_its_text, |app| async move {
    let world = app.world().await;
    let (key, project) = (&world.key, world.project);
    let path = format!("/api/{project}/envelope/");
    let body = envelope(&message("hello"));
    let other_dsn = body.replacen('{', "{\"dsn\":\"http://0123456789abcdef0123456789abcdef@m.test/7\",", 1);
    let cases = [
        (app.post(path.clone()), 401, "missing authorization information"),
        (
            app.post(format!("{path}?sentry_key={key}")).header("x-sentry-auth", &auth(key)),
            401,
            "multiple authorization payloads detected",
        ),
        (app.post(path.clone()).header("x-sentry-auth", "nonsense"), 401, "bad x-sentry-auth header"),
        (app.post(path.clone()).header("x-sentry-auth", "Sentry a b"), 401, "bad x-sentry-auth header"),
        (app.post(path.clone()).header("x-sentry-auth", &auth("abc")), 400, "bad sentry DSN public key"),
        (
            app.post(format!("{path}?sentry_key={key}&sentry_version=9")),
            400,
            "unsupported protocol version (9)",
        ),
        (
            app.post("/api/web/envelope/").header("x-sentry-auth", &auth(key)),
            400,
            "bad project path parameter",
        ),
        (
            app.post(path.clone()).header("x-sentry-auth", &auth("0123456789abcdef0123456789abcdef")),
            403,
            "event submission rejected with_reason: ProjectId",
        ),
        (
            app.post(format!("/api/{}/envelope/", world.stranger_project))
                .header("x-sentry-auth", &auth(key)),
            403,
            "event submission rejected with_reason: ProjectId",
        ),
    ];
    for (request, status, detail) in cases {
        assert_refused(&request.body(body.clone()).send().await, status, detail);
    }
    let answer = to_envelope(&app, &world).body(other_dsn).send().await;
    assert_refused(&answer, 401, "bad envelope authentication header");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 0);
});

api_test!(a_disabled_key_or_project_takes_nothing, |app| async move {
    let world = app.world().await;
    let body = envelope(&message("hello"));
    execute(&app, "UPDATE project_key SET is_active = FALSE").await;
    let answer = to_envelope(&app, &world).body(body.clone()).send().await;
    assert_refused(&answer, 403, "event submission rejected with_reason: KeyDisabled");
    execute(&app, "UPDATE project_key SET is_active = TRUE").await;
    execute(&app, "UPDATE project SET status = 1").await;
    let answer = to_store(&app, &world).body(message("hello").to_string()).send().await;
    assert_refused(&answer, 403, "event submission rejected with_reason: ProjectId");
    execute(&app, "UPDATE project SET status = 0").await;
    to_envelope(&app, &world).body(body).send().await.expect(200);
});

api_test!(a_second_key_of_the_project_works_beside_the_first, |app| async move {
    let world = app.world().await;
    let second = World::key(&app.ctx, world.project).await;
    let request = app.post("/api/store/").header("x-sentry-auth", &auth(&second));
    let answer = request.body(message("hello").to_string()).send().await.expect(200);
    assert_eq!(answer.json(), json!({"id": ID}));
});

api_test!(browsers_may_send_from_where_the_project_allows, |app| async move {
    let world = app.world().await;
    let preflight = app.request(Method::OPTIONS, format!("/api/{}/envelope/", world.project));
    let answer = preflight.header("origin", "https://shop.test").send().await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.test");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert!(answer.header("access-control-allow-headers").contains("x-sentry-auth"));
    assert_eq!(answer.header("access-control-max-age"), "3600");
    let send =
        || to_envelope(&app, &world).body(envelope(&message("hello"))).header("origin", "https://shop.test");
    let answer = send().send().await.expect(200);
    assert_eq!(
        answer.header("access-control-expose-headers"),
        "x-sentry-error, x-sentry-rate-limits, retry-after"
    );
    execute(&app, "UPDATE project SET options = '{\"allowedDomains\":[\"other.test\"]}'").await;
    assert_refused(&send().send().await, 403, "event submission rejected with_reason: Cors");
    to_envelope(&app, &world).body(envelope(&message("hello"))).send().await.expect(200);
});
