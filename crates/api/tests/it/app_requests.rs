//! The request log of apps.

use mortise_domain::{AppId, OrgId};
use mortise_service::{
    Error,
    delivery::{self, Options},
    jobs,
};
use mortise_store::{app_request, sentry_app};
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::ingest::{ID, count, message, to_store};

const APPS: &str = "/api/0/sentry-apps/";
const START: &str = "start=2000-01-01%2000:00:00";

/// A public app of `acme` whose webhooks go to `url`; its slug and its id.
async fn public_app(app: &TestApp, world: &World, url: &str) -> (String, AppId) {
    let body = json!({
        "organization": "acme", "name": "Board", "author": "Acme", "isInternal": false, "isAlertable": false, "verifyInstall": false,
        "scopes": ["event:read"], "events": ["issue"], "webhookUrl": url,
    });
    made(app, world, &body).await
}

async fn internal_app(app: &TestApp, world: &World, url: &str) -> (String, AppId) {
    let body = json!({
        "organization": "acme", "name": "Inside", "isInternal": true, "isAlertable": false, "verifyInstall": false,
        "scopes": ["event:read"], "events": ["issue"], "webhookUrl": url,
    });
    made(app, world, &body).await
}

async fn made(app: &TestApp, world: &World, body: &Value) -> (String, AppId) {
    let made = app.post(APPS).bearer(&world.owner_token).json(body).send().await.expect(201).json();
    let slug = made["slug"].as_str().unwrap().to_owned();
    let mut conn = app.ctx.store.read().await.unwrap();
    let row = sentry_app::by_slug(&mut conn, &slug).await.unwrap();
    drop(conn);
    (slug, row.unwrap().id)
}

async fn log(app: &TestApp, world: &World, slug: &str, query: &str) -> Vec<Value> {
    let path = format!("{APPS}{slug}/requests/?{query}");
    let answer = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    answer.as_array().unwrap().clone()
}

/// Notes a call that is no delivery.
async fn note(app: &TestApp, id: AppId, org: Option<OrgId>, code: Option<i64>, exchange: Value) {
    let new = app_request::NewAppRequest {
        app: id,
        org,
        kind: "select_options.requested",
        url: "https://b.acme.test/options".to_owned(),
        response_code: code,
        exchange,
    };
    let now = app.ctx.now();
    let noted = app.ctx.store.write(move |tx| {
        Box::pin(async move { app_request::insert(tx, &new, now).await.map_err(Error::from) })
    });
    noted.await.unwrap();
}

fn exchange(headers: &[(&str, &str)], body: &str) -> Value {
    let sent = [
        ("Content-Type", "application/json"),
        ("Request-ID", "r1"),
        ("Sentry-App-Signature", "s1"),
        ("Accept", "*/*"),
    ];
    json!({
        "request": { "method": "GET", "url": "https://b.acme.test/options", "headers": sent, "body": "a\"b", "body_bytes": 3 },
        "response": { "status": 500, "headers": headers, "body": body, "body_bytes": body.len() },
        "duration_us": 5, "error": null,
    })
}

api_test!(the_log_shows_webhooks_and_more_of_those_that_failed, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(404), Reply::status(200)]);
    let (slug, _) = public_app(&app, &world, &receiver.url()).await;
    let running = delivery::start(
        app.ctx.clone(),
        delivery::subscribers(),
        Options::default(),
        CancellationToken::new(),
    );
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    let body = json!({ "slug": slug });
    let made = app.post(installed).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    let sent = receiver.wait_for(1).await.remove(0);
    app.clock.advance(60);
    let path = format!("/api/0/sentry-app-installations/{}/", made["uuid"].as_str().unwrap());
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    receiver.wait_for(2).await;
    running.stop().await;

    let seen = log(&app, &world, &slug, "").await;
    assert_eq!(seen.len(), 2, "{seen:#?}");
    let organization = json!({ "name": "Acme", "slug": "acme" });
    let newest = &seen[0];
    assert_eq!(
        newest,
        &json!({ "webhookUrl": receiver.url(), "sentryAppSlug": slug, "eventType": "installation.deleted",
            "date": newest["date"], "responseCode": 200, "organization": organization })
    );
    let date = newest["date"].as_str().unwrap();
    assert!(date.len() == 32 && date.ends_with("+00:00") && &date[19..20] == ".", "{date}");
    let failed = &seen[1];
    let keys: Vec<_> = failed.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "webhookUrl",
            "sentryAppSlug",
            "eventType",
            "date",
            "responseCode",
            "requestBody",
            "requestHeaders",
            "responseBody",
            "organization"
        ]
    );
    assert_eq!(failed["responseCode"], 404);
    let text = Value::from(String::from_utf8(sent.body.clone()).unwrap()).to_string();
    assert_eq!(failed["requestBody"], text.chars().take(1024).collect::<String>());
    assert_eq!(failed["responseBody"], "");
    let header = |name: &str| sent.header(name).to_owned();
    let headers = json!({
        "Content-Type": "application/json", "Request-ID": header("request-id"), "Sentry-Hook-Resource": "installation",
        "Sentry-Hook-Timestamp": header("sentry-hook-timestamp"),
        "Sentry-Hook-Signature": header("sentry-hook-signature"),
    });
    assert_eq!(failed["requestHeaders"], headers);

    for query in ["errorsOnly=false", "eventType=installation.created", "organizationSlug=acme&errorsOnly=1"]
    {
        assert_eq!(log(&app, &world, &slug, query).await, std::slice::from_ref(failed), "{query}");
    }
    assert_eq!(log(&app, &world, &slug, "eventType=issue.created").await, Vec::<Value>::new());
    app.clock.advance(31 * 24 * 3600);
    assert_eq!(log(&app, &world, &slug, "").await, Vec::<Value>::new());
});

