//! Changing, merging and deleting many issues at once.

use mortise_domain::IssueId;
use mortise_store::Query;
use mortise_testkit::{Answer, TestApp, api_test};
use serde_json::{Value, json};

use super::{
    desk::Desk,
    sample::{Sample, SampleEvent, event_id},
};

async fn second(desk: &Desk<'_>) -> IssueId {
    Sample::new(desk.app, &desk.world, 2).insert(desk.app).await
}

async fn elsewhere(desk: &Desk<'_>) -> IssueId {
    let query = Query::new(
        "INSERT INTO project (organization_id, slug, name, status, is_public, options, last_short_id, date_added) \
         VALUES ($1, 'ios', 'Ios', 0, FALSE, '{}', 0, 1)",
    );
    desk.execute(query.bind(desk.world.org)).await;
    let project = desk.count("SELECT id FROM project WHERE slug = 'ios'").await.into();
    Sample { project, ..Sample::new(desk.app, &desk.world, 1) }.insert(desk.app).await
}

async fn put(desk: &Desk<'_>, path: &str, body: Value) -> Answer {
    desk.app.put(path).bearer(&desk.world.member_token).json(&body).send().await
}

async fn hit(app: &TestApp, desk: &Desk<'_>, issue: IssueId, number: u32) {
    let (project, at) = (desk.world.project, app.ctx.now());
    let tags = vec![("user", "id:1"), ("browser", "Firefox")];
    SampleEvent { project, issue, event_id: event_id(number), at, environment: None, tags }
        .insert(app, &desk.world)
        .await;
}

api_test!(only_what_was_changed_is_answered, |app| async move {
    let desk = Desk::new(&app).await;
    let other = second(&desk).await;
    let path = format!("/api/0/organizations/acme/issues/?id={}&id={other}&id=999999", desk.issue);
    let answer = put(&desk, &path, json!({"status": "resolved"})).await.expect(200);
    assert_eq!(answer.json(), json!({"status": "resolved", "statusDetails": {}, "inbox": null}));
    assert_eq!(desk.told_kinds().await, ["issue.resolved", "issue.resolved"]);
    let answer = put(&desk, &path, json!({"status": "unresolved"})).await.expect(200);
    assert_eq!(answer.json(), json!({"status": "unresolved", "statusDetails": {}}));
    let flags = json!({"isBookmarked": true, "hasSeen": true, "isSubscribed": true, "priority": "high"});
    let answer = put(&desk, &path, flags).await.expect(200);
    let expected = json!({"hasSeen": true, "isBookmarked": true, "isSubscribed": true,
        "subscriptionDetails": {"reason": "unknown"}, "priority": "high"});
    assert_eq!(answer.json(), expected);
    let answer = put(&desk, &path, json!({"assignedTo": "owner@acme.test"})).await.expect(200);
    assert_eq!(answer.json()["assignedTo"]["name"], "owner");
    let answer = put(&desk, &path, json!({"status": "ignored", "ignoreCount": 3})).await.expect(200).json();
    assert_eq!(answer["statusDetails"]["ignoreCount"], 3);
    assert_eq!(answer["statusDetails"]["actor"]["name"], "member");
});

api_test!(issues_are_named_by_status_or_query_too, |app| async move {
    let desk = Desk::new(&app).await;
    let other = second(&desk).await;
    let path = "/api/0/projects/acme/web/issues/";
    put(&desk, &format!("{path}?query=issue:WEB-2"), json!({"status": "resolved"})).await.expect(200);
    assert_eq!(desk.count("SELECT id FROM issue WHERE status = 1").await, other.get());
    put(&desk, &format!("{path}?status=resolved"), json!({"status": "ignored"})).await.expect(200);
    assert_eq!(desk.count("SELECT id FROM issue WHERE status = 2").await, other.get());
    // What is unresolved is meant when nothing is named.
    put(&desk, path, json!({"priority": "low"})).await.expect(200);
    assert_eq!(desk.count("SELECT id FROM issue WHERE priority = 25").await, desk.issue.get());
});

api_test!(nothing_found_is_204_and_ids_are_numbers, |app| async move {
    let desk = Desk::new(&app).await;
    for path in
        ["/api/0/organizations/acme/issues/?id=999999", "/api/0/projects/acme/web/issues/?status=resolved"]
    {
        put(&desk, path, json!({"status": "nonsense"})).await.expect(204);
    }
    let answer = put(&desk, "/api/0/organizations/acme/issues/?id=x", json!({})).await.expect(400);
    assert_eq!(answer.json(), json!({"detail": "Group ids must be integers"}));
    let foreign = Sample { project: desk.world.stranger_project, ..Sample::new(&app, &desk.world, 1) };
    let foreign = foreign.insert(&app).await;
    let path = format!("/api/0/organizations/acme/issues/?id={foreign}");
    put(&desk, &path, json!({"status": "resolved"})).await.expect(204);
});

