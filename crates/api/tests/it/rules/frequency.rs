//! Rules that count events and users.

use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{EVERY, create, fired, rule_with, send};

const EVENTS: &str = "sentry.rules.conditions.event_frequency.EventFrequencyCondition";
const USERS: &str = "sentry.rules.conditions.event_frequency.EventUniqueUserFrequencyCondition";

fn more_than(id: &str, value: i64, interval: &str) -> Value {
    json!({"conditions": [{"id": id, "value": value, "interval": interval}], "frequency": 5})
}

/// Sends so many events, a second apart.
async fn burst(app: &TestApp, world: &World, count: usize) {
    for _ in 0..count {
        app.clock.advance(1);
        send(app, world, &json!({})).await;
    }
}

api_test!(a_rule_fires_with_the_event_that_is_one_too_many, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", more_than(EVENTS, 3, "1m"))).await;
    burst(&app, &world, 3).await;
    assert_eq!(fired(&app).await, 0);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
    burst(&app, &world, 5).await;
    assert_eq!(fired(&app).await, 1);
    app.clock.advance(600);
    burst(&app, &world, 3).await;
    assert_eq!(fired(&app).await, 1);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 2);
});

api_test!(what_left_the_window_does_not_count, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", more_than(EVENTS, 3, "1m"))).await;
    for _ in 0..10 {
        app.clock.advance(19);
        send(&app, &world, &json!({})).await;
    }
    let first = fired(&app).await;
    assert_eq!(first, 1);
    app.clock.advance(600);
    for _ in 0..10 {
        app.clock.advance(21);
        send(&app, &world, &json!({})).await;
    }
    assert_eq!(fired(&app).await, first);
});

api_test!(long_windows_count_what_lies_days_back, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", more_than(EVENTS, 5, "1d"))).await;
    burst(&app, &world, 2).await;
    app.clock.advance(23 * 3600);
    burst(&app, &world, 3).await;
    assert_eq!(fired(&app).await, 0);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
    app.clock.advance(2 * 3600);
    // The first two are more than a day old.
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 2);
});

api_test!(a_new_issue_is_never_seen_often, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("two", more_than(EVENTS, 2, "1h"))).await;
    create(&app, &world, &rule_with("none", more_than(EVENTS, 0, "1h"))).await;
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
});

api_test!(users_are_counted_once, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", more_than(USERS, 2, "1h"))).await;
    for (user, expected) in [("a", 0), ("a", 0), ("b", 0), ("a", 0), ("b", 0), ("c", 1)] {
        app.clock.advance(1);
        send(&app, &world, &json!({"user": {"id": user}})).await;
        assert_eq!(fired(&app).await, expected);
    }
    app.clock.advance(3 * 3600);
    // All of them were seen long ago.
    for (user, expected) in [("d", 1), ("e", 1), ("e", 1), ("f", 2)] {
        send(&app, &world, &json!({"user": {"id": user}})).await;
        assert_eq!(fired(&app).await, expected);
    }
});

api_test!(a_share_is_of_what_there_was_before, |app| async move {
    let world = app.world().await;
    let percent = json!({
        "conditions": [{"id": EVENTS, "value": 50, "interval": "5m", "comparisonType": "percent",
            "comparisonInterval": "15m"}],
        "frequency": 5,
    });
    create(&app, &world, &rule_with("R", percent)).await;
    // Before anything was, nothing is a share of it.
    burst(&app, &world, 4).await;
    assert_eq!(fired(&app).await, 0);
    app.clock.advance(15 * 60);
    // Four then; six now are half as many more, and not more than that.
    burst(&app, &world, 6).await;
    assert_eq!(fired(&app).await, 0);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
    let users = json!({
        "conditions": [{"id": USERS, "value": 100, "interval": "5m", "comparisonType": "percent",
            "comparisonInterval": "15m"}],
        "frequency": 6,
    });
    create(&app, &world, &rule_with("U", users)).await;
    app.clock.advance(3600);
    for user in ["a", "b"] {
        send(&app, &world, &json!({"message": "other", "user": {"id": user}})).await;
    }
    app.clock.advance(15 * 60);
    let before = fired(&app).await;
    for (user, expected) in [("a", 0), ("b", 0), ("c", 0), ("d", 0), ("e", 1)] {
        send(&app, &world, &json!({"message": "other", "user": {"id": user}})).await;
        assert!(fired(&app).await - before >= expected, "{user}");
    }
});

api_test!(one_count_that_is_too_low_does_not_silence_others, |app| async move {
    let world = app.world().await;
    let either = json!({
        "actionMatch": "any", "frequency": 5,
        "conditions": [
            {"id": EVENTS, "value": 1000, "interval": "1h"},
            {"id": USERS, "value": 1, "interval": "1h"},
        ],
    });
    create(&app, &world, &rule_with("R", either)).await;
    for (user, expected) in [("a", 0), ("a", 0), ("b", 1)] {
        send(&app, &world, &json!({"user": {"id": user}})).await;
        assert_eq!(fired(&app).await, expected);
    }
});

api_test!(a_rule_that_changes_is_asked_anew, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule_with("R", more_than(EVENTS, 1000, "1h"))).await;
    burst(&app, &world, 2).await;
    let change = rule_with("R", more_than(EVENTS, 2, "1h"));
    app.put(super::path_of(&made)).bearer(&world.owner_token).json(&change).send().await.expect(200);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
    let change = rule_with("R", json!({"conditions": [{"id": EVERY}], "frequency": 5}));
    app.put(super::path_of(&made)).bearer(&world.owner_token).json(&change).send().await.expect(200);
    burst(&app, &world, 1).await;
    assert_eq!(fired(&app).await, 1);
});