api_test!(calls_that_are_no_deliveries_are_in_the_log_and_name_the_error_behind_them, |app| async move {
    let world = app.world().await;
    let (slug, id) = public_app(&app, &world, "https://b.acme.test/hook").await;
    to_store(&app, &world).json(&message("Boom")).send().await.expect(200);
    let (event, issue) = (ID.to_owned(), count(&app, "SELECT id FROM issue").await);
    let project = world.project.to_string();
    let named = [("sentry-hook-error", event.as_str()), ("Sentry-Hook-Project", project.as_str())];
    note(&app, id, Some(world.org), Some(500), exchange(&named, "{\"a\": 1}")).await;
    // Of a project of somebody else, of no event, and of half an answer.
    let foreign = world.stranger_project.to_string();
    for headers in [
        &[("Sentry-Hook-Error", event.as_str()), ("Sentry-Hook-Project", foreign.as_str())][..],
        &[("Sentry-Hook-Error", "0000"), ("Sentry-Hook-Project", project.as_str())],
        &[("Sentry-Hook-Error", event.as_str())],
    ] {
        app.clock.advance(1);
        note(&app, id, Some(world.org), Some(500), exchange(headers, &"ä".repeat(2000))).await;
    }
    app.clock.advance(1);
    let unanswered = json!({ "request": exchange(&[], "")["request"], "response": null, "duration_us": 1,
        "error": { "kind": "timeout", "limit_ms": 1 } });
    note(&app, id, Some(world.org), None, unanswered).await;

    let seen = log(&app, &world, &slug, "").await;
    assert_eq!(seen.len(), 5);
    assert_eq!(
        seen[4],
        json!({
            "webhookUrl": "https://b.acme.test/options", "sentryAppSlug": slug, "eventType": "select_options.requested",
            "date": seen[4]["date"], "responseCode": 500, "requestBody": "\"a\\\"b\"",
            "requestHeaders": { "Content-Type": "application/json", "Request-ID": "r1", "Sentry-App-Signature": "s1" },
            "responseBody": "\"{\\\"a\\\": 1}\"",
            "errorUrl": format!("/organizations/acme/issues/{issue}/events/{event}/"),
            "organization": { "name": "Acme", "slug": "acme" },
        })
    );
    for entry in &seen[1..4] {
        assert_eq!(entry.get("errorUrl"), None);
        assert_eq!(entry["responseBody"], "ä".repeat(1024));
    }
    assert_eq!(
        (&seen[0]["responseCode"], &seen[0]["requestBody"], &seen[0]["responseBody"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
    assert_eq!(seen[0]["requestHeaders"]["Request-ID"], "r1");

    let second = |text: &Value| text.as_str().unwrap()[..19].replace(' ', "%20");
    let (first, last) = (second(&seen[4]["date"]), second(&seen[0]["date"]));
    assert_eq!(log(&app, &world, &slug, &format!("start={first}&end={last}")).await.len(), 5);
    assert_eq!(log(&app, &world, &slug, &format!("start={last}")).await.len(), 1);
    assert_eq!(log(&app, &world, &slug, &format!("{START}&end={first}")).await.len(), 1);
});

api_test!(long_bodies_are_cut_in_the_log, |app| async move {
    let world = app.world().await;
    let (slug, id) = internal_app(&app, &world, "https://b.acme.test/hook").await;
    for (status, letter) in [(400, "é"), (200, "a")] {
        let mut long = exchange(&[], &format!("[\"{}\"]", letter.repeat(2000)));
        long["request"]["body"] = json!(letter.repeat(2000));
        note(&app, id, None, Some(status), long).await;
        app.clock.advance(1);
    }
    let seen = log(&app, &world, &slug, "").await;
    let cut = |text: &str, letters: usize| format!("{text}{}", "é".repeat(letters));
    assert_eq!(seen[1]["requestBody"], cut("\"", 1023));
    assert_eq!(seen[1]["responseBody"], cut("\"[\\\"", 1020), "JSON is written as a JSON text");
    // Of what went well only that is told.
    for key in ["requestBody", "requestHeaders", "responseBody"] {
        assert_eq!(seen[0].get(key), None, "{key}");
    }
});

api_test!(the_log_of_an_internal_app_has_no_organization, |app| async move {
    let world = app.world().await;
    let (slug, id) = internal_app(&app, &world, "https://b.acme.test/hook").await;
    note(&app, id, None, Some(200), exchange(&[], "")).await;
    for query in ["", "organizationSlug=acme"] {
        let seen = log(&app, &world, &slug, query).await;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].get("organization"), None);
    }
});

api_test!(the_log_holds_a_hundred_calls_and_forgets_old_ones, |app| async move {
    let world = app.world().await;
    let (slug, id) = internal_app(&app, &world, "https://b.acme.test/hook").await;
    for _ in 0..101 {
        note(&app, id, None, Some(200), json!({})).await;
        app.clock.advance(1);
    }
    let seen = log(&app, &world, &slug, "").await;
    assert_eq!(seen.len(), 100);
    let dates: Vec<_> = seen.iter().map(|entry| entry["date"].as_str().unwrap().to_owned()).collect();
    assert!(dates.is_sorted_by(|a, b| a > b), "{dates:?}");
    // What could not be sent at all was meant for the app's URL.
    assert_eq!(seen[0]["webhookUrl"], "https://b.acme.test/hook");

    app.clock.advance(30 * 24 * 3600);
    let job = jobs::JOBS.iter().find(|job| job.name == "purge_app_requests").unwrap();
    assert_eq!((job.run)(&app.ctx).await.unwrap(), 101);
});

api_test!(what_the_log_is_asked_for_is_checked_in_order, |app| async move {
    let world = app.world().await;
    let (slug, _) = public_app(&app, &world, "https://b.acme.test/hook").await;
    let refused = async |query: &str| {
        let path = format!("{APPS}{slug}/requests/?{query}");
        app.get(path).bearer(&world.owner_token).send().await.expect(400).json()["detail"].clone()
    };
    let date = "Invalid date format. Format must be YYYY-MM-DD HH:MM:SS.";
    for query in [
        "start=",
        "start=2026-01-01",
        "end=soon&eventType=x",
        "start=2026-01-01T00:00:00",
        "end=2026-02-30%2000:00:00",
        "start=26-01-01%2000:00:00",
        "start=-2026-01-01%2000:00:00",
        "start=%202026-01-01%2000:00:00",
        "start=0000-01-01%2000:00:00",
        "end=2026-01-01%2000:00:60",
    ] {
        assert_eq!(refused(query).await, date, "{query}");
    }
    for query in ["eventType=issue", "eventType=issue.archived&organizationSlug=nobody"] {
        assert_eq!(refused(query).await, "Invalid event type.", "{query}");
    }
    // Whether an organization exists is not told where the app never was.
    for slug in ["nobody", "globex", "ACME"] {
        assert_eq!(refused(&format!("organizationSlug={slug}")).await, "Invalid organization.");
    }
    for query in ["eventType=&organizationSlug=", "end=9999-12-31%2023:59:59"] {
        assert_eq!(log(&app, &world, &slug, query).await, Vec::<Value>::new());
    }
    let path = format!("{APPS}{slug}/requests/");
    app.get(&path).bearer(&world.stranger_token).send().await.expect(403);
    app.get(&path).send().await.expect(401);
    app.get(format!("{APPS}nothing/requests/")).bearer(&world.owner_token).send().await.expect(404);
});
