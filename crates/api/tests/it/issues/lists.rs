//! Lists of issues: defaults, search, orders, pages, direct hits, tenancy.

use std::collections::BTreeSet;

use mortise_domain::IssueId;
use mortise_testkit::{Answer, TestApp, World, api_test};
use serde_json::{Value, json};

use super::sample::{Sample, SampleEvent, event_id};

const LIST: &str = "/api/0/organizations/acme/issues/";

async fn get(app: &TestApp, world: &World, path: &str) -> Answer {
    app.get(path).bearer(&world.member_token).send().await
}

fn ids(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    body.as_array().unwrap().iter().map(|issue| issue["id"].as_str().unwrap().to_owned()).collect()
}

async fn found(app: &TestApp, world: &World, query: &str) -> Vec<String> {
    let query: String = url_encode(query);
    ids(&get(app, world, &format!("{LIST}?query={query}")).await.expect(200))
}

fn url_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

api_test!(a_list_entry_has_every_key_in_order, |app| async move {
    let world = app.world().await;
    let issue = Sample::new(&app, &world, 55).insert(&app).await;
    let event = SampleEvent {
        project: world.project,
        issue,
        event_id: event_id(1),
        at: app.ctx.now(),
        environment: None,
        tags: vec![("user", "id:1")],
    };
    event.insert(&app, &world).await;
    let answer = get(&app, &world, LIST).await.expect(200);
    assert_eq!((answer.header("x-hits"), answer.header("x-max-hits")), ("1", "1000"));
    let entry = answer.json()[0].clone();
    let keys: Vec<&str> = entry.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "id shareId shortId title culprit permalink logger level status statusDetails substatus isPublic \
        platform project type metadata numComments assignedTo isBookmarked isSubscribed subscriptionDetails hasSeen \
        annotations issueType issueCategory priority priorityLockedAt isUnhandled count userCount firstSeen lastSeen \
        stats lifetime filtered";
    assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(
        (&entry["shortId"], &entry["count"], &entry["userCount"]),
        (&json!("WEB-1Q"), &json!("1"), &json!(1))
    );
    assert_eq!(entry["permalink"], json!(format!("http://m.test:8000/organizations/acme/issues/{issue}/")));
    let project =
        json!({"id": world.project.to_string(), "name": "Web", "slug": "web", "platform": "python"});
    assert_eq!(entry["project"], project);
    assert_eq!((&entry["filtered"], &entry["priority"]), (&Value::Null, &json!("high")));
    let points = entry["stats"]["24h"].as_array().unwrap().clone();
    assert_eq!((points.len(), &points[23][1]), (24, &json!(1)));
});

api_test!(the_default_query_applies_only_when_none_is_sent, |app| async move {
    let world = app.world().await;
    let open = Sample::new(&app, &world, 1).insert(&app).await.to_string();
    let low = Sample { priority: 25, ..Sample::new(&app, &world, 2) }.insert(&app).await.to_string();
    let resolved =
        Sample { status: 1, substatus: None, ..Sample::new(&app, &world, 3) }.insert(&app).await.to_string();
    let hidden = Sample { status: 3, substatus: None, ..Sample::new(&app, &world, 4) };
    hidden.insert(&app).await;
    assert_eq!(ids(&get(&app, &world, LIST).await.expect(200)), [open.as_str()]);
    let all = [resolved.as_str(), low.as_str(), open.as_str()];
    assert_eq!(ids(&get(&app, &world, &format!("{LIST}?query=")).await.expect(200)), all);
    let project = "/api/0/projects/acme/web/issues/";
    assert_eq!(ids(&get(&app, &world, project).await.expect(200)), [low, open]);
    assert_eq!(
        ids(&get(&app, &world, &format!("{project}?query=is:resolved")).await.expect(200)),
        [resolved]
    );
});

