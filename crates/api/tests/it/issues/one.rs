//! One issue: its keys, paths, tags, history.

use mortise_domain::IssueId;
use mortise_store::{Query, StoreError};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::sample::{Sample, SampleEvent, event_id};

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.member_token).send().await.expect(200).json()
}

async fn execute(app: &TestApp, query: Query) {
    let done = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await }));
    done.await.map_err(|e: StoreError| e.to_string()).expect("a statement");
}

async fn issue_with_events(app: &TestApp, world: &World) -> IssueId {
    let issue = Sample::new(app, world, 1).insert(app).await;
    for (n, environment, user) in
        [(1, Some("prod"), "id:1"), (2, Some("dev"), "id:2"), (3, Some("prod"), "id:1")]
    {
        let at = app.ctx.now();
        let tags = vec![("user", user), ("browser", "Firefox")];
        let event =
            SampleEvent { project: world.project, issue, event_id: event_id(n), at, environment, tags };
        event.insert(app, world).await;
    }
    issue
}

api_test!(the_detail_has_every_key, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let detail = get(&app, &world, &format!("/api/0/issues/{issue}/")).await;
    for key in "activity seenBy participants pluginActions pluginIssues pluginContexts userReportCount tags \
        firstRelease lastRelease stats"
        .split_whitespace()
    {
        assert!(detail.get(key).is_some(), "{key}");
    }
    for key in ["lifetime", "filtered", "inbox"] {
        assert!(detail.get(key).is_none(), "{key}");
    }
    assert_eq!(detail["stats"]["24h"].as_array().unwrap().len(), 24);
    assert_eq!(detail["stats"]["30d"].as_array().unwrap().len(), 30);
    let first_seen = json!({"id": "0", "user": null, "type": "first_seen", "data": {},
        "dateCreated": detail["firstSeen"]});
    assert_eq!(detail["activity"], json!([first_seen]));
    let tags = json!([{"key": "browser", "name": "Browser", "totalValues": 3},
        {"key": "environment", "name": "Environment", "totalValues": 3}, {"key": "user", "name": "User", "totalValues": 3}]);
    assert_eq!(detail["tags"], tags);
    let collapsed =
        get(&app, &world, &format!("/api/0/issues/{issue}/?collapse=tags&collapse=release&collapse=stats"))
            .await;
    for key in ["tags", "firstRelease", "lastRelease", "stats"] {
        assert!(collapsed.get(key).is_none(), "{key}");
    }
});

api_test!(counts_of_the_detail_follow_the_environment, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let all = get(&app, &world, &format!("/api/0/issues/{issue}/")).await;
    assert_eq!((&all["count"], &all["userCount"]), (&json!("3"), &json!(2)));
    let prod = get(&app, &world, &format!("/api/0/issues/{issue}/?environment=prod")).await;
    assert_eq!((&prod["count"], &prod["userCount"]), (&json!("2"), &json!(1)));
    assert_eq!(
        prod["stats"]["24h"][23][1].as_i64().unwrap() + prod["stats"]["24h"][22][1].as_i64().unwrap(),
        2
    );
    let missing = app.get(format!("/api/0/issues/{issue}/?environment=x")).bearer(&world.member_token);
    missing.send().await.expect(404);
});

api_test!(an_issue_is_found_by_id_and_below_its_organization_by_short_id, |app| async move {
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 33).insert(&app).await.to_string();
    let org = "/api/0/organizations/acme";
    let paths = [
        format!("/api/0/issues/{issue}/"),
        format!("/api/0/groups/{issue}/"),
        format!("{org}/issues/{issue}/"),
        format!("{org}/groups/{issue}/"),
        format!("{org}/issues/WEB-11/"),
        format!("{org}/issues/web-IL/"),
    ];
    for path in paths {
        assert_eq!(get(&app, &world, &path).await["id"], json!(issue), "{path}");
    }
    for path in ["/api/0/issues/WEB-11/", "/api/0/issues/999999/"] {
        app.get(path).bearer(&world.member_token).send().await.expect(404);
    }
    let located = get(&app, &world, &format!("{org}/shortids/web-11/")).await;
    assert_eq!((&located["groupId"], &located["shortId"]), (&json!(issue), &json!("WEB-11")));
    assert_eq!((&located["organizationSlug"], &located["projectSlug"]), (&json!("acme"), &json!("web")));
});

