//! Every way of resolving an issue.

use mortise_store::Query;
use mortise_testkit::api_test;
use serde_json::{Value, json};

use super::desk::{Desk, details_error};

const NO_RELEASE: &str = "No release data present in the system to form a basis for 'Next Release'";

fn kinds(history: &[(String, Value)]) -> Vec<&str> {
    history.iter().map(|(kind, _)| kind.as_str()).collect()
}

api_test!(a_plain_resolve_tells_everybody_each_time, |app| async move {
    let desk = Desk::new(&app).await;
    let issue = desk.change(json!({"status": "resolved"})).await;
    assert_eq!((&issue["status"], &issue["substatus"]), (&json!("resolved"), &json!(null)));
    assert_eq!(issue["statusDetails"], json!({}));
    assert_eq!(
        (&issue["isSubscribed"], &issue["subscriptionDetails"]["reason"]),
        (&json!(true), &json!("status_change"))
    );
    for key in ["stats", "lifetime", "filtered"] {
        assert!(issue.get(key).is_none(), "{key}");
    }
    desk.change(json!({"status": "resolved"})).await;
    let history = desk.history().await;
    assert!(history.iter().all(|entry| *entry == ("set_resolved".to_owned(), json!({}))), "{history:?}");
    assert_eq!(desk.count("SELECT COUNT(*) FROM activity WHERE kind = 1").await, 2);
    let told = desk.told().await;
    assert_eq!(told.len(), 2);
    let facts = json!({"actor": desk.world.member.get(), "issue": desk.issue.get(),
        "project": desk.world.project.get(), "resolution_type": "now"});
    assert_eq!(told[0], ("issue.resolved".to_owned(), facts));
    assert_eq!(
        desk.count("SELECT COUNT(*) FROM issue WHERE resolved_at IS NOT NULL AND status = 1").await,
        1
    );
});

api_test!(the_next_release_needs_a_release, |app| async move {
    let desk = Desk::new(&app).await;
    for body in [
        json!({"status": "resolvedInNextRelease"}),
        json!({"status": "resolved", "statusDetails": {"inNextRelease": true}}),
    ] {
        desk.refuse(body, details_error("inNextRelease", NO_RELEASE)).await;
    }
    let latest = json!({"status": "resolved", "statusDetails": {"inRelease": "latest"}});
    desk.refuse(latest, details_error("inRelease", NO_RELEASE)).await;
    assert!(desk.told().await.is_empty());
});

api_test!(the_next_release_follows_the_latest, |app| async move {
    let desk = Desk::new(&app).await;
    desk.release("first").await;
    desk.seen_in(1, "first").await;
    let issue = desk.change(json!({"status": "resolvedInNextRelease"})).await;
    assert_eq!(issue["statusDetails"]["inNextRelease"], true);
    assert_eq!(issue["statusDetails"]["actor"]["name"], "member");
    assert_eq!(desk.history().await, [("set_resolved_in_release".to_owned(), json!({"version": ""}))]);
    assert_eq!(desk.told().await[0].1["resolution_type"], "in_next_release");
    let kept = "SELECT COUNT(*) FROM issue_resolution WHERE kind = 1 AND current_release_version = 'first'";
    assert_eq!(desk.count(kept).await, 1);
});

api_test!(the_next_release_may_be_there_already, |app| async move {
    let desk = Desk::new(&app).await;
    for version in ["first", "second", "third"] {
        desk.release(version).await;
    }
    desk.seen_in(1, "first").await;
    let issue = desk.change(json!({"status": "resolved", "statusDetails": {"inNextRelease": true}})).await;
    assert_eq!(issue["statusDetails"]["inRelease"], "second");
    assert_eq!(desk.history().await, [("set_resolved_in_release".to_owned(), json!({"version": "second"}))]);
    assert_eq!(desk.told().await[0].1["resolution_type"], "in_next_release");
});

api_test!(numbered_versions_tell_the_next_release_by_number, |app| async move {
    let desk = Desk::new(&app).await;
    for version in ["web@1.9.0", "web@1.10.0", "web@1.2.0"] {
        desk.release(version).await;
    }
    desk.seen_in(1, "web@1.2.0").await;
    desk.change(json!({"status": "resolvedInNextRelease"})).await;
    let data = json!({"version": "", "current_release_version": "web@1.10.0"});
    assert_eq!(desk.history().await, [("set_resolved_in_release".to_owned(), data)]);
    let kept = "SELECT COUNT(*) FROM issue_resolution n JOIN release r ON r.id = n.release_id \
        WHERE n.kind = 0 AND r.version = 'web@1.10.0' AND n.current_release_version = 'web@1.10.0'";
    assert_eq!(desk.count(kept).await, 1);
});

api_test!(a_release_is_named_by_version_or_as_the_latest, |app| async move {
    let desk = Desk::new(&app).await;
    desk.release("1.2.3").await;
    desk.release("1.2.4").await;
    let unknown = json!({"status": "resolved", "statusDetails": {"inRelease": "9"}});
    desk.refuse(unknown, details_error("inRelease", "Unable to find a release with the given version."))
        .await;
    let issue = desk.change(json!({"status": "resolved", "statusDetails": {"inRelease": "1.2.3"}})).await;
    assert_eq!(issue["statusDetails"]["inRelease"], "1.2.3");
    assert_eq!(desk.history().await, [("set_resolved_in_release".to_owned(), json!({"version": "1.2.3"}))]);
    // Another release takes the place of the first; that is told, but no history.
    let issue = desk.change(json!({"status": "resolved", "statusDetails": {"inRelease": "latest"}})).await;
    assert_eq!(issue["statusDetails"]["inRelease"], "1.2.4");
    assert_eq!(desk.history().await.len(), 1);
    let told: Vec<_> =
        desk.told().await.into_iter().map(|(_, facts)| facts["resolution_type"].clone()).collect();
    assert_eq!(told, ["in_release", "in_release"]);
    // And a plain one takes the release away.
    let issue = desk.change(json!({"status": "resolved"})).await;
    assert!(issue["statusDetails"].get("inRelease").is_none());
    assert_eq!(kinds(&desk.history().await), ["set_resolved", "set_resolved_in_release"]);
});

