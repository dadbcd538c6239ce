//! What events and time do to issues that were resolved or archived.

use mortise_service::ingest::{run_ongoing, run_resolve_by_age, run_wakeups};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{count, execute, text, to_store};

const REGRESSED: &str = "0 6";
const RESOLVED: &str = "1 -";
const ONGOING: &str = "0 3";

/// Sends an event of the one issue of these tests.
async fn send(app: &TestApp, world: &World, more: &Value) {
    let mut event = json!({"message": "it broke", "platform": "python"});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    to_store(app, world).body(event.to_string()).send().await.expect(200);
}

/// Status and substatus of the issue.
async fn state(app: &TestApp) -> String {
    text(app, "SELECT CAST(status AS TEXT) || ' ' || COALESCE(CAST(substatus AS TEXT), '-') FROM issue").await
}

async fn activities(app: &TestApp, sql: &'static str) -> Vec<String> {
    app.ctx.store.read().await.unwrap().all(mortise_store::Query::new(sql)).await.unwrap()
}

async fn kinds(app: &TestApp) -> Vec<String> {
    activities(app, "SELECT CAST(kind AS TEXT) FROM activity ORDER BY id").await
}

async fn resolve(app: &TestApp) {
    execute(app, "UPDATE issue SET status = 1, substatus = NULL, resolved_at = last_seen").await;
}

/// Archives the issue under the condition that `snooze` sets on its row.
async fn archive(app: &TestApp, snooze: &'static str) {
    execute(app, "UPDATE issue SET status = 2, substatus = 4").await;
    execute(
        app,
        "INSERT INTO issue_snooze (issue_id, seen_at_start, users_at_start, date_added) \
         SELECT id, times_seen, 0, last_seen FROM issue",
    )
    .await;
    execute(app, snooze).await;
}

api_test!(a_new_issue_is_unresolved_and_new, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({"level": "warning"})).await;
    assert_eq!(state(&app).await, "0 7");
    assert_eq!(count(&app, "SELECT priority FROM issue").await, 50);
    assert_eq!(count(&app, "SELECT inbox_reason FROM issue").await, 0);
});

api_test!(a_resolved_issue_regresses, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    resolve(&app).await;
    send(&app, &world, &json!({"event_id": "a".repeat(32)})).await;
    assert_eq!(state(&app).await, REGRESSED);
    assert_eq!(kinds(&app).await, ["6"]);
    let data = text(&app, "SELECT data FROM activity").await;
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data, json!({"event_id": "a".repeat(32), "version": ""}));
    send(&app, &world, &json!({})).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.unresolved'").await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue WHERE resolved_at IS NULL").await, 1);
});

/// Resolves the issue with a release (kind 0: in it; 1: in the one after).
async fn resolve_in(app: &TestApp, sql: &'static str) {
    resolve(app).await;
    execute(app, "DELETE FROM issue_resolution").await;
    execute(app, sql).await;
}

api_test!(a_release_resolution_holds_for_older_releases, |app| async move {
    let world = app.world().await;
    for version in ["app@1.1.0", "app@1.2.0", "app@1.10.0"] {
        send(&app, &world, &json!({"release": version})).await;
    }
    resolve_in(
        &app,
        "INSERT INTO issue_resolution (issue_id, kind, release_id, date_added) \
         SELECT i.id, 0, r.id, 0 FROM issue i, release r WHERE r.version = 'app@1.2.0'",
    )
    .await;
    for older in [json!({"release": "app@1.1.9"}), json!({"release": "app@1.1.0"}), json!({})] {
        send(&app, &world, &older).await;
        assert_eq!(state(&app).await, RESOLVED, "{older}");
    }
    send(&app, &world, &json!({"release": "app@1.2.0"})).await;
    assert_eq!(state(&app).await, REGRESSED);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_resolution").await, 0);
    assert!(text(&app, "SELECT data FROM activity").await.contains("\"resolved_in_version\":\"app@1.2.0\""));
    resolve_in(
        &app,
        "INSERT INTO issue_resolution (issue_id, kind, release_id, date_added) \
         SELECT i.id, 1, r.id, 0 FROM issue i, release r WHERE r.version = 'app@1.2.0'",
    )
    .await;
    send(&app, &world, &json!({"release": "app@1.2.0"})).await;
    assert_eq!(state(&app).await, RESOLVED);
    send(&app, &world, &json!({"release": "app@1.10.0"})).await;
    assert_eq!(state(&app).await, REGRESSED);
});

