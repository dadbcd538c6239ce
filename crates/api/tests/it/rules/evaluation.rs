//! What makes a rule fire.

use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::{EVERY, FIRST_SEEN, RULES, create, execute, fired, path_of, rule, rule_with, send};

const FILTERS: &str = "sentry.rules.filters.";

/// An event that has something to say about everything.
fn event() -> Value {
    json!({
        "message": "it broke", "level": "error", "platform": "python", "environment": "Prod", "release": "app@2.0",
        "tags": {"Color": "dark red", "server_name": "web-1"},
        "user": {"id": "7", "email": "ann@acme.test", "username": "ann", "ip_address": "10.0.0.1", "plan": "gold"},
        "request": {"url": "https://acme.test/pay", "method": "POST"},
        "extra": {"cart": {"size": 3}, "list": ["a", "b"]},
        "contexts": {
            "response": {"status_code": 503, "type": "response"},
            "app": {"in_foreground": true, "type": "app"},
            "os": {"distribution_name": "ubuntu", "distribution_version": "22.04", "type": "os"},
            "unreal": {"crash_type": "GPU", "type": "unreal"},
            "device": {"screen_dpi": 300, "type": "device"},
        },
        "sdk": {"name": "sentry.python", "version": "2.0"},
        "threads": {"values": [{"id": 1, "main": true}]},
        "exception": {"values": [
            {"type": "ValueError", "value": "bad card", "mechanism": {"type": "generic", "handled": false},
                "thread_id": 1,
                "stacktrace": {"frames": [{"module": "shop.pay", "filename": "pay.py", "abs_path": "/srv/pay.py",
                    "package": "shop", "pre_context": ["card = None"], "context_line": "charge(card)",
                    "post_context": ["return"], "in_app": true}]}},
        ]},
    })
}

fn attribute(name: &str, code: &str, value: &str) -> Value {
    json!({"id": format!("{FILTERS}event_attribute.EventAttributeFilter"), "attribute": name, "match": code,
        "value": value})
}

fn tag(key: &str, code: &str, value: &str) -> Value {
    json!({"id": format!("{FILTERS}tagged_event.TaggedEventFilter"), "key": key, "match": code, "value": value})
}

fn level(code: &str, level: &str) -> Value {
    json!({"id": format!("{FILTERS}level.LevelFilter"), "match": code, "level": level})
}

/// Whether a rule for every event with these filters fires for an event.
async fn fires(app: &TestApp, world: &World, filters: &Value, of: &str, event: &Value) -> bool {
    let more = json!({"conditions": [{"id": EVERY}], "filters": filters, "filterMatch": of, "frequency": 5});
    let made = create(app, world, &rule_with("R", more)).await;
    let before = fired(app).await;
    send(app, world, event).await;
    let fires = fired(app).await > before;
    app.delete(path_of(&made)).bearer(&world.owner_token).send().await.expect(202);
    fires
}

api_test!(filters_on_the_event_compare_as_they_say, |app| async move {
    let world = app.world().await;
    for (filter, expected) in [
        (level("eq", "40"), true),
        (level("eq", "50"), false),
        (level("gte", "30"), true),
        (level("gte", "50"), false),
        (level("lte", "40"), true),
        (level("lte", "30"), false),
        (tag("color", "eq", "DARK RED"), true),
        (tag("sentry:color", "eq", "dark red"), true),
        (tag("Color", "ne", "dark red"), false),
        (tag("color", "co", "red"), true),
        (tag("color", "nc", "red"), false),
        (tag("color", "sw", "dark"), true),
        (tag("color", "nsw", "dark"), false),
        (tag("color", "ew", "red"), true),
        (tag("color", "new", "red"), false),
        (tag("color", "is", ""), true),
        (tag("color", "ns", ""), false),
        (tag("shape", "is", ""), false),
        (tag("shape", "ns", ""), true),
        (tag("shape", "ne", "round"), true),
        (attribute("platform", "co", ""), false),
        (attribute("extra.none", "eq", ""), false),
        (tag("environment", "eq", "prod"), true),
        (attribute("message", "co", "broke"), true),
        (attribute("platform", "eq", "python"), true),
        (attribute("environment", "eq", "prod"), true),
        (attribute("type", "eq", "error"), true),
        (attribute("error.handled", "eq", "false"), true),
        (attribute("error.unhandled", "eq", "true"), true),
        (attribute("error.unhandled", "eq", "false"), false),
        (attribute("error.main_thread", "eq", "true"), true),
        (attribute("exception.type", "eq", "valueerror"), true),
        (attribute("exception.value", "co", "card"), true),
        (attribute("user.id", "eq", "7"), true),
        (attribute("user.email", "ew", "@acme.test"), true),
        (attribute("user.username", "eq", "ann"), true),
        (attribute("user.ip_address", "sw", "10."), true),
        (attribute("user.plan", "eq", "gold"), true),
        (attribute("http.method", "eq", "post"), true),
        (attribute("http.url", "co", "/pay"), true),
        (attribute("http.status_code", "eq", "503"), true),
        (attribute("sdk.name", "eq", "sentry.python"), true),
        (attribute("stacktrace.code", "co", "card = none"), true),
        (attribute("stacktrace.code", "eq", "charge(card)"), true),
        (attribute("stacktrace.module", "eq", "shop.pay"), true),
        (attribute("stacktrace.filename", "eq", "pay.py"), true),
        (attribute("stacktrace.abs_path", "eq", "/srv/pay.py"), true),
        (attribute("stacktrace.package", "eq", "shop"), true),
        (attribute("stacktrace.package", "eq", "other"), false),
        (attribute("unreal.crashtype", "eq", "gpu"), true),
        (attribute("app.in_foreground", "eq", "true"), true),
        (attribute("os.distribution.name", "eq", "ubuntu"), true),
        (attribute("os.distribution.version", "sw", "22"), true),
        (attribute("device.screen_dpi", "eq", "300"), true),
        (attribute("extra.cart.size", "eq", "3"), true),
        (attribute("extra.list", "eq", "b"), true),
        (attribute("extra.none", "is", ""), false),
        (json!({"id": format!("{FILTERS}issue_category.IssueCategoryFilter"), "value": "1"}), true),
        (json!({"id": format!("{FILTERS}issue_category.IssueCategoryFilter"), "value": 2}), false),
        (
            json!({"id": format!("{FILTERS}latest_adopted_release_filter.LatestAdoptedReleaseFilter"),
                "oldest_or_newest": "oldest", "older_or_newer": "newer", "environment": "prod"}),
            false,
        ),
    ] {
        let found = fires(&app, &world, &json!([filter]), "all", &event()).await;
        assert_eq!(found, expected, "{filter}");
    }
});

