//! Events that come at the same time are stored together, and counted as if they had come one after the other.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{count, to_envelope, to_store};

const EVENTS: usize = 150;

/// Events of three issues, some older than others, one of each ten sent twice.
fn events(start: i64) -> Vec<Value> {
    (0..EVENTS)
        .map(|number| {
            let number = if number % 10 == 9 { number - 1 } else { number };
            let issue = ["first", "second", "third"][number % 3];
            json!({
                "event_id": format!("{:032x}", number + 1),
                "message": format!("{number}"),
                "fingerprint": [issue],
                "timestamp": start - i64::try_from(number * 37 % 150).expect("small") * 60,
                "environment": if number % 2 == 0 { "production" } else { "test" },
                "tags": {"number": (number % 7).to_string()},
                "user": {"id": (number % 5).to_string()},
            })
        })
        .collect()
}

async fn send(app: &TestApp, world: &World, event: &Value) {
    to_store(app, world).body(event.to_string()).send().await.expect(200);
}

/// Everything that counting leaves, by kind.
async fn counted(app: &TestApp) -> BTreeMap<&'static str, Vec<String>> {
    const QUERIES: [(&str, &str); 3] = [
        (
            "issues",
            "SELECT h.hash || ' ' || CAST(i.times_seen AS TEXT) || ' ' || CAST(i.first_seen AS TEXT) || ' ' || \
             CAST(i.last_seen AS TEXT) || ' ' || i.title FROM issue i JOIN issue_hash h ON h.issue_id = i.id ORDER BY 1",
        ),
        (
            "hours",
            "SELECT h.hash || ' ' || CAST(s.hour AS TEXT) || ' ' || CAST(s.count AS TEXT) FROM issue_stat s \
             JOIN issue_hash h ON h.issue_id = s.issue_id ORDER BY 1",
        ),
        (
            "tags",
            "SELECT h.hash || ' ' || t.tag_key || '=' || t.tag_value || ' ' || CAST(t.times_seen AS TEXT) || ' ' || \
             CAST(t.first_seen AS TEXT) || ' ' || CAST(t.last_seen AS TEXT) FROM issue_tag_value t \
             JOIN issue_hash h ON h.issue_id = t.issue_id ORDER BY 1",
        ),
    ];
    let mut conn = app.ctx.store.read().await.unwrap();
    let mut all = BTreeMap::new();
    for (name, sql) in QUERIES {
        all.insert(name, conn.all(Query::new(sql)).await.unwrap());
    }
    all
}

api_test!(events_at_the_same_time_are_counted_like_events_in_a_row, |app| async move {
    let world = app.world().await;
    let start = app.ctx.clock.now().as_second();
    let events = events(start);
    // What every issue begins with is the same in both.
    for event in &events[..6] {
        send(&app, &world, event).await;
    }
    let statements = app.ctx.store.statements();
    join_all(events[6..].iter().map(|event| send(&app, &world, event))).await;
    let together = app.ctx.store.statements() - statements;

    let other = TestApp::sqlite().await;
    let world = other.world().await;
    let statements = other.ctx.store.statements();
    for event in &events {
        send(&other, &world, event).await;
    }
    let in_a_row = other.ctx.store.statements() - statements;
    assert_eq!(counted(&app).await, counted(&other).await);
    let stored = i64::try_from(EVENTS - EVENTS / 10).expect("small");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, stored);
    assert!(together * 3 < in_a_row, "{together} statements together, {in_a_row} in a row");
});

api_test!(one_event_of_a_batch_that_cannot_be_stored_takes_no_other_along, |app| async move {
    let world = app.world().await;
    let start = app.ctx.clock.now().as_second();
    let events = events(start);
    for event in &events[..6] {
        send(&app, &world, event).await;
    }
    let resolved = "UPDATE issue SET status = 1 WHERE title = '5'";
    super::execute(&app, resolved).await;
    let sent = events[6..60].iter().map(|event| send(&app, &world, event));
    let malformed = async {
        let body = "{}\n{\"type\":\"event\"}\n{\"message\":\n";
        to_envelope(&app, &world).body(body).send().await.expect(400);
    };
    tokio::join!(join_all(sent), malformed);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 54);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue WHERE status = 0").await, 3);
    let regressions = "SELECT COUNT(*) FROM activity WHERE kind = 6";
    assert_eq!(count(&app, regressions).await, 1, "the resolved issue came back once");
});
