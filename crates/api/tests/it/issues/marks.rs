//! Seen, bookmarked, subscribed, public, priority, waiting for review; discarding and deleting.

use mortise_store::Query;
use mortise_testkit::{World, api_test};
use serde_json::json;

use super::desk::Desk;

api_test!(users_mark_issues_for_themselves, |app| async move {
    let desk = Desk::new(&app).await;
    let issue = desk.change(json!({"hasSeen": true, "isBookmarked": true})).await;
    assert_eq!((&issue["hasSeen"], &issue["isBookmarked"]), (&json!(true), &json!(true)));
    assert_eq!(issue["subscriptionDetails"], json!({"reason": "bookmark"}));
    let issue = desk.change(json!({"hasSeen": false, "isBookmarked": false})).await;
    assert_eq!(
        (&issue["hasSeen"], &issue["isBookmarked"], &issue["isSubscribed"]),
        (&json!(false), &json!(false), &json!(false))
    );
    let issue = desk.change(json!({"isSubscribed": true})).await;
    assert_eq!(issue["subscriptionDetails"], json!({"reason": "unknown"}));
    let issue = desk.change(json!({"isSubscribed": false})).await;
    assert_eq!(issue["isSubscribed"], false);
    assert!(desk.history().await.is_empty());
});

api_test!(sharing_again_makes_another_link, |app| async move {
    let desk = Desk::new(&app).await;
    let first = desk.change(json!({"isPublic": true})).await["shareId"].clone();
    assert_eq!(first.as_str().map(str::len), Some(32));
    let second = desk.change(json!({"isPublic": true})).await["shareId"].clone();
    assert_ne!(first, second);
    let issue = desk.change(json!({"isPublic": false})).await;
    assert_eq!((&issue["isPublic"], &issue["shareId"]), (&json!(false), &json!(null)));
    let history: Vec<String> = desk.history().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(history, ["set_private", "set_public", "set_private", "set_public"]);
});

api_test!(a_priority_set_by_hand_is_locked, |app| async move {
    let desk = Desk::new(&app).await;
    let issue = desk.change(json!({"priority": "low"})).await;
    assert_eq!(issue["priority"], "low");
    assert!(issue["priorityLockedAt"].is_string());
    desk.change(json!({"priority": "low"})).await;
    assert_eq!(desk.history().await, [("set_priority".to_owned(), json!({"priority": "low"}))]);
});

api_test!(reviewing_takes_an_issue_out_of_the_inbox, |app| async move {
    let desk = Desk::new(&app).await;
    desk.change(json!({"inbox": true})).await;
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue WHERE inbox_reason = 3").await, 1);
    desk.change(json!({"inbox": false})).await;
    desk.change(json!({"inbox": false})).await;
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue WHERE inbox_reason IS NULL").await, 1);
    assert_eq!(desk.history().await, [("mark_reviewed".to_owned(), json!({}))]);
});

api_test!(discarding_drops_what_comes_later, |app| async move {
    let desk = Desk::new(&app).await;
    desk.seen_in(1, "1").await;
    let both = json!({"non_field_errors": ["Other attributes cannot be updated when discarding"]});
    desk.refuse(json!({"discard": true, "status": "resolved"}), both).await;
    let token = World::token(&app.ctx, desk.world.member, &["event:write"]).await;
    let request = app.put(desk.path()).bearer(&token).json(&json!({"discard": true}));
    let answer = request.send().await.expect(400);
    assert_eq!(answer.json(), json!({"discard": ["You do not have permission to discard events"]}));
    desk.put(json!({"discard": true})).await.expect(204);
    app.get(desk.path()).bearer(&desk.world.member_token).send().await.expect(404);
    assert_eq!(desk.count("SELECT COUNT(*) FROM discarded_hash").await, 1);
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_hash").await, 0);
});

api_test!(a_deleted_issue_is_out_of_sight_and_then_gone, |app| async move {
    let desk = Desk::new(&app).await;
    desk.seen_in(1, "1").await;
    desk.seen_in(2, "1").await;
    let writer = World::token(&app.ctx, desk.world.member, &["event:write"]).await;
    app.delete(desk.path()).bearer(&writer).send().await.expect(403);
    let answer = app.delete(desk.path()).bearer(&desk.world.member_token).send().await.expect(202);
    assert_eq!(answer.text(), "");
    app.get(desk.path()).bearer(&desk.world.member_token).send().await.expect(404);
    app.delete(desk.path()).bearer(&desk.world.member_token).send().await.expect(404);
    let written = "SELECT COUNT(*) FROM audit_log WHERE event = 186";
    assert_eq!(desk.count(written).await, 1);
    assert_eq!(desk.count("SELECT COUNT(*) FROM error_event").await, 2);
    assert_eq!(mortise_service::issues::delete::remove_hidden(&app.ctx).await.unwrap(), 1);
    assert_eq!(desk.count("SELECT COUNT(*) FROM error_event").await, 0);
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue").await, 0);
    desk.execute(Query::new("DELETE FROM audit_log")).await;
});