api_test!(filters_match_all_any_or_none, |app| async move {
    let world = app.world().await;
    let (yes, no) = (level("eq", "40"), level("eq", "50"));
    for (filters, of, expected) in [
        (json!([yes, yes]), "all", true),
        (json!([yes, no]), "all", false),
        (json!([yes, no]), "any", true),
        (json!([no, no]), "any", false),
        (json!([no, no]), "none", true),
        (json!([yes, no]), "none", false),
        (json!([]), "any", true),
    ] {
        assert_eq!(fires(&app, &world, &filters, of, &event()).await, expected, "{of} of {filters}");
    }
});

api_test!(filters_on_the_issue_see_it_with_this_event, |app| async move {
    let world = app.world().await;
    let age = |kind: &str, value: i64| {
        json!([{"id": format!("{FILTERS}age_comparison.AgeComparisonFilter"), "comparison_type": kind, "value": value,
            "time": "minute"}])
    };
    let seen = |value: i64| json!([{"id": format!("{FILTERS}issue_occurrences.IssueOccurrencesFilter"), "value": value}]);
    let event = json!({});
    assert!(!fires(&app, &world, &seen(2), "all", &event).await);
    assert!(fires(&app, &world, &seen(2), "all", &event).await);
    assert!(fires(&app, &world, &age("newer", 10), "all", &event).await);
    assert!(!fires(&app, &world, &age("older", 10), "all", &event).await);
    app.clock.advance(601);
    assert!(!fires(&app, &world, &age("newer", 10), "all", &event).await);
    assert!(fires(&app, &world, &age("older", 10), "all", &event).await);
});

api_test!(filters_on_the_assignee_and_the_latest_release, |app| async move {
    let world = app.world().await;
    let assigned = |kind: &str, id: Option<i64>| json!([{"id": format!("{FILTERS}assigned_to.AssignedToFilter"), "targetType": kind, "targetIdentifier": id}]);
    let event = json!({});
    assert!(fires(&app, &world, &assigned("Unassigned", None), "all", &event).await);
    let (user, team) = (world.member.get(), world.team.get());
    let assign = async |to: String| {
        let issues = "/api/0/organizations/acme/issues/";
        let body = json!({"assignedTo": to});
        app.put(issues).bearer(&world.owner_token).json(&body).send().await.expect(200);
    };
    assign(format!("user:{user}")).await;
    assert!(!fires(&app, &world, &assigned("Unassigned", None), "all", &event).await);
    assert!(fires(&app, &world, &assigned("Member", Some(user)), "all", &event).await);
    assert!(!fires(&app, &world, &assigned("Team", Some(team)), "all", &event).await);
    assign(format!("team:{team}")).await;
    assert!(fires(&app, &world, &assigned("Team", Some(team)), "all", &event).await);
    assert!(!fires(&app, &world, &assigned("Member", Some(world.owner.get())), "all", &event).await);
    let latest = json!([{"id": format!("{FILTERS}latest_release.LatestReleaseFilter")}]);
    let of = |release: &str| json!({"release": release});
    assert!(!fires(&app, &world, &latest, "all", &event).await);
    assert!(fires(&app, &world, &latest, "all", &of("1.0")).await);
    app.clock.advance(60);
    assert!(fires(&app, &world, &latest, "all", &of("2.0")).await);
    assert!(!fires(&app, &world, &latest, "all", &of("1.0")).await);
});

