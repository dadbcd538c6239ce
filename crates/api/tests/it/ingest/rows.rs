//! The rows that events leave behind.

use mortise_testkit::{TestApp, api_test};
use serde_json::json;

use super::{assert_refused, count, execute, text, to_envelope, to_store};

const PYTHON_ERROR: &str = include_str!("../../../../service/tests/fixtures/python_error.json");
const PYTHON_LOG: &str = include_str!("../../../../service/tests/fixtures/python_log.json");
const NODE_ERROR: &str = include_str!("../../../../service/tests/fixtures/node_error.json");
const NODE_UNHANDLED: &str = include_str!("../../../../service/tests/fixtures/node_unhandled.json");

async fn texts(app: &TestApp, sql: &'static str) -> Vec<String> {
    app.ctx.store.read().await.unwrap().all(mortise_store::Query::new(sql)).await.unwrap()
}

api_test!(events_of_real_sdks_become_issues, |app| async move {
    let world = app.world().await;
    execute(&app, "UPDATE project SET platform = NULL").await;
    for event in [PYTHON_ERROR, PYTHON_LOG, NODE_ERROR, NODE_UNHANDLED] {
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        let body = format!("{{}}\n{{\"type\":\"event\"}}\n{event}\n");
        to_envelope(&app, &world).body(body).send().await.expect(200);
    }
    let titles = texts(&app, "SELECT title FROM issue ORDER BY short_id").await;
    assert_eq!(
        titles[..3],
        [
            "LookupError: no row for id 17",
            "stock empty for teapot: 0 left",
            "Error: start failed after 3 tries"
        ]
    );
    let tags = texts(
        &app,
        "SELECT tag_key || '=' || tag_value FROM issue_tag_value t JOIN issue i ON i.id = t.issue_id \
         WHERE i.short_id = 1 AND tag_key IN ('level', 'release', 'environment', 'user', 'user.id') ORDER BY 1",
    )
    .await;
    let expected =
        ["environment=production", "level=error", "release=shop@1.4.2", "user.id=42", "user=id:42"];
    assert_eq!(tags, expected);
    assert_eq!(texts(&app, "SELECT version FROM release ORDER BY id").await[0], "shop@1.4.2");
    assert!(texts(&app, "SELECT name FROM environment").await.contains(&"production".to_owned()));
    assert_eq!(texts(&app, "SELECT platform FROM project_platform ORDER BY 1").await, ["node", "python"]);
    // A project that has named no platform gets that of its first event.
    assert_eq!(texts(&app, "SELECT platform FROM project WHERE platform IS NOT NULL").await, ["python"]);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM project WHERE first_event IS NOT NULL").await, 1);
    let id = count(&app, "SELECT id FROM issue ORDER BY id LIMIT 1").await;
    let issue = app.get(format!("/api/0/issues/{id}/")).bearer(&world.member_token).send().await.expect(200);
    assert_eq!(issue.json()["firstRelease"]["newGroups"], 2);
});

api_test!(an_issue_shows_its_latest_event, |app| async move {
    let world = app.world().await;
    let now = app.ctx.now().as_second();
    let event = |text: &str, age: i64| {
        json!({"message": text, "fingerprint": ["one"], "timestamp": now - age, "tags": {"kind": text}})
            .to_string()
    };
    for (text, age) in [("first", 100), ("second", 50), ("late", 200)] {
        to_store(&app, &world).body(event(text, age)).send().await.expect(200);
    }
    assert_eq!(text(&app, "SELECT title FROM issue").await, "second");
    assert_eq!(count(&app, "SELECT times_seen FROM issue").await, 3);
    assert_eq!(count(&app, "SELECT first_seen FROM issue").await, (now - 200) * 1_000_000);
    assert_eq!(count(&app, "SELECT last_seen FROM issue").await, (now - 50) * 1_000_000);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_tag_value WHERE tag_key = 'kind'").await, 3);
    assert_eq!(count(&app, "SELECT times_seen FROM issue_tag_value WHERE tag_key = 'level'").await, 3);
});