api_test!(a_merged_issue_is_shown_as_the_survivor, |app| async move {
    let world = app.world().await;
    let survivor = Sample::new(&app, &world, 1).insert(&app).await;
    let merged = Sample { status: 5, substatus: None, ..Sample::new(&app, &world, 2) }.insert(&app).await;
    let redirect = Query::new("INSERT INTO issue_redirect (previous_id, issue_id) VALUES ($1, $2)");
    execute(&app, redirect.bind(merged).bind(survivor)).await;
    let shown = get(&app, &world, &format!("/api/0/issues/{merged}/")).await;
    assert_eq!(shown["id"], json!(survivor.to_string()));
});

api_test!(tags_agree_with_the_number_of_events, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let base = format!("/api/0/issues/{issue}/tags/");
    let tags = get(&app, &world, &base).await;
    let environment = &tags[1];
    assert_eq!(environment["uniqueValues"], json!(2));
    assert_eq!(environment["topValues"][0]["value"], json!("prod"));
    assert_eq!(environment["topValues"][0]["count"], json!(2));
    let user = get(&app, &world, &format!("{base}user/")).await;
    assert_eq!(user["topValues"][0]["name"], json!("1"));
    assert_eq!(user["topValues"][0]["query"], json!("user.id:\"1\""));
    app.get(format!("{base}nothing/")).bearer(&world.member_token).send().await.expect(404);
    let values = get(&app, &world, &format!("{base}environment/values/?sort=-count&per_page=1")).await;
    assert_eq!((values.as_array().unwrap().len(), &values[0]["value"]), (1, &json!("prod")));
    let one = get(&app, &world, &format!("{base}?key=user&key=browser&limit=1")).await;
    let keys: Vec<&Value> = one.as_array().unwrap().iter().map(|tag| &tag["key"]).collect();
    assert_eq!(keys, [&json!("browser"), &json!("user")]);
    assert_eq!(one[1]["topValues"].as_array().unwrap().len(), 1);
});

api_test!(history_is_newest_first_and_repetitions_are_left_out, |app| async move {
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 1).insert(&app).await;
    for (kind, data) in [(1, json!({})), (2, json!({})), (2, json!({})), (8, json!({"text": "hello"}))] {
        let query = Query::new(
            "INSERT INTO activity (issue_id, project_id, kind, user_id, data, date_added) VALUES ($1, $2, $3, $4, $5, $6)",
        );
        let query = query.bind(issue).bind(world.project).bind(i64::from(kind)).bind(world.member);
        execute(&app, query.bind(&data).bind(app.ctx.now())).await;
    }
    let list = get(&app, &world, &format!("/api/0/issues/{issue}/activities/")).await;
    let kinds: Vec<&str> =
        list["activity"].as_array().unwrap().iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["note", "set_unresolved", "set_resolved", "first_seen"]);
    assert_eq!(list["activity"][0]["data"], json!({"text": "hello"}));
    assert_eq!(list["activity"][0]["user"]["id"], json!(world.member.to_string()));
    execute(&app, Query::new("UPDATE issue SET status = 1, substatus = NULL WHERE id = $1").bind(issue))
        .await;
    let detail = get(&app, &world, &format!("/api/0/issues/{issue}/")).await;
    assert_eq!(detail["statusDetails"], json!({}));
});

