//! Answers of the other side that are remembered for a while.

use mortise_domain::{IntegrationId, OrgId};
use mortise_providers::{CATALOG, Connection, Manifest, Outcome, Provider, Saved, Settings};
use mortise_testkit::{Receiver, Reply, TestApp};
use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::remote_provider::{integrate, url};

/// Stands for GitLab. The values of its settings come from the other side, and may be a while old.
struct Remembering;

impl Provider for Remembering {
    fn manifest(&self) -> &'static Manifest {
        CATALOG.iter().find(|it| it.key == "gitlab").unwrap()
    }

    fn settings(&self) -> Option<&dyn Settings> {
        Some(self)
    }
}

impl Settings for Remembering {
    fn fields<'a>(&'a self, _on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        Box::pin(async move {
            let side = on.metadata.open()?["url"].as_str().unwrap_or_default();
            let reply = on.client().base_url(side).get("/values").cached().send().await?;
            Ok(reply.json().as_object().cloned().unwrap_or_default())
        })
    }

    fn save<'a>(&'a self, on: &'a Connection, _sent: Map<String, Value>) -> Outcome<'a, Saved> {
        Box::pin(async { Ok(Saved { config: on.config.clone(), ..Saved::default() }) })
    }
}

/// What an organization sees.
async fn values(app: &TestApp, org: &str, token: &str, id: IntegrationId) -> Value {
    let path = format!("/api/0/organizations/{org}/integrations/{id}/");
    app.get(path).bearer(token).send().await.expect(200).json()["configData"].clone()
}

async fn add(app: &TestApp, org: OrgId, id: IntegrationId) {
    let ctx = app.ctx.clone();
    let added = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            mortise_service::integrations::add_organization(tx, &ctx, id, org, None, None).await
        })
    });
    added.await.unwrap();
}

#[tokio::test]
async fn an_answer_is_asked_for_again_after_a_quarter_of_an_hour() {
    let app = TestApp::with_provider(Remembering).await;
    let (world, side) = (app.world().await, Receiver::start().await);
    let id = integrate(&app, world.org, &url(&side, "/v1"), None).await;
    side.reply([Reply::json(&json!({"n": 1})), Reply::json(&json!({"n": 2}))]);
    let seen = async || values(&app, "acme", &world.owner_token, id).await["n"].clone();
    assert_eq!((seen().await, seen().await), (json!(1), json!(1)));
    app.clock.advance(899);
    assert_eq!(seen().await, 1);
    app.clock.advance(1);
    assert_eq!(seen().await, 2);
    assert_eq!(side.received().len(), 2);
}

#[tokio::test]
async fn organizations_that_share_an_integration_share_no_answers() {
    let app = TestApp::with_provider(Remembering).await;
    let (world, side) = (app.world().await, Receiver::start().await);
    let id = integrate(&app, world.org, &url(&side, "/v1"), None).await;
    add(&app, world.stranger_org, id).await;
    side.reply([Reply::json(&json!({"for": "acme"})), Reply::json(&json!({"for": "globex"}))]);
    for _ in 0..2 {
        assert_eq!(values(&app, "acme", &world.owner_token, id).await, json!({"for": "acme"}));
        assert_eq!(values(&app, "globex", &world.stranger_token, id).await, json!({"for": "globex"}));
    }
    assert_eq!(side.received().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_remembered() {
    let app = TestApp::with_provider(Remembering).await;
    let (world, side) = (app.world().await, Receiver::start().await);
    let id = integrate(&app, world.org, &url(&side, "/v1"), None).await;
    let large = "x".repeat(1024 * 1024);
    side.reply([Reply::json(&json!({"text": large})), Reply::json(&json!({"text": large}))]);
    for asked in 1..=2 {
        values(&app, "acme", &world.owner_token, id).await;
        assert_eq!(side.received().len(), asked);
    }
}
