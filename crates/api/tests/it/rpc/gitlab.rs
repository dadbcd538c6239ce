//! Webhooks of GitLab's projects, which a job brings up to date.

use mortise_domain::{IntegrationId, OrgId, status::ObjectStatus};
use mortise_service::{
    integrations::{self, NewIdentity, NewIntegration},
    jobs,
};
use mortise_testkit::{Received, Receiver, Reply, TestApp, World, api_test};
use serde_json::{Map, Value, json};

use super::call;
use crate::{
    ingest::{count, execute},
    remote_provider::url,
};

const METHOD: &str = "schedule_update_gitlab_project_webhooks";
const WAITING: &str = "SELECT COUNT(*) FROM repository_hook_update";

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// An installation at a server of somebody's own, with the account of the owner.
struct Case<'a> {
    app: &'a TestApp,
    world: World,
    side: Receiver,
    id: IntegrationId,
}

impl<'a> Case<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let (world, side) = (app.world().await, Receiver::start().await);
        side.reply([Reply::json(&json!({"id": 70}))]);
        let kept = json!({"base_url": url(&side, "/"), "webhook_secret": "s3", "verify_ssl": false});
        let held =
            json!({"access_token": "old", "refresh_token": "r", "client_id": "c", "client_secret": "d"});
        let identity = NewIdentity { user: world.owner, external_id: "me".to_owned(), data: map(&held) };
        let new = NewIntegration {
            org: world.org,
            provider: "gitlab".to_owned(),
            external_id: "gl.test:group".to_owned(),
            name: "group".to_owned(),
            metadata: map(&kept),
            config: Map::new(),
            status: ObjectStatus::Active,
            identity: Some(identity),
        };
        let ctx = app.ctx.clone();
        let made = app.ctx.store.write(move |tx| {
            Box::pin(async move { integrations::create_integration_in(tx, &ctx, &new).await })
        });
        let id = made.await.expect("an integration is created");
        Self { app, world, side, id }
    }

    /// Adds a project of GitLab; the id of its repository here.
    async fn project(&self, number: i64, config: Value) -> i64 {
        let create = json!({"name": format!("group / {number}"), "external_id": format!("gl.test:{number}"),
            "config": config, "integration_id": self.id.get(), "provider": "integrations:gitlab", "status": 0,
            "url": format!("https://gl.test/{number}")});
        let args = json!({"organization_id": self.world.org.get(), "create": create});
        call(self.app, "repository", "create_repository", args).await["id"].as_i64().expect("an id")
    }

    async fn schedule(&self, org: OrgId, id: IntegrationId) {
        let args = json!({"organization_id": org.get(), "integration_id": id.get()});
        assert_eq!(call(self.app, "repository", METHOD, args).await, Value::Null);
    }

    /// What the job makes of what is due: the calls since it began.
    async fn work(&self) -> Vec<Received> {
        let before = self.side.received().len();
        let job = jobs::JOBS.iter().find(|job| job.name == "update_repository_hooks").expect("the job");
        (job.run)(&self.app.ctx).await.expect("a run");
        self.side.received().split_off(before)
    }

    async fn waiting(&self) -> i64 {
        count(self.app, WAITING).await
    }
}

fn seen(calls: &[Received]) -> Vec<String> {
    let mut seen: Vec<String> =
        calls.iter().map(|it| format!("{} {} {}", it.method, it.path, it.header("authorization"))).collect();
    seen.sort();
    seen
}

api_test!(webhooks_of_all_projects_get_what_they_would_be_made_with_today, |app| async move {
    let case = Case::new(&app).await;
    case.project(7, json!({"project_id": 7, "webhook_id": 70})).await;
    case.project(8, json!({"project_id": "8", "webhook_id": "web-80"})).await;
    case.project(9, json!({"project_id": 9})).await;
    case.project(10, json!({"webhook_id": 100})).await;
    assert!(case.work().await.is_empty(), "nobody asked");
    case.schedule(case.world.org, case.id).await;
    case.schedule(case.world.org, case.id).await;
    assert_eq!(case.waiting().await, 4);
    let calls = case.work().await;
    let expected =
        ["PUT /api/v4/projects/7/hooks/70 Bearer old", "PUT /api/v4/projects/8/hooks/web-80 Bearer old"];
    assert_eq!(seen(&calls), expected);
    let hook = json!({"url": "http://m.test:8000/extensions/gitlab/webhook/", "token": "gl.test:group:s3",
        "merge_requests_events": true, "push_events": true, "issues_events": true, "enable_ssl_verification": false});
    assert_eq!((calls[0].json(), calls[0].header("content-type")), (hook, "application/json"));
    assert_eq!(case.waiting().await, 0);
    assert!(case.work().await.is_empty());
});

