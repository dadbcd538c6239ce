//! From requests to issues.

use futures_util::future::join_all;
use mortise_testkit::api_test;
use serde_json::json;

use super::{count, to_store};

api_test!(fifty_first_events_at_once_make_one_issue, |app| async move {
    let world = app.world().await;
    let send = |number: u32| {
        let event = json!({"event_id": format!("{number:032x}"), "message": "all at once"});
        to_store(&app, &world).body(event.to_string()).send()
    };
    for answer in join_all((1..=50).map(send)).await {
        answer.expect(200);
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue").await, 1);
    assert_eq!(count(&app, "SELECT times_seen FROM issue").await, 50);
    assert_eq!(count(&app, "SELECT last_short_id FROM project WHERE slug = 'web'").await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM error_event").await, 50);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.created'").await, 1);
    assert_eq!(count(&app, "SELECT CAST(SUM(count) AS BIGINT) FROM issue_stat").await, 50);
});
