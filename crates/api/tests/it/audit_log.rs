//! The audit log over HTTP.

use mortise_domain::AuditEvent;
use mortise_service::audit::{self, Entry};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

const LOG: &str = "/api/0/organizations/acme/audit-logs/";

async fn write(app: &TestApp, world: &World, actor: audit::Actor, entry: Entry) {
    let (now, org) = (app.ctx.now(), world.org);
    let entry = Entry { org, ..entry };
    let written =
        app.ctx.store.write(move |tx| Box::pin(async move { audit::record(tx, &actor, &entry, now).await }));
    written.await.unwrap();
}

fn notes(log: &Value) -> Vec<&str> {
    log["rows"].as_array().unwrap().iter().map(|row| row["note"].as_str().unwrap()).collect()
}

api_test!(an_entry_tells_who_did_what, |app| async move {
    let world = app.world().await;
    let data = json!({"provider": "vsts", "name": "Acme Org"});
    let entry = Entry::new(world.org, AuditEvent::IntegrationAdd, data.clone()).target(5);
    write(&app, &world, audit::Actor::system(), entry).await;
    let body = json!({"slug": "site"});
    app.put("/api/0/projects/acme/web/").bearer(&world.owner_token).json(&body).send().await.expect(200);
    let answer = app.get(LOG).bearer(&world.owner_token).send().await.expect(200);
    let log = answer.json();
    assert_eq!(
        notes(&log),
        ["edited project site: slug from web to site", "installed Acme Org for the vsts integration"]
    );
    let (newest, oldest) = (&log["rows"][0], &log["rows"][1]);
    assert_eq!(
        (&newest["actor"]["username"], &newest["ipAddress"]),
        (&json!("owner@acme.test"), &json!("203.0.113.7"))
    );
    assert_eq!(newest["actor"]["emails"][0]["email"], "owner@acme.test");
    assert_eq!((&newest["targetObject"], &newest["targetUser"]), (&json!(world.project.get()), &Value::Null));
    assert_eq!((&oldest["event"], &oldest["data"]), (&json!("integration.add"), &data));
    assert_eq!((&oldest["actor"]["name"], &oldest["targetObject"]), (&json!("Sentry"), &json!(5)));
    let keys: Vec<&String> = oldest.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["id", "actor", "event", "ipAddress", "note", "targetObject", "targetUser", "data", "dateCreated"]
    );
    let options = log["options"].as_array().unwrap();
    assert!(options.contains(&json!("api-key.create")) && options.len() == AuditEvent::ALL.len());
    assert!(answer.header("link").contains("rel=\"next\"; results=\"false\""));
});

api_test!(the_log_is_filtered_by_event_and_actor, |app| async move {
    let world = app.world().await;
    let tokens = "/api/0/organizations/acme/org-auth-tokens/";
    app.post(tokens).bearer(&world.owner_token).json(&json!({"name": "a"})).send().await.expect(201);
    app.post(tokens).bearer(&world.member_token).json(&json!({"name": "b"})).send().await.expect(201);
    app.put("/api/0/projects/acme/web/")
        .bearer(&world.owner_token)
        .json(&json!({"name": "x"}))
        .send()
        .await
        .expect(200);
    let get = async |query: String| app.get(format!("{LOG}?{query}")).bearer(&world.owner_token).send().await;
    let added = get("event=org-auth-token.create".to_owned()).await.expect(200).json();
    assert_eq!(notes(&added), ["added org auth token b", "added org auth token a"]);
    let members = get(format!("actor={}", world.member)).await.expect(200).json();
    assert_eq!(notes(&members), ["added org auth token b"]);
    let odd = get("event=no.such".to_owned()).await.expect(200);
    assert_eq!((odd.json()["rows"].clone(), odd.header("link").is_empty()), (json!([]), false));
    let all = get(String::new()).await.expect(200).json();
    assert_eq!(get("event=&actor=".to_owned()).await.expect(200).json(), all);
    let large = get("actor=2147483648".to_owned()).await.expect(400).json();
    assert_eq!(large["actor"], serde_json::json!(["Ensure this value is less than or equal to 2147483647."]));
    let wrong = get("actor=ann".to_owned()).await.expect(400);
    assert_eq!(wrong.json(), json!({"actor": ["A valid integer is required."]}));
});

api_test!(a_walk_over_entries_of_one_instant_shows_each_once, |app| async move {
    let world = app.world().await;
    for number in 0..25 {
        let entry = Entry::new(world.org, AuditEvent::TeamAdd, json!({"slug": number.to_string()}));
        write(&app, &world, audit::Actor::system(), entry).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{LOG}?per_page=10&cursor={cursor}");
        let page = app.get(path).bearer(&world.owner_token).send().await.expect(200);
        seen.extend(notes(&page.json()).into_iter().map(str::to_owned));
        match page.next_cursor() {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let expected: Vec<String> = (0..25).rev().map(|number| format!("created team {number}")).collect();
    assert_eq!(seen, expected);
});

api_test!(only_those_who_run_the_organization_read_its_log, |app| async move {
    let world = app.world().await;
    app.get(LOG).bearer(&world.member_token).send().await.expect(403);
    app.get(LOG).bearer(&world.stranger_token).send().await.expect(403);
    let reader = World::token(&app.ctx, world.owner, &["org:read"]).await;
    app.get(LOG).bearer(&reader).send().await.expect(403);
    app.get(LOG).session(&world.owner_session).send().await.expect(200);
});