api_test!(a_rule_for_new_issues_fires_for_their_first_event, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule("R")).await;
    send(&app, &world, &json!({"event_id": "a".repeat(32)})).await;
    app.clock.advance(3600);
    send(&app, &world, &json!({})).await;
    assert_eq!(fired(&app).await, 1);
    send(&app, &world, &json!({"message": "other"})).await;
    assert_eq!(fired(&app).await, 2);
    let query = Query::new("SELECT payload FROM event WHERE kind = 'event_alert.triggered' ORDER BY id");
    let payload: Vec<String> = app.ctx.store.read().await.unwrap().all(query).await.unwrap();
    let payload: Value = serde_json::from_str(&payload[0]).unwrap();
    assert_eq!(payload["error_event"], "a".repeat(32));
    assert_eq!(
        payload["alert"],
        json!({"rule": payload["alert"]["rule"], "title": "R", "is_first": true, "tell": [{"to": "everybody"}]})
    );
});

api_test!(conditions_see_how_the_issue_changes, |app| async move {
    let world = app.world().await;
    let conditions = "sentry.rules.conditions.";
    let regression = format!("{conditions}regression_event.RegressionEventCondition");
    let reappeared = format!("{conditions}reappeared_event.ReappearedEventCondition");
    let existing_high = format!("{conditions}high_priority_issue.ExistingHighPriorityIssueCondition");
    let new_high = format!("{conditions}high_priority_issue.NewHighPriorityIssueCondition");
    let all = [regression.as_str(), &reappeared, &existing_high, &new_high, FIRST_SEEN];
    for (index, id) in all.iter().enumerate() {
        let more = json!({"conditions": [{"id": id}], "frequency": 5 + index});
        create(&app, &world, &rule_with(id.rsplit('.').next().unwrap(), more)).await;
    }
    let names = async || {
        app.clock.advance(3600);
        execute(&app, "DELETE FROM rule_fire").await;
        send(&app, &world, &json!({})).await;
        let query =
            Query::new("SELECT r.label FROM rule_fire f JOIN rule r ON r.id = f.rule_id ORDER BY r.label");
        app.ctx.store.read().await.unwrap().all::<String>(query).await.unwrap()
    };
    assert_eq!(names().await, ["FirstSeenEventCondition", "NewHighPriorityIssueCondition"]);
    assert!(names().await.is_empty());
    execute(&app, "UPDATE issue SET status = 1, substatus = NULL").await;
    assert_eq!(names().await, ["RegressionEventCondition"]);
    let archive = "UPDATE issue SET status = 2, substatus = 4";
    let condition = "INSERT INTO issue_snooze (issue_id, count, seen_at_start, users_at_start, date_added) \
        SELECT id, 1, times_seen, 0, last_seen FROM issue";
    execute(&app, archive).await;
    execute(&app, condition).await;
    assert_eq!(names().await, ["ExistingHighPriorityIssueCondition", "ReappearedEventCondition"]);
    execute(&app, "UPDATE issue SET priority = 25").await;
    execute(&app, archive).await;
    execute(&app, condition).await;
    assert_eq!(names().await, ["ReappearedEventCondition"]);
});

api_test!(conditions_match_all_or_any, |app| async move {
    let world = app.world().await;
    let both = json!([{"id": FIRST_SEEN}, {"id": "sentry.rules.conditions.regression_event.RegressionEventCondition"}]);
    create(&app, &world, &rule_with("all", json!({"conditions": both, "actionMatch": "all"}))).await;
    send(&app, &world, &json!({})).await;
    assert_eq!(fired(&app).await, 0);
    create(&app, &world, &rule_with("any", json!({"conditions": both, "actionMatch": "any"}))).await;
    create(&app, &world, &rule_with("none at all", json!({"conditions": []}))).await;
    send(&app, &world, &json!({"message": "other"})).await;
    assert_eq!(fired(&app).await, 2);
});

api_test!(a_rule_is_silent_for_an_issue_for_a_while, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}], "frequency": 10}))).await;
    for (seconds, expected) in [(0, 1), (1, 1), (598, 1), (1, 2), (1, 2), (600, 3)] {
        app.clock.advance(seconds);
        send(&app, &world, &json!({})).await;
        assert_eq!(fired(&app).await, expected);
    }
    // Another issue has a pause of its own.
    send(&app, &world, &json!({"message": "other"})).await;
    assert_eq!(fired(&app).await, 4);
});