api_test!(words_find_what_they_say, |app| async move {
    let world = app.world().await;
    let one = Sample::new(&app, &world, 1).insert(&app).await;
    let two = Sample { title: "TypeError: 100% _wrong_", priority: 50, ..Sample::new(&app, &world, 2) };
    let two = two.insert(&app).await;
    for (n, issue, tags, environment) in [
        (
            1,
            one,
            vec![("browser", "Chrome 120"), ("level", "error"), ("user", "email:ann@m.test")],
            Some("prod"),
        ),
        (2, one, vec![("browser", "Firefox"), ("release", "1.0")], None),
        (3, two, vec![("browser", "firefox"), ("release", "2.0")], Some("dev")),
    ] {
        let at = app.ctx.now();
        let event =
            SampleEvent { project: world.project, issue, event_id: event_id(n), at, environment, tags };
        event.insert(&app, &world).await;
    }
    let (one, two) = (one.to_string(), two.to_string());
    let (one, two) = (one.as_str(), two.as_str());
    let both = [two, one];
    let cases: &[(&str, &[&str])] = &[
        ("browser:Firefox", &[one]),
        ("browser:fire*", &both),
        ("!browser:fire*", &[]),
        ("browser:\"Chrome 120\"", &[one]),
        ("browser:[firefox, \"Chrome 120\"]", &both),
        ("has:level", &[one]),
        ("!has:level", &[two]),
        ("level:\"\"", &[two]),
        ("environment:prod", &[one]),
        ("release:latest", &[]),
        ("release:2.*", &[two]),
        ("typeerror", &[two]),
        ("100% _WRONG_", &[two]),
        ("error.type:ValueError", &[one]),
        ("timesSeen:>1", &[one]),
        ("timesSeen:<=1", &[two]),
        ("firstSeen:-1h", &both),
        ("firstSeen:+1h", &[]),
        ("!firstSeen:+1h lastSeen:>2020-01-01", &both),
        ("issue.priority:medium", &[two]),
        ("issue:WEB-1", &[one]),
        ("issue:[web-1, WEB_2]", &both),
        ("is:unassigned is:new !is:linked is:unlinked", &both),
        ("is:assigned", &[]),
        ("assigned:[me, none]", &both),
        ("assigned:#core", &[]),
        ("bookmarks:me", &[]),
        ("issue.category:performance", &[]),
        ("issue.type:error error.handled:true", &both),
        ("project:web", &both),
        ("project:api", &[]),
        ("platform.name:pyth*", &both),
    ];
    for (query, expected) in cases {
        assert_eq!(found(&app, &world, query).await, *expected, "{query}");
    }
});

api_test!(queries_that_make_no_sense_are_refused_with_a_reason, |app| async move {
    let world = app.world().await;
    let valid = "['archived', 'archived_forever', 'archived_until_condition_met', 'archived_until_escalating', \
        'assigned', 'escalating', 'for_review', 'ignored', 'linked', 'muted', 'new', 'ongoing', 'regressed', \
        'resolved', 'unassigned', 'unlinked', 'unresolved', 'until_condition_met', 'until_escalating']";
    let is = format!("Invalid value for \"is\" search, valid values are {valid}");
    let cases = [
        ("query=is:wrong", format!("Error parsing search query: {is}")),
        ("query=level:", "Error parsing search query: Empty string after 'level:'".to_owned()),
        (
            "query=timesSeen:many",
            "Error parsing search query: Invalid number: many. Expected number then optional k, \
            m, or b suffix (e.g. 500k)."
                .to_owned(),
        ),
        ("project=web", "Invalid project parameter. Values must be numbers.".to_owned()),
        ("groupStatsPeriod=7d", "Invalid stats_period. Valid choices are '', '24h', and '14d'".to_owned()),
        ("limit=many", "invalid limit".to_owned()),
        ("per_page=101", "Invalid per_page value. Cannot exceed 100.".to_owned()),
        ("cursor=junk", "Invalid cursor parameter.".to_owned()),
        ("group=x", "Group ids must be integers".to_owned()),
    ];
    for (query, text) in cases {
        let answer = get(&app, &world, &format!("{LIST}?{query}")).await.expect(400);
        assert_eq!(answer.json(), json!({"detail": text}), "{query}");
    }
    get(&app, &world, &format!("{LIST}?environment=nowhere")).await.expect(404);
    get(&app, &world, &format!("{LIST}?project={}", world.stranger_project)).await.expect(403);
    get(&app, &world, &format!("{LIST}?limit=10000")).await.expect(200);
});