api_test!(a_commit_resolves_at_once, |app| async move {
    let desk = Desk::new(&app).await;
    let body = |repository: &str, sha: &str| json!({"status": "resolved", "statusDetails": {"inCommit": {"repository": repository, "commit": sha}}});
    let in_commit = |key: &str, text: &str| json!({"statusDetails": {"inCommit": {key: [text]}}});
    let refused = in_commit("repository", "Unable to find the given repository.");
    desk.refuse(body("acme/widgets", "abc"), refused).await;
    desk.commit(None).await;
    desk.refuse(body("acme/widgets", "def"), in_commit("commit", "Unable to find the given commit.")).await;
    let issue = desk.change(body("acme/widgets", "abc")).await;
    assert_eq!(issue["statusDetails"]["inCommit"]["id"], "abc");
    assert_eq!(issue["statusDetails"]["inCommit"]["repository"]["name"], "acme/widgets");
    assert_eq!(issue["status"], "resolved");
    let history = desk.history().await;
    assert_eq!(kinds(&history), ["set_resolved_in_commit"]);
    assert_eq!(history[0].1["commit"]["id"], "abc");
    assert_eq!(desk.told().await[0].1["resolution_type"], "in_commit");
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_resolution").await, 0);
    desk.change(json!({"status": "unresolved"})).await;
    let issue = desk.change(json!({"status": "resolved"})).await;
    assert!(issue["statusDetails"].get("inCommit").is_none());
});

api_test!(a_released_commit_resolves_in_its_release, |app| async move {
    let desk = Desk::new(&app).await;
    let release = desk.release("2.0").await;
    desk.commit(Some(release)).await;
    let details = json!({"inCommit": {"repository": "acme/widgets", "commit": "abc"}});
    let issue = desk.change(json!({"status": "resolved", "statusDetails": details})).await;
    assert_eq!(issue["statusDetails"]["inRelease"], "2.0");
    assert_eq!(kinds(&desk.history().await), ["set_resolved_in_commit"]);
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue_commit").await, 1);
});

api_test!(an_upcoming_release_is_not_offered, |app| async move {
    let desk = Desk::new(&app).await;
    let text = "Your organization does not have access to this feature.";
    let body = json!({"status": "resolved", "statusDetails": {"inUpcomingRelease": true}});
    desk.refuse(body, details_error("inUpcomingRelease", text)).await;
});

api_test!(whoever_wants_gets_what_they_resolve, |app| async move {
    let desk = Desk::new(&app).await;
    let option =
        Query::new("UPDATE user_account SET options = '{\"self_assign_issue\":\"1\"}' WHERE id = $1");
    desk.execute(option.bind(desk.world.member)).await;
    let issue = desk.change(json!({"status": "resolved"})).await;
    assert_eq!(issue["assignedTo"]["email"], "member@acme.test");
    assert_eq!(desk.told_kinds().await, ["issue.resolved", "issue.assigned"]);
});

api_test!(fields_in_the_query_count_unless_the_body_has_them, |app| async move {
    let desk = Desk::new(&app).await;
    let path = format!("{}?status=resolved&hasSeen=1", desk.path());
    let request = app.put(path.clone()).bearer(&desk.world.member_token);
    let issue = request.json(&json!({"status": "ignored"})).send().await.expect(200).json();
    assert_eq!((&issue["status"], &issue["hasSeen"]), (&json!("ignored"), &json!(true)));
    let issue = app.put(path).bearer(&desk.world.member_token).send().await.expect(200).json();
    assert_eq!(issue["status"], "resolved");
    let form = app.put(desk.path()).bearer(&desk.world.member_token);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("status=unresolved");
    assert_eq!(form.send().await.expect(200).json()["status"], "unresolved");
});

api_test!(bad_words_are_refused_and_reading_is_not_enough, |app| async move {
    let desk = Desk::new(&app).await;
    desk.refuse(json!({"status": "gone"}), json!({"status": ["\"gone\" is not a valid choice."]})).await;
    desk.refuse(json!({"priority": "x"}), json!({"priority": ["\"x\" is not a valid choice."]})).await;
    let window = json!({"status": "ignored", "statusDetails": {"ignoreWindow": 10_081}});
    let text = "Ensure this value is less than or equal to 10080.";
    desk.refuse(window, details_error("ignoreWindow", text)).await;
    let list = json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]});
    desk.refuse(json!([1]), list).await;
    let token = mortise_testkit::World::token(&app.ctx, desk.world.member, &["event:read"]).await;
    app.put(desk.path()).bearer(&token).json(&json!({"status": "resolved"})).send().await.expect(403);
    app.delete(desk.path()).bearer(&token).send().await.expect(403);
    app.put(desk.path()).bearer(&desk.world.stranger_token).json(&json!({})).send().await.expect(404);
});