api_test!(of_concurrent_events_one_makes_a_rule_fire, |app| async move {
    let world = app.world().await;
    create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}]}))).await;
    let event = json!({});
    let events = (0..20).map(|_| send(&app, &world, &event));
    futures_util::future::join_all(events.collect::<Vec<_>>()).await;
    assert_eq!(fired(&app).await, 1);
});

api_test!(only_events_of_unresolved_issues_count, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({})).await;
    create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}], "frequency": 5}))).await;
    execute(&app, "UPDATE issue SET status = 2, substatus = 5").await;
    send(&app, &world, &json!({})).await;
    assert_eq!(fired(&app).await, 0);
    execute(&app, "UPDATE issue SET status = 0").await;
    send(&app, &world, &json!({})).await;
    assert_eq!(fired(&app).await, 1);
});

api_test!(a_rule_of_an_environment_hears_of_no_other, |app| async move {
    let world = app.world().await;
    send(&app, &world, &json!({"environment": "prod"})).await;
    let every = json!({"conditions": [{"id": EVERY}], "environment": "prod", "frequency": 5});
    create(&app, &world, &rule_with("every", every)).await;
    create(&app, &world, &rule_with("first", json!({"environment": "prod"}))).await;
    let names = async |more: Value| {
        app.clock.advance(3600);
        execute(&app, "DELETE FROM rule_fire").await;
        send(&app, &world, &more).await;
        let query =
            Query::new("SELECT r.label FROM rule_fire f JOIN rule r ON r.id = f.rule_id ORDER BY r.label");
        app.ctx.store.read().await.unwrap().all::<String>(query).await.unwrap()
    };
    assert!(names(json!({})).await.is_empty());
    assert!(names(json!({"environment": "dev"})).await.is_empty());
    assert_eq!(names(json!({"environment": "prod"})).await, ["every"]);
    // The first event of an issue in the environment, though not of the issue.
    assert!(names(json!({"message": "other", "environment": "dev"})).await.is_empty());
    assert_eq!(names(json!({"message": "other", "environment": "prod"})).await, ["every", "first"]);
});

api_test!(nodes_that_cannot_be_read_are_never_true, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule("R")).await;
    let id = made["id"].as_str().unwrap().parse::<i64>().unwrap();
    for node in [
        json!({"id": "some.plugin.Condition"}),
        json!({"id": "sentry.rules.conditions.event_frequency.EventFrequencyCondition", "value": "x"}),
        json!({}),
    ] {
        let data = json!({"conditions": [node], "actions": [], "frequency": 5});
        let query = Query::new("UPDATE rule SET data = $2 WHERE id = $1").bind(id).bind(&data);
        app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
        app.ctx.ingest().rules_changed();
        send(&app, &world, &json!({"message": format!("broken {node}")})).await;
        assert_eq!(fired(&app).await, 0);
        app.get(RULES).bearer(&world.owner_token).send().await.expect(200);
    }
    // Moved to the filters, and still true.
    let level = json!({"id": "sentry.rules.conditions.level.LevelCondition", "match": "gte", "level": "40"});
    let data = json!({"conditions": [level], "actions": [], "frequency": 5});
    let query = Query::new("UPDATE rule SET data = $2 WHERE id = $1").bind(id).bind(&data);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
    app.ctx.ingest().rules_changed();
    send(&app, &world, &json!({})).await;
    assert_eq!(fired(&app).await, 1);
});

api_test!(a_project_that_is_made_has_a_rule_that_fires, |app| async move {
    let world = app.world().await;
    let (_, _) = World::user(&app.ctx, "lead", world.org, OrgRole::Manager).await;
    let body = json!({"name": "Shop"});
    app.post("/api/0/teams/acme/core/projects/")
        .bearer(&world.owner_token)
        .json(&body)
        .send()
        .await
        .expect(201);
    let rules =
        app.get("/api/0/projects/acme/shop/rules/").bearer(&world.owner_token).send().await.expect(200);
    let rule = &rules.json()[0];
    assert_eq!(rule["name"], "Send a notification for new issues");
    assert_eq!(
        rule["actions"][0]["name"],
        "Send a notification to IssueOwners and if none can be found then send a notification to ActiveMembers"
    );
    let keys = app.get("/api/0/projects/acme/shop/keys/").bearer(&world.owner_token).send().await.expect(200);
    let key = &keys.json()[0];
    let auth = format!("Sentry sentry_key={}, sentry_version=7", key["public"].as_str().unwrap());
    let path = format!("/api/{}/store/", key["projectId"]);
    let event = json!({"message": "it broke"}).to_string();
    app.post(path).header("x-sentry-auth", &auth).body(event).send().await.expect(200);
    assert_eq!(fired(&app).await, 1);
});
