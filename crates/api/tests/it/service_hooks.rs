//! Hooks of projects, and the projects that hooks of apps are limited to.

use mortise_crypto::{SecretString, sign::verify_hook_signature};
use mortise_domain::OrgRole;
use mortise_service::delivery::{self, Options, Running};
use mortise_store::Query;
use mortise_testkit::{Received, Receiver, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    ingest::{ID, auth, count, execute, message, text, to_store},
    rules,
};

const HOOKS: &str = "/api/0/projects/acme/web/hooks/";

fn start(app: &TestApp) -> Running {
    delivery::start(app.ctx.clone(), delivery::subscribers(), Options::default(), CancellationToken::new())
}

async fn made(app: &TestApp, world: &World, url: &str, events: &[&str]) -> Value {
    let body = json!({ "url": url, "events": events });
    app.post(HOOKS).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
}

api_test!(a_hook_is_made_changed_listed_and_removed, |app| async move {
    let world = app.world().await;
    let hook = made(&app, &world, "https://a.test/in", &["event.alert", "event.created"]).await;
    let id = hook["id"].as_str().unwrap().to_owned();
    let keys: Vec<_> = hook.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["id", "url", "secret", "status", "events", "dateCreated"]);
    assert_eq!((id.len(), hook["secret"].as_str().unwrap().len()), (32, 64));
    assert_eq!(
        (&hook["status"], &hook["events"]),
        (&json!("active"), &json!(["event.alert", "event.created"]))
    );
    let other = app
        .post(HOOKS)
        .bearer(&world.owner_token)
        .json(&json!({ "url": "http://b.test", "isActive": false, "version": "0" }));
    let other = other.send().await.expect(201).json();
    assert_eq!((&other["status"], &other["events"]), (&json!("disabled"), &json!([])));

    let listed = async |query: &str| {
        let answer =
            app.get(format!("{HOOKS}{query}")).bearer(&world.member_token).send().await.expect(200).json();
        answer.as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    let (first, second) = (hook["id"].clone(), other["id"].clone());
    assert_eq!(listed("").await, [second.clone(), first.clone()]);
    assert_eq!(listed("?status=").await.len(), 2);
    assert_eq!(listed("?status=active").await, [first]);
    assert_eq!(listed("?status=disabled").await, [second]);
    assert_eq!(listed("?status=broken").await, Vec::<Value>::new());

    let path = format!("{HOOKS}{id}/");
    assert_eq!(app.get(&path).bearer(&world.member_token).send().await.expect(200).json(), hook);
    let change = json!({ "isActive": false, "url": "https://c.test/", "events": ["event.created"] });
    let changed = app.put(&path).bearer(&world.owner_token).json(&change).send().await.expect(200).json();
    assert_eq!(
        changed,
        json!({ "id": id, "url": "https://c.test/", "secret": hook["secret"], "status": "disabled",
            "events": ["event.created"], "dateCreated": hook["dateCreated"] })
    );
    assert_eq!(
        app.put(&path).bearer(&world.owner_token).json(&json!({})).send().await.expect(200).json(),
        changed
    );
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    let gone = app.get(&path).bearer(&world.owner_token).send().await.expect(404).json();
    assert_eq!(gone, json!({ "detail": "The requested resource does not exist" }));
    let log = "/api/0/organizations/acme/audit-logs/";
    let log = app.get(log).bearer(&world.owner_token).send().await.expect(200).json();
    let notes: Vec<_> = log["rows"].as_array().unwrap().iter().map(|row| row["note"].clone()).collect();
    assert_eq!(
        notes[..3],
        [
            "removed the service hook for \"https://c.test/\"",
            "edited the service hook for \"https://c.test/\"",
            "edited the service hook for \"https://c.test/\""
        ]
    );
});

