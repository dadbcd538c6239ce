//! Mails, from what happened to what a mail server takes.

use mortise_domain::{
    OrgRole, RepositoryId,
    status::{AppStatus, DeliveryState},
};
use mortise_egress::Mailer;
use mortise_service::{
    Error,
    apps::{AppSpec, create::create},
    delivery::{self, MailRoute, Mails, Registry, Running},
    events::{self, ProviderFacts},
};
use mortise_testkit::{MailServer, TestApp, World, api_test};
use tokio_util::sync::CancellationToken;

use super::support::{log_when, options};

pub(super) fn start(app: &TestApp, server: &MailServer) -> Running {
    let route = MailRoute { mailer: server.mailer(), partners_to: Some("partners@m.test".to_owned()) };
    let registry = Registry::new().with(Mails(route));
    delivery::start(app.ctx.clone(), registry, options(), CancellationToken::new())
}

/// The member asks for an installation.
async fn ask(app: &TestApp, world: &World) {
    let (org, actor, now) = (world.org, world.member, app.ctx.now());
    let provider = ProviderFacts {
        kind: "first_party".to_owned(),
        slug: "vsts".to_owned(),
        name: "Azure DevOps".to_owned(),
    };
    let asked = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let text = "please, é <b>".to_owned();
            events::integration_requested(tx, org, provider, Some(actor), text, now).await?;
            Ok::<_, Error>(())
        })
    });
    asked.await.unwrap();
}

api_test!(every_owner_gets_a_mail_and_answers_whoever_asked, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "second", world.org, OrgRole::Owner).await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    ask(&app, &world).await;
    log_when(&app, &world, |log| log.len() == 2 && log.iter().all(|it| it.state == DeliveryState::Delivered))
        .await;
    running.stop().await;
    let taken = server.taken();
    let readers: Vec<_> = taken.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(readers, ["<owner@acme.test>", "<second@acme.test>"]);
    let letter = &server.letters()[0];
    for line in [
        "From: Mortise <mortise@m.test>",
        "Reply-To: member@acme.test",
        "Subject: Your team member requested the Azure DevOps integration on Sentry",
    ] {
        assert!(letter.headers.contains(line), "{line}\n{}", letter.headers);
    }
    assert!(letter.headers.contains("Message-ID: <"), "{}", letter.headers);
    let url = "http://m.test:8000/settings/acme/integrations/vsts/?referrer=request_email";
    assert_eq!(
        letter.text,
        format!(
            "member is requesting to install the Azure DevOps integration into Acme. They've included this message \
             `please, \u{e9} <b>`\n\nCheck it out: {url}\n"
        )
    );
    assert!(letter.html.contains(&format!("<a href=\"{url}\"")), "{}", letter.html);
    assert!(letter.html.contains("please, \u{e9} &lt;b&gt;</code>"), "{}", letter.html);
});

api_test!(who_deleted_a_repository_learns_what_was_left_on_the_other_side, |app| async move {
    let world = app.world().await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let (org, actor, now) = (world.org, world.member, app.ctx.now());
    let told = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let text = "Ask <your> admin".to_owned();
            events::repository_hook_left(tx, org, RepositoryId::new(7), actor, text, now).await?;
            Ok::<_, Error>(())
        })
    });
    told.await.unwrap();
    log_when(&app, &world, |log| log.len() == 1 && log.iter().all(|it| it.state == DeliveryState::Delivered))
        .await;
    running.stop().await;
    assert_eq!(server.taken()[0].0, "<member@acme.test>");
    let letter = &server.letters()[0];
    assert!(letter.headers.contains("Subject: Unable to Delete Repository Webhooks"), "{}", letter.headers);
    assert!(letter.text.contains("`Ask <your> admin`"), "{}", letter.text);
    assert!(letter.html.contains("Ask &lt;your&gt; admin"), "{}", letter.html);
});

/// An internal app of the organization is switched off; its slug.
async fn switch_off(app: &TestApp, world: &World) -> String {
    let (ctx, org, now) = (app.ctx.clone(), world.org, app.ctx.now());
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let spec = AppSpec {
                webhook_url: Some("https://w.test/hook".to_owned()),
                ..AppSpec::new(org, "night watch", AppStatus::Internal)
            };
            let made = create(tx, &ctx, &spec, now).await?.app;
            events::app_disabled(tx, org, made.id, now).await?;
            Ok::<_, Error>(made.slug)
        })
    });
    made.await.unwrap()
}

