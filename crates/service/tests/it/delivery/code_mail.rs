//! Mails about commits and files of owners that could not be fetched.

use mortise_domain::{CodeOwnersId, OrgRole, UserId, status::DeliveryState};
use mortise_service::{
    Error,
    events::{self, ReleaseFacts},
};
use mortise_testkit::{MailServer, TestApp, World, api_test};

use super::{mail::start, support::log_when};

async fn not_fetched(app: &TestApp, world: &World, by: Option<UserId>) {
    let (org, now) = (world.org, app.ctx.now());
    let told = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let release = ReleaseFacts { version: "1.0".to_owned(), repository: "a/b".to_owned() };
            events::commits_not_fetched(tx, org, release, by, "Ask <your> admin".to_owned(), now).await?;
            Ok::<_, Error>(())
        })
    });
    told.await.unwrap();
}

/// Waits until so many mails were delivered.
async fn delivered(app: &TestApp, world: &World, count: usize) {
    let is_sent = |state: DeliveryState| state == DeliveryState::Delivered;
    log_when(app, world, |log| log.len() == count && log.iter().all(|it| is_sent(it.state))).await;
}

api_test!(who_released_hears_that_commits_are_missing_else_the_owners_do, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "second", world.org, OrgRole::Owner).await;
    for (by, expected, count) in [
        (Some(world.member), vec!["<member@acme.test>"], 1),
        (None, vec!["<owner@acme.test>", "<second@acme.test>"], 3),
    ] {
        let server = MailServer::start().await;
        let running = start(&app, &server);
        not_fetched(&app, &world, by).await;
        delivered(&app, &world, count).await;
        running.stop().await;
        let taken = server.taken();
        assert_eq!(taken.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), expected);
        let letter = &server.letters()[0];
        assert!(letter.headers.contains("Subject: Unable to Fetch Commits"), "{}", letter.headers);
        let text = "The commits of the release 1.0 could not be fetched from the repository a/b: `Ask <your> admin`\n";
        assert_eq!(letter.text, text);
        assert!(letter.html.contains("Ask &lt;your&gt; admin"), "{}", letter.html);
    }
});

api_test!(every_owner_hears_that_a_file_of_owners_stays_as_it_is, |app| async move {
    let world = app.world().await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let (org, project, now) = (world.org, world.project, app.ctx.now());
    let told = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            let (id, text) = (CodeOwnersId::new(7), "Not today".to_owned());
            events::code_owners_not_fetched(tx, org, project, id, text, now).await?;
            Ok::<_, Error>(())
        })
    });
    told.await.unwrap();
    delivered(&app, &world, 1).await;
    running.stop().await;
    assert_eq!(server.taken().iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["<owner@acme.test>"]);
    let letter = &server.letters()[0];
    assert!(letter.headers.contains("Subject: Unable to Auto-Sync CODEOWNERS file"), "{}", letter.headers);
    assert!(
        letter.text.contains("of the project web, but the file could not be fetched: `Not today`"),
        "{}",
        letter.text
    );
    assert!(
        letter.text.contains("http://m.test:8000/settings/acme/projects/web/ownership/"),
        "{}",
        letter.text
    );
});