api_test!(a_second_hash_joins_the_issue_that_owns_the_first, |app| async move {
    let world = app.world().await;
    let frame =
        |function: &str, in_app: bool| json!({"function": function, "module": "app", "in_app": in_app});
    let event = |library: &str| {
        let frames = [frame("main", true), frame(library, false)];
        json!({"exception": {"type": "E", "value": library, "stacktrace": {"frames": frames}}}).to_string()
    };
    for library in ["one", "two"] {
        to_store(&app, &world).body(event(library)).send().await.expect(200);
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue").await, 1);
    assert_eq!(
        count(&app, "SELECT COUNT(*) FROM issue_hash").await,
        3,
        "one of the application, two of all frames"
    );
});

api_test!(an_event_of_a_known_issue_costs_few_statements, |app| async move {
    let world = app.world().await;
    let send =
        || to_store(&app, &world).body(json!({"message": "again", "release": "a@1"}).to_string()).send();
    for _ in 0..2 {
        send().await.expect(200);
    }
    let before = app.ctx.store.statements();
    send().await.expect(200);
    let cost = app.ctx.store.statements() - before;
    // The five of an event, and on SQLite the frame of the transaction: begin, savepoint, release, commit.
    assert!(cost <= 9, "{cost} statements");
});

api_test!(rows_that_were_deleted_come_back, |app| async move {
    let world = app.world().await;
    let send = |text: &str| {
        to_store(&app, &world)
            .body(json!({"message": text, "release": "app@1", "environment": "prod"}).to_string())
            .send()
    };
    send("one thing").await.expect(200);
    execute(&app, "DELETE FROM release").await;
    send("another matter").await.expect(200);
    assert_eq!(
        count(&app, "SELECT COUNT(*) FROM issue i JOIN release r ON r.id = i.first_release_id").await,
        1
    );
    execute(&app, "DELETE FROM issue").await;
    send("one thing").await.expect(200);
    assert_eq!(count(&app, "SELECT short_id FROM issue").await, 3);
    execute(&app, "DELETE FROM project").await;
    assert_eq!(send("one thing").await.status, 403);
});

api_test!(a_project_deleted_on_another_node_is_unknown, |app| async move {
    let world = app.world().await;
    let send = || to_store(&app, &world).body(json!({"message": "x"}).to_string()).send();
    send().await.expect(200);
    let gone = app.ctx.store.write(|tx| {
        Box::pin(async move {
            tx.execute(mortise_store::Query::new("DELETE FROM project WHERE slug = 'web'")).await
        })
    });
    gone.await.unwrap();
    let answer = send().await;
    assert_refused(&answer, 403, "event submission rejected with_reason: ProjectId");
});

api_test!(every_error_is_told_where_somebody_listens, |app| async move {
    let world = app.world().await;
    let error = json!({"exception": {"type": "E", "value": "v"}}).to_string();
    let send = |body: &str| to_store(&app, &world).body(body).send();
    send(&error).await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'error.created'").await, 0);
    let org = world.org;
    let hook = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let query = mortise_store::Query::new(
                "INSERT INTO service_hook (guid, organization_id, url, secret, events, status, version, date_added) \
                 VALUES ('g', $1, 'http://a.test', $2, '[\"error.created\"]', 0, 0, 0)",
            );
            tx.execute(query.bind(org).bind(b"sealed".as_slice())).await
        })
    });
    hook.await.unwrap();
    app.ctx.ingest().keys_changed();
    send(&error).await.expect(200);
    send(r#"{"message":"no error"}"#).await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'error.created'").await, 1);
});

api_test!(private_data_is_hidden_as_the_project_wants, |app| async move {
    let world = app.world().await;
    let body = json!({"message": "x", "tags": {"api_key": "k1", "shoe": "s1"}}).to_string();
    let hidden =
        || async { count(&app, "SELECT COUNT(*) FROM issue_tag_value WHERE tag_value = '[Filtered]'").await };
    to_store(&app, &world).body(body.clone()).send().await.expect(200);
    assert_eq!(hidden().await, 1);
    execute(&app, "UPDATE project SET options = '{\"sensitiveFields\":[\"shoe\"]}' WHERE slug = 'web'").await;
    to_store(&app, &world).body(body.clone()).send().await.expect(200);
    assert_eq!(hidden().await, 2);
    execute(&app, "UPDATE project SET options = '{\"dataScrubber\":false}' WHERE slug = 'web'").await;
    to_store(&app, &world).body(body).send().await.expect(200);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_tag_value WHERE tag_value = 'k1'").await, 1);
});
