//! Webhooks of Sentry Apps, from the change to what a receiver verifies.

use mortise_crypto::{
    SecretString,
    sign::{WebhookMessage, verify_hook_signature, verify_webhook_signature},
};
use mortise_domain::{
    IssueId, ScopeSet, UserId,
    status::{AppStatus, DeliveryState},
};
use mortise_service::{
    Error,
    apps::{self, AppSpec, CreatedApp},
    delivery::{self, Running},
    events::{self, AssigneeFacts, CommentChange, CommentFacts, IssueRef},
};
use mortise_store::{Query, sentry_app};
use mortise_testkit::{Received, Receiver, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::support::{log_when, options};

fn start(app: &TestApp) -> Running {
    delivery::start(app.ctx.clone(), delivery::subscribers(), options(), CancellationToken::new())
}

fn listening(world: &World, status: AppStatus, url: String, events: &[&str]) -> AppSpec {
    let events: Vec<_> = events.iter().map(|&event| event.to_owned()).collect();
    AppSpec {
        scopes: ScopeSet::from_texts(["event:read"]),
        events: apps::subscriptions::expand(&events),
        webhook_url: Some(url),
        webhook_headers: vec!["X-Team: core".to_owned(), "Sentry-Hook-Signature: forged".to_owned()],
        author: Some("Acme".to_owned()),
        ..AppSpec::new(world.org, "Hook Taker", status)
    }
}

async fn create(app: &TestApp, spec: AppSpec) -> CreatedApp {
    let ctx = app.ctx.clone();
    let made = app
        .ctx
        .store
        .write(move |tx| Box::pin(async move { apps::create::create(tx, &ctx, &spec, ctx.now()).await }));
    made.await.unwrap()
}

async fn issue(app: &TestApp, world: &World) -> IssueRef {
    let (org, project, now) = (world.org, world.project, app.ctx.now());
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let query = Query::new(
                "INSERT INTO issue (project_id, short_id, event_type, level, title, message, culprit, platform, logger, \
                 metadata, status, substatus, priority, times_seen, is_unhandled, first_seen, last_seen, active_at, \
                 num_comments) VALUES ($1, 1, 'error', 40, 'Boom: é', 'Boom', 'app.main', 'python', '', \
                 '{\"type\":\"Boom\",\"value\":\"é\"}', 0, 7, 75, 1, FALSE, $2, $2, $2, 0) RETURNING id",
            );
            tx.one::<IssueId>(query.bind(project).bind(now)).await
        })
    });
    let issue = made.await.map_err(|error: mortise_store::StoreError| error.to_string()).unwrap();
    IssueRef { org, project, issue }
}

/// What happens in tests, all in one transaction.
async fn happen(app: &TestApp, issue: IssueRef, actor: UserId) {
    let now = app.ctx.now();
    let happened = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            events::issue_created(tx, issue, now).await?;
            events::issue_resolved(tx, issue, Some(actor), "in_next_release", now).await?;
            let assignee = AssigneeFacts::User {
                name: "owner".to_owned(),
                id: actor.get(),
                email: Some("a@b.c".to_owned()),
            };
            events::issue_assigned(tx, issue, Some(actor), assignee, now).await?;
            let comment = CommentFacts { id: 44, text: "on it".to_owned(), written_at: now.as_microsecond() };
            events::comment_changed(tx, issue, Some(actor), CommentChange::Created, comment, now).await?;
            Ok::<_, Error>(())
        })
    });
    happened.await.unwrap();
}

fn verify(received: &Received, secret: &SecretString) {
    let body = &received.body;
    assert!(verify_hook_signature(secret, body, received.header("sentry-hook-signature")));
    let timestamp_seconds = received.header("webhook-timestamp").parse().unwrap();
    let message = WebhookMessage { id: received.header("webhook-id"), timestamp_seconds, body };
    assert!(verify_webhook_signature(&[secret], message, received.header("webhook-signature")));
    assert_eq!(received.header("webhook-id"), received.header("request-id"));
    assert_eq!(received.header("sentry-hook-timestamp"), received.header("webhook-timestamp"));
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("x-team"), "core");
    let agent = received.header("user-agent");
    assert!(agent.starts_with("sentry/") && agent.ends_with(" (https://sentry.io)"), "{agent}");
    assert_eq!(received.headers.get_all("sentry-hook-signature").iter().count(), 1);
}

fn of_kind<'r>(received: &'r [Received], resource: &str, action: &str) -> &'r Received {
    let is_it =
        |one: &&Received| one.header("sentry-hook-resource") == resource && one.json()["action"] == action;
    received.iter().find(is_it).unwrap()
}