api_test!(a_walk_shows_each_issue_once_whatever_the_order, |app| async move {
    let world = app.world().await;
    let last_seen = app.ctx.now();
    let mut expected = BTreeSet::new();
    for number in 1..=250 {
        let earlier = last_seen.checked_sub(jiff::SignedDuration::from_micros(number / 100 * 1_500)).unwrap();
        let sample = Sample { last_seen: earlier, ..Sample::new(&app, &world, number) };
        expected.insert(sample.insert(&app).await.to_string());
    }
    for sort in ["date", "new", "freq", "user", "trends", "inbox"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("{LIST}?query=&sort={sort}&limit=37&cursor={cursor}");
            let answer = get(&app, &world, &path).await.expect(200);
            seen.extend(ids(&answer));
            match answer.next_cursor() {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(seen.len(), 250, "{sort}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{sort}");
    }
});

api_test!(an_event_id_or_a_short_id_is_a_direct_hit, |app| async move {
    let world = app.world().await;
    let issue = Sample { status: 1, substatus: None, ..Sample::new(&app, &world, 32) }.insert(&app).await;
    let at = app.ctx.now();
    let event = SampleEvent {
        project: world.project,
        issue,
        event_id: event_id(0xabc),
        at,
        environment: None,
        tags: Vec::new(),
    };
    event.insert(&app, &world).await;
    let hit = get(&app, &world, &format!("{LIST}?query={}", event_id(0xabc))).await.expect(200);
    assert_eq!(hit.header("x-sentry-direct-hit"), "1");
    assert_eq!(
        (ids(&hit), &hit.json()[0]["matchingEventId"]),
        (vec![issue.to_string()], &json!(event_id(0xabc)))
    );
    let hit = get(&app, &world, &format!("{LIST}?query=web-1o&shortIdLookup=1")).await.expect(200);
    assert_eq!((hit.header("x-sentry-direct-hit"), ids(&hit)), ("1", vec![issue.to_string()]));
    let miss = get(&app, &world, &format!("{LIST}?query=web-1o")).await.expect(200);
    assert_eq!((miss.header("x-sentry-direct-hit"), ids(&miss).len()), ("", 0));
});

api_test!(another_organization_sees_nothing, |app| async move {
    let world = app.world().await;
    let issue: IssueId = Sample::new(&app, &world, 1).insert(&app).await;
    let stranger = |path: String| {
        let app = &app;
        let token = world.stranger_token.clone();
        async move { app.get(path).bearer(&token).send().await }
    };
    stranger(LIST.to_owned()).await.expect(403);
    let own = "/api/0/organizations/globex/issues/";
    assert_eq!(stranger(format!("{own}?query=")).await.expect(200).json(), json!([]));
    assert_eq!(stranger(format!("{own}?group={issue}")).await.expect(200).json(), json!([]));
    stranger(format!("{own}?query=&project={}", world.project)).await.expect(403);
    stranger(format!("/api/0/issues/{issue}/")).await.expect(404);
    stranger(format!("{own}{issue}/")).await.expect(404);
    stranger("/api/0/organizations/globex/shortids/WEB-1/".to_owned()).await.expect(404);
});

api_test!(expand_and_collapse_add_and_take_keys, |app| async move {
    let world = app.world().await;
    Sample::new(&app, &world, 1).insert(&app).await;
    let names =
        "inbox owners pluginActions pluginIssues integrationIssues sentryAppIssues latestEventHasAttachments";
    let expand: Vec<String> = names.split_whitespace().map(|name| format!("expand={name}")).collect();
    let answer = get(&app, &world, &format!("{LIST}?{}&expand=sessions", expand.join("&"))).await.expect(200);
    let entry = answer.json()[0].clone();
    for name in names.split_whitespace().chain(["sessionCount"]) {
        assert!(entry.get(name).is_some(), "{name}");
    }
    let collapsed = "collapse=stats&collapse=lifetime&collapse=filtered";
    let entry = get(&app, &world, &format!("{LIST}?{collapsed}")).await.expect(200).json()[0].clone();
    for name in ["stats", "lifetime", "filtered", "inbox"] {
        assert!(entry.get(name).is_none(), "{name}");
    }
    let bare = get(&app, &world, &format!("{LIST}?groupStatsPeriod=")).await.expect(200).json()[0].clone();
    assert!(bare.get("stats").is_none());
    let days = get(&app, &world, &format!("{LIST}?groupStatsPeriod=14d")).await.expect(200).json()[0].clone();
    assert_eq!(days["stats"]["14d"].as_array().unwrap().len(), 14);
});

api_test!(a_list_takes_the_same_number_of_statements_however_long, |app| async move {
    let world = app.world().await;
    Sample::new(&app, &world, 1).insert(&app).await;
    // The first request notes that the token was used.
    get(&app, &world, LIST).await.expect(200);
    let store = &app.ctx.store;
    let mut counts = Vec::new();
    for number in [None, Some(2..30)] {
        for number in number.into_iter().flatten() {
            Sample::new(&app, &world, number).insert(&app).await;
        }
        let before = store.statements();
        get(&app, &world, LIST).await.expect(200);
        counts.push(store.statements() - before);
    }
    assert_eq!(counts[0], counts[1]);
});
