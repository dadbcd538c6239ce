//! Uninstalling: the other side is cleaned up first, and nobody is stuck when that fails.

use mortise_service::integrations;
use mortise_testkit::{Receiver, Reply, TestApp, World};

use crate::{
    ingest::{count, execute},
    remote_provider::{Remote, integrate, url},
};

const ROWS: &str = "SELECT COUNT(*) FROM organization_integration";

async fn apps() -> Vec<TestApp> {
    TestApp::everywhere(|_| {}, |standard| standard.with(Remote { with_tokens: false })).await
}

async fn remove_due(app: &TestApp) -> u64 {
    let job = mortise_service::jobs::JOBS.iter().find(|job| job.name == "remove_integrations").unwrap();
    (job.run)(&app.ctx).await.unwrap()
}

async fn start(app: &TestApp) -> (World, Receiver, mortise_domain::IntegrationId) {
    let (world, side) = (app.world().await, Receiver::start().await);
    side.reply([Reply::status(204)]);
    let id = integrate(app, world.org, &url(&side, ""), None).await;
    (world, side, id)
}

async fn remove(app: &TestApp, org: &str, id: mortise_domain::IntegrationId, token: &str) {
    app.delete(format!("/api/0/organizations/{org}/integrations/{id}/"))
        .bearer(token)
        .send()
        .await
        .expect(204);
}

#[tokio::test]
async fn the_other_side_is_cleaned_up_before_an_integration_goes() {
    for app in apps().await {
        let (world, side, id) = start(&app).await;
        let (ctx, org) = (app.ctx.clone(), world.stranger_org);
        let added = app.ctx.store.write(move |tx| {
            Box::pin(async move { integrations::add_organization(tx, &ctx, id, org, None, None).await })
        });
        added.await.unwrap();
        remove(&app, "acme", id, &world.owner_token).await;
        assert!(side.received().is_empty(), "nobody waits for the other side");
        assert_eq!(remove_due(&app).await, 1);
        remove(&app, "globex", id, &world.stranger_token).await;
        assert_eq!(remove_due(&app).await, 1);
        let calls: Vec<_> = side.received().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        assert_eq!(calls, ["DELETE /hooks?last=false", "DELETE /hooks?last=true"]);
        assert_eq!(count(&app, ROWS).await, 0);
    }
}

#[tokio::test]
async fn what_was_installed_again_is_left_alone_on_both_sides() {
    for app in apps().await {
        let (world, side, id) = start(&app).await;
        remove(&app, "acme", id, &world.owner_token).await;
        execute(&app, "UPDATE organization_integration SET status = 0").await;
        assert_eq!(remove_due(&app).await, 1);
        assert!(side.received().is_empty());
        assert_eq!(count(&app, ROWS).await, 1);
    }
}

#[tokio::test]
async fn who_cannot_be_cleaned_up_is_tried_for_half_an_hour_and_then_left_behind() {
    for app in apps().await {
        let (world, side, id) = start(&app).await;
        side.reply([Reply::status(500)]);
        remove(&app, "acme", id, &world.owner_token).await;
        for tried in 1..=5 {
            assert_eq!(remove_due(&app).await, 0);
            assert_eq!((side.received().len(), count(&app, ROWS).await), (tried, 1));
            assert_eq!(count(&app, "SELECT status FROM organization_integration").await, 2);
            app.clock.advance(301);
        }
        assert_eq!(remove_due(&app).await, 1);
        assert_eq!((side.received().len(), count(&app, ROWS).await), (6, 0));
    }
}