api_test!(an_app_hears_of_what_it_subscribed_to_signed_twice, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let created =
        create(&app, listening(&world, AppStatus::Internal, receiver.url(), &["issue", "comment"])).await;
    let installation = created.installation.clone().unwrap();
    let issue = issue(&app, &world).await;
    let running = start(&app);
    happen(&app, issue, world.owner).await;
    let received = receiver.wait_for(4).await;
    running.stop().await;
    received.iter().for_each(|one| verify(one, &created.client_secret));

    let first = of_kind(&received, "issue", "created").json();
    let keys: Vec<_> = first.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["action", "installation", "data", "actor"]);
    assert_eq!(first["installation"], json!({ "uuid": installation.uuid }));
    assert_eq!(first["actor"], json!({ "type": "application", "id": "sentry", "name": "Sentry" }));
    let told = &first["data"]["issue"];
    assert_eq!(told["id"], issue.issue.to_string());
    assert_eq!(told["shortId"], "WEB-1");
    assert_eq!(told["url"], format!("http://m.test:8000/api/0/organizations/acme/issues/{}/", issue.issue));
    assert!(told["firstSeen"].as_str().unwrap().ends_with('Z'));
    assert_eq!(told["isSubscribed"], false);
    assert_eq!(told["title"], "Boom: é");

    let resolved = of_kind(&received, "issue", "resolved").json();
    assert_eq!(resolved["data"]["resolution_type"], "in_next_release");
    assert_eq!(resolved["actor"], json!({ "type": "user", "id": world.owner.get(), "name": "owner" }));
    let assigned = of_kind(&received, "issue", "assigned").json();
    let assignee = json!({ "type": "user", "name": "owner", "id": world.owner.get(), "email": "a@b.c" });
    assert_eq!(assigned["data"]["assignee"], assignee);
    let comment = of_kind(&received, "comment", "created").json();
    let keys: Vec<_> = comment["data"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["comment_id", "issue_id", "project_slug", "timestamp", "comment"]);
    assert_eq!(comment["data"]["project_slug"], "web");
});

api_test!(an_organization_that_wants_privacy_tells_no_addresses, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    create(&app, listening(&world, AppStatus::Internal, receiver.url(), &["issue"])).await;
    let issue = issue(&app, &world).await;
    let (org, owner) = (world.org, world.owner);
    let (id, now) = (issue.issue, app.ctx.now());
    let private = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let flags = Query::new("UPDATE organization SET flags = 3 WHERE id = $1").bind(org);
            tx.execute_one(flags).await?;
            let assign =
                Query::new("INSERT INTO issue_assignee (issue_id, user_id, date_added) VALUES ($1, $2, $3)");
            tx.execute_one(assign.bind(id).bind(owner).bind(now)).await
        })
    });
    private.await.map_err(|error: mortise_store::StoreError| error.to_string()).unwrap();
    let running = start(&app);
    happen(&app, issue, world.owner).await;
    let received = receiver.wait_for(3).await;
    running.stop().await;
    let data = of_kind(&received, "issue", "assigned").json()["data"].clone();
    assert_eq!(data["assignee"], json!({ "type": "user", "name": "owner", "id": world.owner.get() }));
    let assigned = json!({ "type": "user", "id": world.owner.to_string(), "name": "owner" });
    assert_eq!(data["issue"]["assignedTo"], assigned);
});

api_test!(an_app_hears_only_of_its_own_organization_and_its_own_events, |app| async move {
    let world = app.world().await;
    let (comments_only, elsewhere, deaf) =
        (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    create(&app, listening(&world, AppStatus::Internal, comments_only.url(), &["comment"])).await;
    let mut stranger = listening(&world, AppStatus::Internal, elsewhere.url(), &["issue", "comment"]);
    stranger.owner = world.stranger_org;
    create(&app, stranger).await;
    // Public and not installed anywhere.
    create(&app, listening(&world, AppStatus::Unpublished, deaf.url(), &["issue"])).await;
    let issue = issue(&app, &world).await;
    let running = start(&app);
    happen(&app, issue, world.owner).await;
    comments_only.wait_for(1).await;
    running.stop().await;
    assert_eq!(comments_only.received().len(), 1);
    assert!(elsewhere.received().is_empty() && deaf.received().is_empty());
});

api_test!(installing_tells_the_app_its_code_and_uninstalling_tells_it_without, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let spec = AppSpec {
        verify_install: true,
        ..listening(&world, AppStatus::Published, receiver.url(), &["issue"])
    };
    let created = create(&app, spec).await;
    let running = start(&app);
    let (ctx, org, actor, it) = (app.ctx.clone(), world.stranger_org, world.stranger, created.app.clone());
    let installed = app.ctx.store.write(move |tx| {
        Box::pin(async move { apps::install::install(tx, &ctx, &it, org, Some(actor), ctx.now()).await })
    });
    let installation = installed.await.unwrap();
    let told = receiver.wait_for(1).await[0].json();
    let seen = &told["data"]["installation"];
    assert_eq!(told["action"], "created");
    assert_eq!(seen["status"], "pending");
    assert_eq!(seen["code"].as_str().unwrap().len(), 64);
    assert_eq!(seen["organization"], json!({ "slug": "globex", "id": world.stranger_org.get() }));
    assert_eq!(seen["app"]["sentryAppId"], created.app.id.get());

    let (id, now) = (installation.id, app.ctx.now());
    let removed = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            sentry_app::end_installation(tx, &installation, now).await?;
            events::installation_deleted(tx, org, id, Some(actor), now).await
        })
    });
    removed.await.unwrap();
    let told = receiver.wait_for(2).await[1].json();
    assert_eq!(told["action"], "deleted");
    assert_eq!(told["data"]["installation"].get("code"), None::<&Value>);
    running.stop().await;
});

api_test!(what_is_about_a_removed_issue_is_skipped, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    create(&app, listening(&world, AppStatus::Internal, receiver.url(), &["issue"])).await;
    let gone = IssueRef { org: world.org, project: world.project, issue: IssueId::new(4_711) };
    let now = app.ctx.now();
    let happened =
        app.ctx.store.write(move |tx| Box::pin(async move { events::issue_created(tx, gone, now).await }));
    happened.await.unwrap();
    let running = start(&app);
    log_when(&app, &world, |log| log[0].state == DeliveryState::Skipped).await;
    running.stop().await;
    assert!(receiver.received().is_empty());
});
