//! Which integrations are broken, and what happens to them.

use mortise_domain::IntegrationId;
use mortise_service::{
    access,
    integrations::{self, Trouble},
};
use mortise_store::Query;
use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::ingest::{count, execute, text};

const DAY_S: i64 = 24 * 3600;
const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn apps(disable: bool) -> Vec<TestApp> {
    TestApp::everywhere(|settings| settings.disable_broken = disable, |standard| standard).await
}

/// Calls of an integration some days ago: good, bad, fatal ones.
async fn called(app: &TestApp, id: IntegrationId, days_ago: i64, [good, bad, fatal]: [i64; 3]) {
    let day = app.ctx.now().as_second() / DAY_S - days_ago;
    let query = Query::new(
        "INSERT INTO integration_health (integration_id, day, successes, errors, fatals) VALUES ($1, $2, $3, $4, $5)",
    );
    let query = query.bind(id).bind(day).bind(good).bind(bad).bind(fatal);
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
}

/// What is wrong with an integration, as an organization sees it.
async fn trouble(app: &TestApp, slug: &str, id: IntegrationId) -> Option<Trouble> {
    let access = access::operator(&app.ctx, slug).await.unwrap();
    integrations::health(&app.ctx, &access, &[id]).await.unwrap().get(&id).copied()
}

async fn judge(app: &TestApp) -> u64 {
    let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == "judge_integrations").unwrap();
    (job.run)(&app.ctx).await.unwrap()
}

#[tokio::test]
async fn something_fatal_or_seven_days_of_nothing_but_errors_break_an_integration() {
    for app in apps(false).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
        let failing = |days: i64| (0..days).map(|day| (day, [0, 2, 0])).collect::<Vec<_>>();
        let with = |mut days: Vec<(i64, [i64; 3])>, other: (i64, [i64; 3])| {
            days.retain(|(day, _)| *day != other.0);
            days.push(other);
            days
        };
        for (days, expected) in [
            (vec![], None),
            (vec![(0, [5, 1000, 0])], None),
            (vec![(6, [5, 0, 1])], Some(Trouble::Fatal)),
            (vec![(7, [5, 0, 1])], None),
            (failing(6), None),
            (failing(7), Some(Trouble::Failing)),
            // One success in the week is enough, and so is a day without calls.
            (with(failing(7), (3, [1, 9, 0])), None),
            (with(failing(7), (3, [0, 0, 0])), None),
            (with(failing(7), (3, [0, 0, 1])), Some(Trouble::Fatal)),
        ] {
            for (ago, counts) in &days {
                called(&app, id, *ago, *counts).await;
            }
            assert_eq!(trouble(&app, "acme", id).await, expected, "{days:?}");
            assert_eq!(judge(&app).await, u64::from(expected.is_some()), "{days:?}");
            execute(&app, "DELETE FROM integration_health").await;
        }
        // Others learn nothing of it.
        called(&app, id, 0, [0, 0, 1]).await;
        assert_eq!(trouble(&app, "globex", id).await, None);
    }
}

#[tokio::test]
async fn counts_are_kept_for_eight_days() {
    for app in apps(false).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
        for ago in [6, 7, 8, 9, 30] {
            called(&app, id, ago, [1, 0, 0]).await;
        }
        judge(&app).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM integration_health").await, 2);
    }
}

#[tokio::test]
async fn a_broken_integration_stays_as_it_is_unless_the_operator_says_otherwise() {
    for app in apps(false).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
        called(&app, id, 0, [0, 0, 1]).await;
        assert_eq!(judge(&app).await, 1);
        assert_eq!(count(&app, "SELECT status FROM integration").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM integration_health").await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'integration.disabled'").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE event = 108").await, 0);
    }
}

#[tokio::test]
async fn a_broken_integration_is_disabled_where_the_operator_wants_it() {
    for app in apps(true).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "gitlab" })).await;
        let well = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
        called(&app, id, 0, [9, 0, 1]).await;
        called(&app, well, 0, [0, 5, 0]).await;
        assert_eq!(judge(&app).await, 1);
        let path = format!("{LIST}{id}/");
        let shown = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(
            (&shown["status"], &shown["organizationIntegrationStatus"]),
            (&json!("disabled"), &json!("active"))
        );
        let shown =
            app.get(format!("{LIST}{well}/")).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(shown["status"], "active");
        let log = app.get("/api/0/organizations/acme/audit-logs/?event=integration.disable");
        let log = log.bearer(&world.owner_token).send().await.expect(200).json();
        let entry = &log["rows"][0];
        assert_eq!(log["rows"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&entry["data"], &entry["targetObject"]),
            (&json!({ "provider": "gitlab" }), &json!(world.org.get()))
        );
        assert_eq!(entry["note"], "disabled gitlab integration");
        assert_eq!(
            count(&app, "SELECT COUNT(*) FROM audit_log WHERE event = 108 AND actor_id IS NOT NULL").await,
            0
        );
        let payload = text(&app, "SELECT payload FROM event WHERE kind = 'integration.disabled'").await;
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(payload["provider"], json!({ "type": "first_party", "slug": "gitlab", "name": "GitLab" }));
        // The counts are gone, and with them the trouble; what is disabled is not looked at.
        assert_eq!(trouble(&app, "acme", id).await, None);
        called(&app, id, 0, [0, 0, 1]).await;
        assert_eq!(judge(&app).await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'integration.disabled'").await, 1);
    }
}

#[tokio::test]
async fn an_integration_that_nobody_has_is_left_alone() {
    for app in apps(true).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack" })).await;
        called(&app, id, 0, [0, 0, 1]).await;
        execute(&app, "DELETE FROM organization_integration").await;
        judge(&app).await;
        assert_eq!(count(&app, "SELECT status FROM integration").await, 0);
    }
}

#[tokio::test]
async fn the_organization_that_had_it_first_is_told_and_installing_anew_forgets_troubles() {
    for app in apps(true).await {
        let world = app.world().await;
        let id = World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "slack" })).await;
        let install = async |org| {
            let ctx = app.ctx.clone();
            let added = app.ctx.store.write(move |tx| {
                Box::pin(async move { integrations::add_organization(tx, &ctx, id, org, None, None).await })
            });
            added.await.unwrap().unwrap()
        };
        install(world.org).await;
        called(&app, id, 0, [0, 0, 1]).await;
        install(world.org).await;
        assert_eq!(judge(&app).await, 0);
        called(&app, id, 0, [0, 0, 1]).await;
        assert_eq!(judge(&app).await, 1);
        let told = "SELECT organization_id FROM event WHERE kind = 'integration.disabled'";
        assert_eq!(count(&app, told).await, world.stranger_org.get());
    }
}
