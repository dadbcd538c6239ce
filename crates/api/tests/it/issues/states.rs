//! Archiving issues and bringing them back.

use mortise_store::Query;
use mortise_testkit::api_test;
use serde_json::json;

use super::desk::Desk;

api_test!(archiving_without_condition_is_for_ever, |app| async move {
    let desk = Desk::new(&app).await;
    for body in [json!({"status": "ignored", "snoozeDuration": null}), json!({"status": "muted"})] {
        let issue = desk.change(body).await;
        assert_eq!((&issue["status"], &issue["substatus"]), (&json!("ignored"), &json!("archived_forever")));
        assert_eq!(issue["statusDetails"], json!({}));
    }
    let nothing = json!({"ignoreCount": null, "ignoreDuration": null, "ignoreUntil": null, "ignoreUserCount": null,
        "ignoreUserWindow": null, "ignoreWindow": null, "ignoreUntilEscalating": null});
    assert_eq!(desk.history().await, [("set_ignored".to_owned(), nothing)]);
    assert_eq!(desk.told_kinds().await, ["issue.ignored"]);
});

api_test!(archiving_until_something_keeps_the_counters, |app| async move {
    let desk = Desk::new(&app).await;
    desk.seen_in(1, "1").await;
    let conditions = json!({"ignoreDuration": 30, "ignoreCount": 5, "ignoreWindow": 60});
    let issue = desk.change(json!({"status": "ignored", "statusDetails": conditions})).await;
    assert_eq!(issue["substatus"], "archived_until_condition_met");
    let details = &issue["statusDetails"];
    assert_eq!((&details["ignoreCount"], &details["ignoreWindow"]), (&json!(5), &json!(60)));
    assert_eq!(details["actor"]["email"], "member@acme.test");
    assert!(details["ignoreUntil"].as_str().is_some_and(|until| until.ends_with('Z')));
    let history = desk.history().await;
    assert_eq!(
        (&history[0].1["ignoreDuration"], &history[0].1["ignoreUntil"]),
        (&json!(30), &details["ignoreUntil"])
    );
    let kept =
        "SELECT COUNT(*) FROM issue_snooze WHERE count = 5 AND seen_at_start = 1 AND users_at_start = 1";
    assert_eq!(desk.count(kept).await, 1);
    // The old places of the fields; and what ends it may change while it is archived.
    let issue = desk.change(json!({"status": "ignored", "ignoreUserCount": 2, "ignoreUserWindow": 10})).await;
    assert_eq!(
        (&issue["statusDetails"]["ignoreCount"], &issue["statusDetails"]["ignoreUserCount"]),
        (&json!(null), &json!(2))
    );
    let issue = desk.change(json!({"status": "ignored", "snoozeDuration": 10})).await;
    assert!(issue["statusDetails"]["ignoreUntil"].is_string());
    assert_eq!(desk.history().await.len(), 1);
    assert_eq!(desk.told_kinds().await, ["issue.ignored"]);
    // Archived for ever, nothing ends it.
    desk.change(json!({"status": "ignored"})).await;
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_snooze").await, 0);
});

api_test!(what_is_left_of_a_condition_runs_down, |app| async move {
    let desk = Desk::new(&app).await;
    desk.seen_in(1, "1").await;
    let conditions = json!({"ignoreCount": 5, "ignoreUserCount": 3});
    let issue = desk.change(json!({"status": "ignored", "statusDetails": conditions})).await;
    let details = &issue["statusDetails"];
    assert_eq!((&details["ignoreCount"], &details["ignoreUserCount"]), (&json!(5), &json!(3)));
    desk.execute(Query::new("UPDATE issue SET times_seen = times_seen + 2")).await;
    let issue = app.get(desk.path()).bearer(&desk.world.member_token).send().await.expect(200).json();
    let details = &issue["statusDetails"];
    assert_eq!((&details["ignoreCount"], &details["ignoreUserCount"]), (&json!(3), &json!(3)));
});

api_test!(archiving_until_it_escalates, |app| async move {
    let desk = Desk::new(&app).await;
    for word in ["archived_until_escalating", "until_escalating"] {
        let issue = desk.change(json!({"status": "ignored", "statusDetails": {}, "substatus": word})).await;
        assert_eq!(issue["substatus"], "archived_until_escalating");
        assert_eq!(issue["statusDetails"], json!({"ignoreUntilEscalating": true}));
    }
    assert_eq!(desk.history().await[0].1["ignoreUntilEscalating"], true);
});

api_test!(a_young_issue_leaves_the_archive_as_new, |app| async move {
    let desk = Desk::new(&app).await;
    desk.change(json!({"status": "ignored", "ignoreCount": 3})).await;
    let issue = desk.change(json!({"status": "unresolved"})).await;
    assert_eq!((&issue["substatus"], &issue["statusDetails"]), (&json!("new"), &json!({})));
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_snooze").await, 0);
    app.clock.advance(8 * 24 * 3600);
    desk.change(json!({"status": "ignored"})).await;
    let issue = desk.change(json!({"status": "unresolved"})).await;
    assert_eq!(issue["substatus"], "ongoing");
    let told = desk.told_kinds().await;
    assert_eq!(told, ["issue.ignored", "issue.unarchived", "issue.ignored", "issue.unarchived"]);
});

api_test!(a_resolved_issue_comes_back_as_ongoing, |app| async move {
    let desk = Desk::new(&app).await;
    desk.release("1").await;
    desk.change(json!({"status": "resolved", "statusDetails": {"inRelease": "1"}})).await;
    let issue = desk.change(json!({"status": "unresolved"})).await;
    assert_eq!((&issue["status"], &issue["substatus"]), (&json!("unresolved"), &json!("ongoing")));
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_resolution").await, 0);
    assert_eq!(desk.history().await[0], ("set_unresolved".to_owned(), json!({})));
    desk.change(json!({"status": "unresolved"})).await;
    assert_eq!(desk.told_kinds().await, ["issue.resolved", "issue.unresolved"]);
    let issue = desk.change(json!({"status": "unresolved", "substatus": "escalating"})).await;
    assert_eq!(issue["substatus"], "escalating");
    let issue = desk.change(json!({"substatus": "ongoing"})).await;
    assert_eq!((&issue["status"], &issue["substatus"]), (&json!("unresolved"), &json!("ongoing")));
    let wrong = json!({"substatus": ["\"ongoing\" is not a valid choice."]});
    desk.refuse(json!({"status": "ignored", "substatus": "ongoing"}), wrong).await;
});

api_test!(archiving_forgets_the_release, |app| async move {
    let desk = Desk::new(&app).await;
    desk.release("1").await;
    desk.change(json!({"status": "resolved", "statusDetails": {"inRelease": "1"}})).await;
    desk.change(json!({"status": "ignored"})).await;
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_resolution").await, 0);
    let waits = Query::new("UPDATE issue SET inbox_reason = 0, inbox_date = 1, status = 0, substatus = 7");
    desk.execute(waits).await;
    desk.change(json!({"status": "ignored"})).await;
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue WHERE inbox_reason IS NOT NULL").await, 0);
});