api_test!(releases_without_numbers_follow_their_dates, |app| async move {
    let world = app.world().await;
    for version in ["first", "second"] {
        send(&app, &world, &json!({"release": version})).await;
        app.clock.advance(60);
    }
    resolve_in(
        &app,
        "INSERT INTO issue_resolution (issue_id, kind, release_id, date_added) \
         SELECT i.id, 1, r.id, 0 FROM issue i, release r WHERE r.version = 'first'",
    )
    .await;
    send(&app, &world, &json!({"release": "first"})).await;
    assert_eq!(state(&app).await, RESOLVED);
    send(&app, &world, &json!({"release": "second"})).await;
    assert_eq!(state(&app).await, REGRESSED);
});

api_test!(an_archived_issue_opens_after_so_many_events, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    archive(&app, "UPDATE issue_snooze SET count = 2").await;
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, "2 4");
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, ONGOING);
    assert_eq!(kinds(&app).await, ["2"]);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_snooze").await, 0);
    archive(&app, "UPDATE issue_snooze SET count = 2, window_minutes = 10").await;
    app.clock.advance(3600);
    send(&app, &world, &json!({})).await;
    app.clock.advance(3600);
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, "2 4", "two events, but not within ten minutes");
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, ONGOING);
});

api_test!(an_archived_issue_opens_after_so_many_users, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    archive(&app, "UPDATE issue_snooze SET user_count = 2").await;
    for _ in 0..3 {
        send(&app, &world, &json!({"user": {"id": "1"}})).await;
    }
    assert_eq!(state(&app).await, "2 4");
    send(&app, &world, &json!({"user": {"id": "2"}})).await;
    assert_eq!(state(&app).await, ONGOING);
});

api_test!(an_archived_issue_opens_when_its_time_is_up, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    archive(&app, "UPDATE issue_snooze SET until = date_added + 3600000000").await;
    send(&app, &world, &json!({})).await;
    assert_eq!(run_wakeups(&app.ctx).await.unwrap(), 0);
    assert_eq!(state(&app).await, "2 4");
    app.clock.advance(3601);
    assert_eq!(run_wakeups(&app.ctx).await.unwrap(), 1);
    assert_eq!(state(&app).await, ONGOING);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.unresolved'").await, 1);
    archive(&app, "UPDATE issue_snooze SET until = 1").await;
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, ONGOING, "an event finds it before the job does");
});

api_test!(an_issue_archived_until_escalating_opens_at_eleven_events_an_hour, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    app.clock.advance(7200);
    app.clock.advance(3600 - app.ctx.now().as_second().rem_euclid(3600));
    execute(&app, "UPDATE issue SET status = 2, substatus = 1").await;
    for _ in 0..10 {
        send(&app, &world, &json!({})).await;
    }
    assert_eq!(state(&app).await, "2 1");
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, "0 2");
    assert_eq!(kinds(&app).await, ["25"]);
});

api_test!(an_issue_with_many_events_escalates_at_five_times_as_many, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    execute(&app, "UPDATE issue_stat SET count = 6").await;
    app.clock.advance(3600);
    execute(&app, "UPDATE issue SET status = 2, substatus = 1").await;
    for _ in 0..30 {
        send(&app, &world, &json!({})).await;
    }
    assert_eq!(state(&app).await, "2 1");
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, "0 2");
});

api_test!(an_issue_archived_forever_stays, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    execute(&app, "UPDATE issue SET status = 2, substatus = 5").await;
    for _ in 0..15 {
        send(&app, &world, &json!({})).await;
    }
    assert_eq!(state(&app).await, "2 5");
    assert_eq!(count(&app, "SELECT times_seen FROM issue").await, 16);
});

api_test!(a_week_makes_a_new_issue_ongoing, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    app.clock.advance(7 * 24 * 3600 - 60);
    assert_eq!(run_ongoing(&app.ctx).await.unwrap(), 0);
    app.clock.advance(120);
    assert_eq!(run_ongoing(&app.ctx).await.unwrap(), 1);
    assert_eq!(run_ongoing(&app.ctx).await.unwrap(), 0);
    assert_eq!(state(&app).await, ONGOING);
    assert_eq!(text(&app, "SELECT data FROM activity").await, "{\"after_days\":7}");
    assert_eq!(kinds(&app).await, ["24"]);
});

api_test!(quiet_issues_resolve_by_age, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    app.clock.advance(25 * 3600);
    assert_eq!(run_resolve_by_age(&app.ctx).await.unwrap(), 0, "the project does not want it");
    execute(&app, "UPDATE project SET options = '{\"resolveAge\":24}' WHERE slug = 'web'").await;
    assert_eq!(run_resolve_by_age(&app.ctx).await.unwrap(), 1);
    assert_eq!(state(&app).await, RESOLVED);
    assert_eq!(text(&app, "SELECT data FROM activity").await, "{\"age\":24}");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.resolved'").await, 1);
    send(&app, &world, &json!({})).await;
    assert_eq!(state(&app).await, REGRESSED);
});