api_test!(every_owner_learns_that_an_app_was_switched_off, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "second", world.org, OrgRole::Owner).await;
    World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let slug = switch_off(&app, &world).await;
    log_when(&app, &world, |log| log.len() == 2 && log.iter().all(|it| it.state == DeliveryState::Delivered))
        .await;
    running.stop().await;
    let taken = server.taken();
    let readers: Vec<_> = taken.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(readers, ["<owner@acme.test>", "<second@acme.test>"]);
    let letter = &server.letters()[0];
    let subject = "Subject: Action required: Fix your Night Watch integration";
    assert!(letter.headers.contains(subject), "{}", letter.headers);
    let page = format!("http://m.test:8000/settings/acme/developer-settings/{slug}");
    for line in [
        "https://w.test/hook".to_owned(),
        format!("{page}/?referrer=disabled-sentry-app"),
        format!("{page}/dashboard/?referrer=disabled-sentry-app"),
    ] {
        assert!(letter.text.contains(&line), "{line}\n{}", letter.text);
        assert!(letter.html.contains(&line), "{line}\n{}", letter.html);
    }
});

api_test!(every_owner_learns_that_an_integration_was_switched_off, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "second", world.org, OrgRole::Owner).await;
    World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let (org, now) = (world.org, app.ctx.now());
    let id = World::integrate(&app.ctx, org, &serde_json::json!({ "provider": "vsts" })).await;
    let provider = ProviderFacts {
        kind: "first_party".to_owned(),
        slug: "vsts".to_owned(),
        name: "Azure DevOps".to_owned(),
    };
    let told = app.ctx.store.write(move |tx| {
        Box::pin(async move { events::integration_disabled(tx, org, id, provider, now).await })
    });
    told.await.unwrap();
    log_when(&app, &world, |log| log.len() == 2 && log.iter().all(|it| it.state == DeliveryState::Delivered))
        .await;
    running.stop().await;
    let taken = server.taken();
    let readers: Vec<_> = taken.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(readers, ["<owner@acme.test>", "<second@acme.test>"]);
    let letter = &server.letters()[0];
    let subject = "Subject: Action required: re-authenticate or fix your Azure DevOps integration";
    assert!(letter.headers.replace("\r\n ", " ").contains(subject), "{}", letter.headers);
    let url = "http://m.test:8000/settings/acme/integrations/vsts/?referrer=disabled-integration";
    assert!(letter.text.contains(url), "{}", letter.text);
    assert!(letter.html.contains(&format!("<a href=\"{url}\"")), "{}", letter.html);
});

api_test!(a_mail_that_is_refused_for_now_is_sent_again_and_one_for_good_is_not, |app| async move {
    let world = app.world().await;
    let server = MailServer::refusing("450 later").await;
    let running = start(&app, &server);
    ask(&app, &world).await;
    let later = log_when(&app, &world, |log| log[0].delivery.attempts == 1).await;
    running.stop().await;
    assert_eq!(
        (later[0].state, later[0].last_attempt.as_ref().unwrap().response_code),
        (DeliveryState::Pending, Some(450))
    );
    let server = MailServer::refusing("550 unknown").await;
    app.clock.advance(10);
    let running = start(&app, &server);
    let failed = log_when(&app, &world, |log| log[0].state == DeliveryState::Failed).await;
    running.stop().await;
    assert_eq!(failed[0].last_attempt.as_ref().unwrap().response_code, Some(550));
    assert!(server.taken().is_empty());
});

api_test!(those_who_publish_are_told_of_an_app_and_answer_whoever_asked, |app| async move {
    let world = app.world().await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let (ctx, org, owner) = (app.ctx.clone(), world.org, world.owner);
    let asked = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let spec = AppSpec::new(org, "Board", AppStatus::Unpublished);
            let made = create(tx, &ctx, &spec, ctx.now()).await?;
            let text = "\n\n>Why?\nFun".to_owned();
            events::app_publication_requested(tx, org, made.app.id, Some(owner), text, ctx.now()).await?;
            Ok::<_, Error>(())
        })
    });
    asked.await.unwrap();
    log_when(&app, &world, |log| log.len() == 1 && log[0].state == DeliveryState::Delivered).await;
    running.stop().await;
    let taken = server.taken();
    assert_eq!((taken.len(), taken[0].0.as_str()), (1, "<partners@m.test>"));
    for line in [
        "From: Mortise <mortise@m.test>",
        "Reply-To: owner@acme.test",
        "Subject: Sentry Integration Publication Request from acme",
    ] {
        assert!(taken[0].1.contains(line), "{line}\n{}", taken[0].1);
    }
    let letter = &server.letters()[0];
    assert_eq!(
        letter.text,
        "User owner@acme.test of organization acme wants to publish board\n\n\n>Why?\nFun\n"
    );
    assert!(letter.html.contains("publish board\n\n\n&gt;Why?\nFun</p>"), "{}", letter.html);
});

#[test]
fn what_is_no_mail_server_is_refused_at_once() {
    for (url, from) in [("http://m.test", "a@b.test"), ("smtp://m.test", "nobody"), ("nonsense", "a@b.test")]
    {
        Mailer::new(url, from).unwrap_err();
    }
    Mailer::new("smtps://user:secret@m.test", "Mortise <a@b.test>").unwrap();
    Mailer::new("smtp://m.test:587?tls=required", "a@b.test").unwrap();
}