api_test!(what_is_no_hook_is_refused, |app| async move {
    let world = app.world().await;
    let refused = async |body: Value| {
        app.post(HOOKS).bearer(&world.owner_token).json(&body).send().await.expect(400).json()
    };
    assert_eq!(refused(json!({})).await, json!({ "url": ["This field is required."] }));
    for url in ["", "x", "ftp://a.test/", "https://single"] {
        assert!(refused(json!({ "url": url })).await["url"].is_array(), "{url}");
    }
    assert_eq!(
        refused(json!({ "url": format!("https://a.test/{}", "x".repeat(500)), "events": ["event.created", "issue"], "version": 1 })).await,
        json!({ "url": ["Ensure this field has no more than 512 characters."], "events": ["Invalid event name: issue"],
            "version": ["\"1\" is not a valid choice."] })
    );
    let hook = made(&app, &world, "https://a.test/in", &[]).await;
    let path = format!("{HOOKS}{}/", hook["id"].as_str().unwrap());
    let wrong = app
        .put(&path)
        .bearer(&world.owner_token)
        .json(&json!({ "events": "event.created" }))
        .send()
        .await
        .expect(400);
    assert_eq!(wrong.json(), json!({ "events": ["Expected a list of items but got type \"str\"."] }));
    for token in [&world.member_token, &world.stranger_token] {
        app.post(HOOKS).bearer(token).json(&json!({ "url": "https://a.test/" })).send().await.expect(403);
        app.put(&path).bearer(token).json(&json!({})).send().await.expect(403);
        app.delete(&path).bearer(token).send().await.expect(403);
    }
    // A hook is found in its own project only.
    let there = path.replace("acme/web", "globex/api");
    app.get(there).bearer(&world.stranger_token).send().await.expect(404);
    let insert = Query::new(
        "INSERT INTO service_hook (guid, project_id, organization_id, url, secret, events, status, version, date_added) \
         SELECT guid || CAST(n AS TEXT), project_id, organization_id, url, secret, events, status, version, date_added \
         FROM service_hook, (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 99) SELECT n FROM c) AS c",
    );
    let filled = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(insert).await }));
    filled.await.map_err(|error: mortise_store::StoreError| error.to_string()).unwrap();
    let full = refused(json!({ "url": "https://a.test/" })).await;
    assert_eq!(full, json!({ "detail": "A project can have at most 100 service hooks." }));
});

fn verify(received: &Received, hook: &Value) -> Value {
    let secret = SecretString::from(hook["secret"].as_str().unwrap().to_owned());
    assert!(verify_hook_signature(&secret, &received.body, received.header("x-servicehook-signature")));
    assert_eq!(received.header("x-servicehook-guid"), hook["id"].as_str().unwrap());
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("x-servicehook-timestamp").parse::<i64>().is_ok());
    assert!(!received.header("webhook-signature").is_empty());
    received.json()
}

api_test!(a_hook_is_told_of_every_event_of_its_project, |app| async move {
    let world = app.world().await;
    let (receiver, deaf) = (Receiver::start().await, Receiver::start().await);
    let hook = made(&app, &world, &receiver.url(), &["event.created"]).await;
    made(&app, &world, &deaf.url(), &["event.alert"]).await;
    let running = start(&app);
    to_store(&app, &world).json(&message("Boom: é")).send().await.expect(200);
    let other = World::key(&app.ctx, world.stranger_project).await;
    let elsewhere = app.post(format!("/api/{}/store/", world.stranger_project));
    elsewhere.header("x-sentry-auth", &auth(&other)).json(&message("Elsewhere")).send().await.expect(200);
    let error = json!({ "event_id": "b".repeat(32), "platform": "python", "exception": { "values": [{ "type": "E", "value": "x" }] } });
    to_store(&app, &world).json(&error).send().await.expect(200);
    let received = receiver.wait_for(2).await;
    running.stop().await;
    let told: Vec<_> = received.iter().map(|one| verify(one, &hook)).collect();
    let told = told.iter().find(|told| told["event"]["eventID"] == ID).unwrap();
    let keys: Vec<_> = told.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["project", "group", "event"]);
    assert_eq!(told["project"], json!({ "slug": "web", "name": "Web" }));
    let page =
        format!("http://m.test:8000/organizations/acme/issues/{}/", told["group"]["id"].as_str().unwrap());
    assert_eq!((&told["group"]["url"], &told["group"]["title"]), (&json!(page), &json!("Boom: é")));
    assert_eq!(told["event"]["url"], format!("{page}events/{ID}/"));
    assert!(deaf.received().is_empty() && received.len() == 2);

    let path = format!("{HOOKS}{}/stats/", hook["id"].as_str().unwrap());
    let stats = app.get(&path).bearer(&world.member_token).send().await.expect(200).json();
    let totals: i64 = stats.as_array().unwrap().iter().map(|point| point["total"].as_i64().unwrap()).sum();
    assert_eq!((stats.as_array().unwrap().len(), totals, &stats[23]["total"]), (24, 2, &json!(2)));
    let wrong = app.get(format!("{path}?resolution=7")).bearer(&world.member_token).send().await.expect(400);
    assert_eq!(wrong.json(), json!({ "detail": "Invalid resolution" }));
});