api_test!(only_active_repositories_of_the_organization_and_the_integration_are_meant, |app| async move {
    let case = Case::new(&app).await;
    let hidden = case.project(7, json!({"project_id": 7, "webhook_id": 70})).await;
    let other = json!({"provider": "slack", "external_id": "T"});
    let other = World::integrate(&app.ctx, case.world.org, &other).await;
    case.schedule(case.world.stranger_org, case.id).await;
    case.schedule(case.world.org, other).await;
    case.schedule(case.world.org, IntegrationId::new(0)).await;
    assert_eq!(case.waiting().await, 0);
    // What is hidden or disabled meanwhile is left alone.
    for (away, back) in [
        ("UPDATE repository SET status = 1", "UPDATE repository SET status = 0"),
        ("UPDATE integration SET status = 1", "UPDATE integration SET status = 0"),
        ("UPDATE organization_integration SET status = 2", "UPDATE organization_integration SET status = 0"),
    ] {
        case.schedule(case.world.org, case.id).await;
        assert_eq!(case.waiting().await, 1);
        execute(&app, away).await;
        assert!(case.work().await.is_empty(), "{away}");
        assert_eq!(case.waiting().await, 0, "{away}");
        execute(&app, back).await;
    }
    execute(&app, "UPDATE repository SET status = 1").await;
    case.schedule(case.world.org, case.id).await;
    assert_eq!(case.waiting().await, 0, "{hidden}");
});

api_test!(a_project_that_fails_holds_up_no_other_and_is_tried_again, |app| async move {
    let case = Case::new(&app).await;
    for number in [7, 8, 9] {
        case.project(number, json!({"project_id": number, "webhook_id": number * 10})).await;
    }
    for (refusal, is_tried_again) in [
        (Reply::status(500), true),
        (Reply::status(503), true),
        (Reply::status(429), true),
        (Reply::status(403), false),
        (Reply::status(404), false),
    ] {
        let good = || Reply::json(&json!({"id": 1}));
        case.side.reply([refusal, good()]);
        case.schedule(case.world.org, case.id).await;
        assert_eq!(case.work().await.len(), 3);
        assert_eq!(case.waiting().await, i64::from(is_tried_again));
        assert!(case.work().await.is_empty(), "not at once");
        app.clock.advance(61);
        assert_eq!(case.work().await.len(), usize::from(is_tried_again));
        assert_eq!(case.waiting().await, 0);
    }
    // Not for ever.
    case.side.reply([Reply::status(500)]);
    case.schedule(case.world.org, case.id).await;
    let mut calls = 0;
    for _ in 0..6 {
        calls += case.work().await.len();
        app.clock.advance(61);
    }
    assert_eq!((calls, case.waiting().await), (3 * 4, 0));
});

api_test!(what_cannot_be_read_here_is_not_tried_for_ever, |app| async move {
    let case = Case::new(&app).await;
    case.project(7, json!({"project_id": 7, "webhook_id": 70})).await;
    case.schedule(case.world.org, case.id).await;
    // What is kept for an account is sealed for that one.
    execute(&app, "UPDATE integration SET external_id = 'gl.test:other'").await;
    for _ in 0..4 {
        assert_eq!(case.waiting().await, 1);
        assert!(case.work().await.is_empty());
        app.clock.advance(61);
    }
    assert_eq!(case.waiting().await, 0);
});

api_test!(a_token_that_is_refused_is_renewed_once_and_stored, |app| async move {
    let case = Case::new(&app).await;
    case.project(7, json!({"project_id": 7, "webhook_id": 70})).await;
    let tokens =
        json!({"access_token": "new", "refresh_token": "r2", "expires_in": 7200, "token_type": "Bearer"});
    case.side.reply([Reply::status(401), Reply::json(&tokens), Reply::json(&json!({"id": 70}))]);
    case.schedule(case.world.org, case.id).await;
    let calls = case.work().await;
    let asked: Vec<_> = calls.iter().map(|it| (it.path.as_str(), it.header("authorization"))).collect();
    let hook = "/api/v4/projects/7/hooks/70";
    assert_eq!(asked, [(hook, "Bearer old"), ("/oauth/token", ""), (hook, "Bearer new")]);
    let form = "grant_type=refresh_token&refresh_token=r\
        &redirect_uri=http%3A%2F%2Fm.test%3A8000%2Fextensions%2Fgitlab%2Fsetup%2F&client_id=c&client_secret=d";
    assert_eq!(String::from_utf8_lossy(&calls[1].body), form);
    let filter = json!({"filter": {"provider_type": "gitlab"}});
    let held = call(&app, "identity", "get_identity", filter).await["data"].clone();
    let end = app.ctx.now().as_second() + 7200;
    let expected = json!({"access_token": "new", "refresh_token": "r2", "client_id": "c", "client_secret": "d",
        "token_type": "Bearer", "expires": end});
    assert_eq!(held, expected);
    // It is good for the next, too.
    case.schedule(case.world.org, case.id).await;
    assert_eq!(seen(&case.work().await), [format!("PUT {hook} Bearer new")]);
});

api_test!(a_grant_that_is_gone_ends_it, |app| async move {
    let case = Case::new(&app).await;
    case.project(7, json!({"project_id": 7, "webhook_id": 70})).await;
    let gone = Reply::status(400).body(r#"{"error": "invalid_grant", "error_description": "revoked"}"#);
    case.side.reply([Reply::status(401), gone]);
    case.schedule(case.world.org, case.id).await;
    assert_eq!(case.work().await.len(), 2);
    assert_eq!(case.waiting().await, 0);
    assert_eq!(count(&app, "SELECT status FROM identity").await, 2);
    // Nor can anything be done where it is not known where the server is.
    let args = json!({"integration_id": case.id.get(), "metadata": {}});
    call(&app, "integration", "update_integration", args).await;
    case.schedule(case.world.org, case.id).await;
    assert!(case.work().await.is_empty());
    assert_eq!(case.waiting().await, 0);
});
