//! What is past its time goes, what is not stays, and an issue outlives its events.

use mortise_service::jobs;
use mortise_testkit::{TestApp, api_test};
use serde_json::json;

use super::{ID, count, execute, message, outcomes, to_envelope, to_store};

const DAY_S: i64 = 24 * 3600;
const OTHER_ID: &str = "0ec79c33ec9942ab8353589fcb2e04dc";
const KEPT: [&str; 4] = [
    "SELECT COUNT(*) FROM error_event",
    "SELECT COUNT(*) FROM user_report",
    "SELECT COUNT(*) FROM issue_stat",
    "SELECT COUNT(*) FROM outcome",
];

async fn purge(app: &TestApp) {
    let job = jobs::JOBS.iter().find(|job| job.name == "purge_events").expect("the job");
    (job.run)(&app.ctx).await.unwrap();
}

async fn counts(app: &TestApp) -> Vec<i64> {
    let mut all = Vec::new();
    for sql in KEPT {
        all.push(count(app, sql).await);
    }
    all
}

api_test!(what_is_past_its_time_goes_and_the_issue_stays, |app| async move {
    let world = app.world().await;
    let report = json!({"event_id": ID, "name": "Ann", "email": "ann@a.test", "comments": "it broke"});
    let items = format!("{{\"type\":\"user_report\"}}\n{report}\n");
    to_store(&app, &world).json(&message("it broke")).send().await.expect(200);
    to_envelope(&app, &world).body(format!("{{\"event_id\":\"{ID}\"}}\n{items}")).send().await.expect(200);
    outcomes(&app).await;
    let before = counts(&app).await;
    assert!(before.iter().all(|rows| *rows > 0), "{before:?}");

    app.clock.advance(90 * DAY_S - 1);
    purge(&app).await;
    assert_eq!(counts(&app).await, before, "nothing is past its time yet");

    app.clock.advance(3600);
    let mut fresh = message("it broke");
    fresh["event_id"] = OTHER_ID.into();
    to_store(&app, &world).json(&fresh).send().await.expect(200);
    outcomes(&app).await;
    purge(&app).await;
    let left = counts(&app).await;
    assert_eq!(left[..3], [1, 0, 1]);
    assert!(left[3] < before[3] + 1, "{left:?}");
    assert_eq!(count(&app, "SELECT times_seen FROM issue").await, 2);
});

api_test!(what_has_not_been_dispatched_is_never_purged, |app| async move {
    let world = app.world().await;
    to_store(&app, &world).json(&message("it broke")).send().await.expect(200);
    let waiting = count(&app, "SELECT COUNT(*) FROM event").await;
    assert!(waiting > 0);
    app.clock.advance(91 * DAY_S);
    purge(&app).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event").await, waiting);
    execute(&app, "UPDATE event SET dispatched_at = created_at").await;
    purge(&app).await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event").await, 0);
});