api_test!(a_hook_is_told_once_of_an_event_for_which_rules_fired, |app| async move {
    let world = app.world().await;
    let (receiver, deaf) = (Receiver::start().await, Receiver::start().await);
    let hook = made(&app, &world, &receiver.url(), &["event.alert"]).await;
    made(&app, &world, &deaf.url(), &["event.created"]).await;
    execute(&app, "UPDATE service_hook SET status = 1 WHERE events LIKE '%event.created%'").await;
    // The rules tell nobody, and fire all the same.
    for frequency in [5, 10] {
        let rule = rules::rule_with("New", json!({ "frequency": frequency }));
        rules::create(&app, &world, &rule).await;
    }
    let running = start(&app);
    to_store(&app, &world).json(&message("Boom")).send().await.expect(200);
    // It is no new issue, so that no rule fires.
    let again = json!({ "event_id": "b".repeat(32), "message": "Boom" });
    to_store(&app, &world).json(&again).send().await.expect(200);
    let told = verify(&receiver.wait_for(1).await[0], &hook);
    rules::settled(&app).await;
    running.stop().await;
    assert_eq!(rules::fired(&app).await, 2);
    assert_eq!((&told["event"]["eventID"], &told["group"]["title"]), (&json!(ID), &json!("Boom")));
    assert_eq!((receiver.received().len(), deaf.received().len()), (1, 0));
});

api_test!(ingestion_writes_nothing_for_projects_without_hooks, |app| async move {
    let world = app.world().await;
    made(&app, &world, "https://a.test/", &["event.alert"]).await;
    execute(&app, "UPDATE service_hook SET status = 0").await;
    to_store(&app, &world).json(&message("Boom")).send().await.expect(200);
    let written = "SELECT COUNT(*) FROM event WHERE kind IN ('event.created', 'error.created')";
    assert_eq!(count(&app, written).await, 0);
    made(&app, &world, "https://a.test/", &["event.created"]).await;
    let event = json!({ "event_id": "c".repeat(32), "message": "Boom" });
    to_store(&app, &world).json(&event).send().await.expect(200);
    assert_eq!(count(&app, written).await, 1);
});