api_test!(releases_belong_to_one_project, |app| async move {
    let desk = Desk::new(&app).await;
    let other = elsewhere(&desk).await;
    let path = format!("/api/0/organizations/acme/issues/?id={}&id={other}", desk.issue);
    let cases = [
        (json!({"inNextRelease": true}), "in next release"),
        (json!({"inUpcomingRelease": true}), "in upcoming release"),
        (json!({"inRelease": "1"}), "in release"),
        (json!({"inCommit": {"commit": "a", "repository": "b"}}), "in commit"),
    ];
    for (details, form) in cases {
        let answer =
            put(&desk, &path, json!({"status": "resolved", "statusDetails": details})).await.expect(400);
        let text = format!("Cannot set resolved {form} for multiple projects.");
        assert_eq!(answer.json(), json!({"detail": text}));
    }
    let answer = put(&desk, &path, json!({"merge": true})).await.expect(200);
    assert_eq!(answer.json(), json!({"detail": "Merging across multiple projects is not supported"}));
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue").await, 2);
});

api_test!(merged_issues_live_on_in_one, |app| async move {
    let desk = Desk::new(&app).await;
    let other = second(&desk).await;
    for number in [1, 2] {
        hit(&app, &desk, other, number).await;
    }
    hit(&app, &desk, desk.issue, 3).await;
    let comment = format!("{}comments/", desk.path());
    let written = app.post(comment).bearer(&desk.world.member_token).json(&json!({"text": "look"}));
    written.send().await.expect(201);
    let path = format!("/api/0/organizations/acme/issues/?id={}&id={other}", desk.issue);
    let answer = put(&desk, &path, json!({"merge": true})).await.expect(200);
    let expected = json!({"parent": other.to_string(), "children": [desk.issue.to_string()]});
    assert_eq!(answer.json(), json!({"merge": expected}));
    // The old id leads to the survivor, which has everything.
    let issue = app.get(desk.path()).bearer(&desk.world.member_token).send().await.expect(200).json();
    assert_eq!((&issue["id"], &issue["count"]), (&json!(other.to_string()), &json!("3")));
    assert_eq!((&issue["userCount"], &issue["numComments"]), (&json!(1), &json!(1)));
    let tags = issue["tags"].as_array().unwrap().iter().find(|tag| tag["key"] == "browser").unwrap();
    assert_eq!(tags["totalValues"], 3);
    let history = desk.history().await;
    assert_eq!(history[0], ("merge".to_owned(), json!({"issues": [{"id": desk.issue.get()}]})));
    assert_eq!(history[1].0, "note");
    let per_issue = Query::new("SELECT COUNT(*) FROM error_event WHERE issue_id = $1").bind(other);
    let events: i64 = app.ctx.store.read().await.unwrap().one(per_issue).await.unwrap();
    assert_eq!(events, 3);
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue").await, 1);
});

api_test!(many_are_deleted_only_when_named, |app| async move {
    let desk = Desk::new(&app).await;
    let other = second(&desk).await;
    let path = "/api/0/organizations/acme/issues/";
    app.delete(path).bearer(&desk.world.member_token).send().await.expect(400);
    let named = format!("{path}?id={}", desk.issue);
    app.delete(named).bearer(&desk.world.member_token).send().await.expect(204);
    assert_eq!(desk.count("SELECT id FROM issue WHERE status = 0").await, other.get());
    let found = "/api/0/projects/acme/web/issues/?query=is:unresolved";
    app.delete(found).bearer(&desk.world.member_token).send().await.expect(204);
    assert_eq!(desk.count("SELECT COUNT(*) FROM issue WHERE status = 3").await, 2);
    assert_eq!(desk.count("SELECT COUNT(*) FROM audit_log WHERE event = 186").await, 2);
});

api_test!(the_cost_of_a_change_hardly_depends_on_how_many_issues_there_are, |app| async move {
    let desk = Desk::new(&app).await;
    for number in 2..=20 {
        Sample::new(&app, &desk.world, number).insert(&app).await;
    }
    let path = "/api/0/projects/acme/web/issues/";
    let before = app.ctx.store.statements();
    put(&desk, path, json!({"status": "ignored", "assignedTo": "owner@acme.test"})).await.expect(200);
    let statements = app.ctx.store.statements() - before;
    // Two events of the outbox for each issue, and what one issue costs as well.
    assert!(statements < 2 * 20 + 45, "{statements} statements");
    assert_eq!(desk.told().await.len(), 40);
});
