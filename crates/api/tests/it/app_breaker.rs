//! Apps whose webhooks are broken for long.

use std::time::Duration;

use mortise_service::{
    delivery::{self, Options, Running},
    jobs,
};
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::ingest::{count, execute, message, to_store};

const DAY_S: i64 = 24 * 3600;

async fn made(app: &TestApp, world: &World, is_internal: bool, url: &str) -> String {
    let body = json!({
        "organization": "acme", "name": "Inside", "author": "Acme", "isInternal": is_internal, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "events": ["issue"], "webhookUrl": url,
    });
    let made = app
        .post("/api/0/sentry-apps/")
        .bearer(&world.owner_token)
        .json(&body)
        .send()
        .await
        .expect(201)
        .json();
    format!("/api/0/sentry-apps/{}/", made["slug"].as_str().unwrap())
}

async fn seen(app: &TestApp, world: &World, path: &str) -> Value {
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

/// A new issue; waits until there were so many attempts to tell of issues.
async fn happen(app: &TestApp, world: &World, attempts: i64) {
    let event = json!({ "event_id": format!("{attempts:032x}"), "message": "x".repeat(attempts as usize) });
    to_store(app, world).json(&event).send().await.expect(200);
    for _ in 0..2000 {
        if count(app, "SELECT COUNT(*) FROM attempt WHERE kind = 'issue.created'").await >= attempts {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(count(app, "SELECT COUNT(*) FROM attempt").await, attempts, "attempts");
}

fn start(app: &TestApp) -> Running {
    delivery::start(app.ctx.clone(), delivery::subscribers(), Options::default(), CancellationToken::new())
}

/// An address where nobody listens.
async fn dead_url() -> String {
    Receiver::start().await.url()
}

api_test!(a_week_of_refusals_switches_an_internal_app_off, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::status(404)]);
    let path = made(&app, &world, true, &receiver.url()).await;
    let running = start(&app);
    for day in 1..=7 {
        assert_eq!(seen(&app, &world, &path).await["isDisabled"], false, "day {day}");
        happen(&app, &world, day).await;
        app.clock.advance(DAY_S);
    }
    running.stop().await;
    let off = seen(&app, &world, &path).await;
    assert_eq!(
        (&off["isDisabled"], &off["events"], &off["webhookEvents"]),
        (&json!(true), &json!([]), &json!([]))
    );
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_breaker").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM service_hook").await, 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'app.disabled'").await, 1);
    let log = "/api/0/organizations/acme/audit-logs/?event=internal-integration.disable";
    let log = app.get(log).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
    assert_eq!(log["rows"][0]["note"], "disabled internal integration Inside");
    assert_eq!(log["rows"][0]["actor"], json!({ "name": "Sentry" }));

    // It hears of nothing until somebody subscribes again.
    let running = start(&app);
    to_store(&app, &world).json(&message("Boom")).send().await.expect(200);
    let on = json!({ "name": "Inside", "events": ["issue"] });
    let on = app.put(&path).bearer(&world.owner_token).json(&on).send().await.expect(200).json();
    assert_eq!((&on["isDisabled"], &on["events"]), (&json!(false), &json!(["issue"])));
    happen(&app, &world, 8).await;
    running.stop().await;
    assert!(receiver.received().len() <= 9);
});

api_test!(a_thousand_events_that_nobody_took_in_a_day_switch_an_internal_app_off, |app| async move {
    let world = app.world().await;
    let path = made(&app, &world, true, &dead_url().await).await;
    let running = start(&app);
    happen(&app, &world, 1).await;
    running.stop().await;
    let counts = "SELECT timeouts * 100 + errors * 10 + successes FROM sentry_app_breaker";
    assert_eq!(count(&app, counts).await, 100);
    assert_eq!(seen(&app, &world, &path).await["isDisabled"], false);
    // The second try of the same event is no further timeout.
    app.clock.advance(10);
    let running = start(&app);
    happen(&app, &world, 3).await;
    running.stop().await;
    assert_eq!(count(&app, counts).await, 200);
    execute(&app, "UPDATE sentry_app_breaker SET timeouts = 999").await;
    let running = start(&app);
    happen(&app, &world, 4).await;
    running.stop().await;
    assert_eq!(seen(&app, &world, &path).await["isDisabled"], true);
});

api_test!(an_app_that_others_may_install_is_never_switched_off, |app| async move {
    let world = app.world().await;
    let path = made(&app, &world, false, &dead_url().await).await;
    let slug = path.trim_end_matches('/').rsplit('/').next().unwrap();
    let installed = "/api/0/organizations/acme/sentry-app-installations/";
    app.post(installed).bearer(&world.owner_token).json(&json!({ "slug": slug })).send().await.expect(200);
    let running = start(&app);
    happen(&app, &world, 1).await;
    running.stop().await;
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_breaker").await, 0);
    assert_eq!(seen(&app, &world, &path).await["isDisabled"], false);
});

api_test!(counts_of_past_weeks_are_forgotten, |app| async move {
    let world = app.world().await;
    made(&app, &world, true, &dead_url().await).await;
    let running = start(&app);
    happen(&app, &world, 1).await;
    running.stop().await;
    let job = jobs::JOBS.iter().find(|job| job.name == "purge_breaker").unwrap();
    app.clock.advance(8 * DAY_S);
    assert_eq!((job.run)(&app.ctx).await.unwrap(), 0);
    app.clock.advance(DAY_S);
    assert_eq!((job.run)(&app.ctx).await.unwrap(), 1);
});