/// An internal app that hears of issues and errors: its installation's uuid.
async fn listening(app: &TestApp, world: &World, url: &str) -> String {
    let body = json!({
        "organization": "acme", "name": "Ears", "isInternal": true, "isAlertable": false, "verifyInstall": false,
        "scopes": ["event:read"], "events": ["issue", "error"], "webhookUrl": url,
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    text(app, "SELECT uuid FROM sentry_app_installation").await
}

api_test!(an_app_is_told_of_every_error, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    listening(&app, &world, &receiver.url()).await;
    let running = start(&app);
    let error = json!({ "event_id": ID, "platform": "python", "tags": { "a": "b" },
        "exception": { "values": [{ "type": "E", "value": "é" }] } });
    to_store(&app, &world).json(&error).send().await.expect(200);
    let received = receiver.wait_for(2).await;
    running.stop().await;
    let told = received.iter().find(|one| one.header("sentry-hook-resource") == "error").unwrap().json();
    let issue = count(&app, "SELECT id FROM issue").await;
    assert_eq!((&told["action"], &told["actor"]["id"]), (&json!("created"), &json!("sentry")));
    let told = &told["data"]["error"];
    assert_eq!((&told["event_id"], &told["project"]), (&json!(ID), &json!(world.project.get())));
    assert!(told["tags"].as_array().unwrap().contains(&json!(["a", "b"])));
    assert_eq!(told["url"], format!("http://m.test:8000/api/0/projects/acme/web/events/{ID}/"));
    assert_eq!(told["web_url"], format!("http://m.test:8000/organizations/acme/issues/{issue}/events/{ID}/"));
    assert_eq!(told["issue_url"], format!("http://m.test:8000/api/0/issues/{issue}/"));
    assert_eq!(told["issue_id"], issue.to_string());
});

api_test!(an_installation_is_limited_to_projects, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let uuid = listening(&app, &world, &receiver.url()).await;
    let path = format!("/api/0/sentry-app-installations/{uuid}/service-hook-projects/");
    let body = json!({ "name": "Other", "platform": "python" });
    let made = app
        .post("/api/0/teams/acme/core/projects/")
        .bearer(&world.owner_token)
        .json(&body)
        .send()
        .await
        .expect(201);
    let other: i64 = made.json()["id"].as_str().unwrap().parse().unwrap();
    let set = async |projects: Value| {
        app.post(&path).bearer(&world.owner_token).json(&json!({ "projects": projects })).send().await
    };
    let seen = async || app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(seen().await, json!([]));
    let both = set(json!([world.project.get(), other])).await.expect(200).json();
    assert_eq!(both.as_array().unwrap().len(), 2);
    assert_eq!(both[0]["project_id"], world.project.to_string());
    assert_eq!(both[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "project_id"]);
    let one = set(json!(["other"])).await.expect(200).json();
    assert_eq!(one, json!([both[1]]));
    assert_eq!(seen().await, one);

    let running = start(&app);
    to_store(&app, &world).json(&message("Not told")).send().await.expect(200);
    let key = World::key(&app.ctx, mortise_domain::ProjectId::new(other)).await;
    let there = app.post(format!("/api/{other}/store/")).header("x-sentry-auth", &auth(&key));
    there.json(&json!({ "event_id": "d".repeat(32), "message": "Told" })).send().await.expect(200);
    let received = receiver.wait_for(1).await;
    assert_eq!(received[0].json()["data"]["issue"]["title"], "Told");
    app.delete(&path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(seen().await, json!([]));
    to_store(&app, &world)
        .json(&json!({ "event_id": "e".repeat(32), "message": "Told too" }))
        .send()
        .await
        .expect(200);
    let received = receiver.wait_for(2).await;
    running.stop().await;
    assert_eq!(received[1].json()["data"]["issue"]["title"], "Told too");
});

api_test!(projects_that_an_installation_cannot_be_limited_to, |app| async move {
    let world = app.world().await;
    let uuid = listening(&app, &world, "https://a.test/").await;
    let path = format!("/api/0/sentry-app-installations/{uuid}/service-hook-projects/");
    let refused = async |body: Value| {
        app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(400).json()
    };
    for (projects, text) in [
        (json!([]), "Projects list cannot be empty"),
        (json!([{}]), "Project identifiers must be either all strings (slugs) or all integers (IDs)"),
        (
            json!([1, "web"]),
            "Mixed types detected. All project identifiers must be of the same type (either all strings/slugs or \
            all integers/IDs)",
        ),
        (json!("web"), "Expected a list of items but got type \"str\"."),
    ] {
        assert_eq!(refused(json!({ "projects": projects })).await, json!({ "projects": [text] }));
    }
    assert_eq!(refused(json!({})).await, json!({ "projects": ["This field is required."] }));
    let unknown = json!({ "detail": "One or more project identifier is duplicate, not accessible, or does not exist." });
    for projects in
        [json!(["nothing"]), json!(["web", "web"]), json!([world.stranger_project.get()]), json!([-1])]
    {
        assert_eq!(refused(json!({ "projects": projects })).await, unknown);
    }
    app.get(&path).bearer(&world.stranger_token).send().await.expect(404);
    app.get(&path).send().await.expect(401);
    // Who is in no team of a project does not decide who hears of it.
    let (user, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let outsider = World::token(&app.ctx, user, &["org:read", "event:write"]).await;
    execute(&app, "UPDATE organization SET flags = 0").await;
    let body = json!({ "projects": ["web"] });
    let answer = app.post(&path).bearer(&outsider).json(&body).send().await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "Some projects affected by this request are not accessible" }));
    app.post(&path).bearer(&world.owner_token).json(&body).send().await.expect(200);
    let answer = app.get(&path).bearer(&outsider).send().await.expect(403).json();
    assert_eq!(answer, json!({ "detail": "Some projects are not accessible" }));
    execute(&app, "DELETE FROM service_hook").await;
    let gone = app.get(&path).bearer(&world.owner_token).send().await.expect(404).json();
    assert_eq!(gone, json!({ "detail": "Service hook not found for installation" }));
});