api_test!(what_stands_beside_an_issue_is_shown, |app| async move {
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 1).insert(&app).await;
    let now = app.ctx.now();
    let assignee = "INSERT INTO issue_assignee (issue_id, user_id, date_added) VALUES ($1, $2, $3)";
    let seen = "INSERT INTO issue_seen (issue_id, user_id, last_seen) VALUES ($1, $2, $3)";
    let bookmark = "INSERT INTO issue_bookmark (issue_id, user_id, date_added) VALUES ($1, $2, $3)";
    let subscription = "INSERT INTO issue_subscription (issue_id, user_id, is_active, reason, date_added) \
        VALUES ($1, $2, TRUE, 'assigned', $3)";
    for sql in [assignee, seen, bookmark, subscription] {
        execute(&app, Query::new(sql).bind(issue).bind(world.member).bind(now)).await;
    }
    let team = "INSERT INTO issue_subscription (issue_id, team_id, is_active, reason, date_added) \
        VALUES ($1, $2, TRUE, 'team_mentioned', $3)";
    execute(&app, Query::new(team).bind(issue).bind(world.team).bind(now)).await;
    let link = "INSERT INTO external_issue_link (issue_id, service_type, display_name, web_url, date_added) \
        VALUES ($1, 'clickup', 'Task#1', 'https://c.test/1', $2)";
    execute(&app, Query::new(link).bind(issue).bind(now)).await;
    let detail = get(&app, &world, &format!("/api/0/issues/{issue}/?expand=sentryAppIssues")).await;
    let assigned = json!({"type": "user", "id": world.member.to_string(), "name": "member", "email": "member@acme.test"});
    assert_eq!(detail["assignedTo"], assigned);
    assert_eq!(
        (&detail["hasSeen"], &detail["isBookmarked"], &detail["isSubscribed"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!(detail["subscriptionDetails"], json!({"reason": "assigned"}));
    assert_eq!(detail["annotations"], json!([{"displayName": "Task#1", "url": "https://c.test/1"}]));
    assert_eq!(detail["sentryAppIssues"][0]["serviceType"], json!("clickup"));
    assert_eq!(detail["participants"][0]["type"], json!("user"));
    let team = json!({"type": "team", "id": world.team.to_string(), "name": "Core", "slug": "core"});
    assert_eq!(detail["participants"][1], team);
    assert_eq!(detail["seenBy"][0]["id"], json!(world.member.to_string()));
    let links = get(&app, &world, &format!("/api/0/issues/{issue}/external-issues/")).await;
    assert_eq!(links, detail["sentryAppIssues"]);
    for query in ["is:linked", "is:assigned", "assigned:me", "assigned:member@acme.test", "bookmarks:me"] {
        let list = get(&app, &world, &format!("/api/0/organizations/acme/issues/?query={query}")).await;
        assert_eq!(list.as_array().unwrap().len(), 1, "{query}");
    }
    let other =
        app.get(format!("/api/0/issues/{issue}/")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&other["hasSeen"], &other["isBookmarked"]), (&json!(false), &json!(false)));
});

api_test!(an_ignored_issue_tells_until_when, |app| async move {
    let world = app.world().await;
    let issue = Sample { status: 2, substatus: Some(4), ..Sample::new(&app, &world, 1) }.insert(&app).await;
    let snooze = "INSERT INTO issue_snooze (issue_id, count, window_minutes, seen_at_start, users_at_start, actor_id, \
        date_added) VALUES ($1, 10, 60, 0, 0, $2, $3)";
    execute(&app, Query::new(snooze).bind(issue).bind(world.member).bind(app.ctx.now())).await;
    let details = get(&app, &world, &format!("/api/0/issues/{issue}/")).await["statusDetails"].clone();
    assert_eq!(
        (&details["ignoreCount"], &details["ignoreWindow"], &details["ignoreUntil"]),
        (&json!(10), &json!(60), &Value::Null)
    );
    assert_eq!(details["actor"]["id"], json!(world.member.to_string()));
});

api_test!(parts_that_are_not_kept_are_empty, |app| async move {
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 1).insert(&app).await;
    let cases = [
        ("current-release", json!({"currentRelease": null})),
        ("first-last-release", json!({})),
        ("similar", json!([])),
        ("user-reports", json!([])),
        ("attachments", json!([])),
    ];
    for (part, expected) in cases {
        assert_eq!(get(&app, &world, &format!("/api/0/issues/{issue}/{part}/")).await, expected, "{part}");
    }
    app.get(format!("/api/0/issues/{issue}/replay-count/"))
        .bearer(&world.member_token)
        .send()
        .await
        .expect(404);
});
