//! Events of issues and projects.

use mortise_domain::IssueId;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::sample::{Sample, SampleEvent, event_id};

async fn get(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.member_token).send().await.expect(200).json()
}

async fn issue_with_events(app: &TestApp, world: &World) -> IssueId {
    let issue = Sample::new(app, world, 1).insert(app).await;
    let at = app.ctx.now();
    // Two happened at the same time.
    for (n, later, environment, browser) in
        [(1, 0, "prod", "Firefox"), (2, 1, "dev", "Chrome"), (3, 1, "prod", "Chrome"), (4, 2, "prod", "a\"b")]
    {
        let at = at.checked_add(jiff::SignedDuration::from_secs(later)).unwrap();
        let tags = vec![("browser", browser), ("user", "email:ann@m.test")];
        let environment = Some(environment);
        let event =
            SampleEvent { project: world.project, issue, event_id: event_id(n), at, environment, tags };
        event.insert(app, world).await;
    }
    issue
}

fn numbers(list: &Value) -> Vec<u32> {
    let number = |event: &Value| u32::from_str_radix(event["eventID"].as_str().unwrap(), 16).unwrap();
    list.as_array().unwrap().iter().map(number).collect()
}

api_test!(events_are_listed_newest_first_and_searched, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let base = format!("/api/0/issues/{issue}/events/");
    let list = get(&app, &world, &base).await;
    assert_eq!(numbers(&list), [4, 3, 2, 1]);
    let keys: Vec<&str> = list[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "id event.type groupID eventID projectID message title location culprit user tags platform \
        dateCreated crashFile";
    assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
    let cases = [
        ("query=browser:Chrome", vec![3, 2]),
        ("query=browser:chr*", vec![3, 2]),
        ("query=!browser:chr*", vec![4, 1]),
        ("query=browser:%22a%5C%22b%22", vec![4]),
        ("query=user.email:ann@m.test+environment:dev", vec![2]),
        ("query=has:browser+bad", vec![4, 3, 2, 1]),
        ("query=nothing", vec![]),
        ("environment=prod", vec![4, 3, 1]),
        ("environment=prod&environment=dev&per_page=2", vec![4, 3]),
    ];
    for (query, expected) in cases {
        assert_eq!(numbers(&get(&app, &world, &format!("{base}?{query}")).await), expected, "{query}");
    }
    let full = get(&app, &world, &format!("{base}?full=1&per_page=1")).await;
    assert_eq!(full[0]["entries"][0]["type"], json!("exception"));
    let of_project = get(&app, &world, "/api/0/projects/acme/web/events/").await;
    assert_eq!(numbers(&of_project), [4, 3, 2, 1]);
});

api_test!(an_event_is_shown_in_camel_case_with_its_neighbours, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let base = format!("/api/0/issues/{issue}/events");
    let event = get(&app, &world, &format!("{base}/{}/", event_id(3))).await;
    assert_eq!(
        event["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0]["absPath"],
        json!("/srv/app/views.py")
    );
    let context = json!([[11, "def load(x):"], [12, "    raise ValueError()"]]);
    assert_eq!(event["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0]["context"], context);
    assert_eq!(
        (&event["previousEventID"], &event["nextEventID"]),
        (&json!(event_id(2)), &json!(event_id(4)))
    );
    assert_eq!((&event["context"], &event["groupID"]), (&json!({"k": "v"}), &json!(issue.to_string())));
    let of = |which: &str| format!("{base}/{which}/");
    assert_eq!(get(&app, &world, &of("latest")).await["eventID"], json!(event_id(4)));
    assert_eq!(get(&app, &world, &of("recommended")).await["eventID"], json!(event_id(4)));
    let oldest = get(&app, &world, &of("oldest")).await;
    assert_eq!((&oldest["eventID"], &oldest["previousEventID"]), (&json!(event_id(1)), &Value::Null));
    let dev = get(&app, &world, &format!("{base}/latest/?environment=dev")).await;
    assert_eq!((&dev["eventID"], &dev["nextEventID"]), (&json!(event_id(2)), &Value::Null));
    let dashed = "00000000-0000-0000-0000-000000000003";
    assert_eq!(get(&app, &world, &of(dashed)).await["eventID"], json!(event_id(3)));
});

api_test!(an_event_that_is_not_there_is_not_found, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await;
    let empty = Sample::new(&app, &world, 2).insert(&app).await;
    let paths = [
        format!("/api/0/issues/{empty}/events/latest/"),
        format!("/api/0/issues/{empty}/events/{}/", event_id(1)),
        format!("/api/0/issues/{issue}/events/{}/", event_id(99)),
        format!("/api/0/issues/{issue}/events/nonsense/"),
        format!("/api/0/projects/acme/web/events/{}/", event_id(99)),
        format!("/api/0/projects/acme/web/events/{}/json/", event_id(99)),
    ];
    for path in paths {
        let answer = app.get(&path).bearer(&world.member_token).send().await.expect(404);
        assert_eq!(answer.json(), json!({"detail": "Event not found"}), "{path}");
    }
    let answer = app.get(format!("/api/0/organizations/acme/eventids/{}/", event_id(99)));
    answer.bearer(&world.member_token).send().await.expect(404);
});

api_test!(an_event_is_found_by_its_id_in_project_and_organization, |app| async move {
    let world = app.world().await;
    let issue = issue_with_events(&app, &world).await.to_string();
    let id = event_id(3);
    let event = get(&app, &world, &format!("/api/0/projects/acme/web/events/{id}/")).await;
    assert_eq!((&event["eventID"], &event["groupID"]), (&json!(id), &json!(issue)));
    let raw = get(&app, &world, &format!("/api/0/projects/acme/web/events/{id}/json/")).await;
    assert_eq!((&raw["event_id"], &raw["project"]), (&json!(id), &json!(world.project.get())));
    assert_eq!(
        raw["exception"]["values"][0]["stacktrace"]["frames"][0]["abs_path"],
        json!("/srv/app/views.py")
    );
    let located = get(&app, &world, &format!("/api/0/organizations/acme/eventids/{id}/")).await;
    assert_eq!(
        (&located["groupId"], &located["projectSlug"], &located["eventId"]),
        (&json!(issue), &json!("web"), &json!(id))
    );
    let hashes = get(&app, &world, &format!("/api/0/issues/{issue}/hashes/")).await;
    assert_eq!(hashes[0]["id"], json!("5d41402abc4b2a76b9719d911017c592"));
    assert_eq!(hashes[0]["latestEvent"]["eventID"], json!(event_id(4)));
    let by_hash =
        get(&app, &world, "/api/0/projects/acme/web/issues/?hashes=5d41402abc4b2a76b9719d911017c592").await;
    assert_eq!(by_hash[0]["id"], json!(issue));
    let none = get(&app, &world, "/api/0/projects/acme/web/issues/?hashes=ffff").await;
    assert_eq!(none, json!([]));
});
