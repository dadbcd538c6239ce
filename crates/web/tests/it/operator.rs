//! Becoming a superuser, and publishing an app that waits for it.

use mortise_service::sessions::SUPERUSER_COOKIE;
use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::{
    site::{PASSWORD, Visitor},
    site_test,
};

async fn waiting_app(app: &TestApp, world: &World) {
    let body = json!({
        "organization": "acme", "name": "Board", "author": "Acme", "isInternal": false, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "https://b.test/hook",
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let ask = json!({"status": "publish_request_inprogress"});
    app.put("/api/0/sentry-apps/board/").bearer(&world.owner_token).json(&ask).send().await.expect(200);
}

site_test!(an_operator_becomes_superuser_publishes_an_app_and_stops_being_one, |app, world| async {
    waiting_app(&app, &world).await;
    World::make_superuser(&app.ctx, world.stranger).await;
    World::set_password(&app.ctx, world.stranger, PASSWORD).await;
    let mut visitor = Visitor::signed_in(&app.ctx, world.stranger).await;
    let settings = "/settings/acme/developer-settings/board/";
    assert_ne!(visitor.get(settings).await.status, 200);
    let asked = visitor.get("/operator/publication-requests/").await.expect(303);
    asked.leads_to("/auth/superuser/?next=%2Foperator%2Fpublication-requests%2F");
    visitor.get("/auth/superuser/?next=/operator/publication-requests/").await.expect(200).says("superuser");
    let next = ("next", "/operator/publication-requests/");
    visitor
        .post("/auth/superuser/", &[("password", "wrong"), next])
        .await
        .expect(403)
        .says("The password is wrong.");
    assert!(!visitor.has_cookie(SUPERUSER_COOKIE));
    let led = visitor.post("/auth/superuser/", &[("password", PASSWORD), next]).await.expect(303);
    assert_eq!(led.location(), "/operator/publication-requests/");
    visitor.get(led.location()).await.expect(200).says("Board").says(settings).says("Stop being superuser");
    visitor.get(settings).await.expect(200).says("Publish");
    visitor.post(&format!("{settings}publish/"), &[]).await.expect(303);
    let shown =
        app.get("/api/0/sentry-apps/board/").bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(shown["status"], "published");
    visitor.get("/operator/publication-requests/").await.expect(200).says("Nobody waits");
    visitor.post("/auth/superuser/end/", &[("next", "/")]).await.expect(303);
    let asked = visitor.get("/operator/publication-requests/").await.expect(303);
    asked.leads_to("/auth/superuser/?next=%2Foperator%2Fpublication-requests%2F");
});

site_test!(nobody_else_becomes_superuser, |app, world| async {
    let mut visitor = Visitor::signed_in(&app.ctx, world.owner).await;
    assert_eq!(visitor.get("/auth/superuser/").await.status, 404);
    assert_eq!(visitor.post("/auth/superuser/", &[("password", PASSWORD)]).await.status, 404);
    assert!(!visitor.has_cookie(SUPERUSER_COOKIE));
    let page = visitor.get("/settings/acme/developer-settings/").await.expect(200);
    page.says_not("Become superuser");
});
