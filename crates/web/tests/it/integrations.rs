//! Journeys through providers with their installations, and asking the owners for something.

use mortise_store::Query;
use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::{site::Visitor, site_test};

const LIST: &str = "/settings/acme/integrations/";

pub(crate) async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

/// Publishes an app of the owner's organization that is this popular.
pub(crate) async fn publish(app: &TestApp, world: &World, name: &str, popularity: i64) {
    let body = json!({
        "organization": "acme", "name": name, "author": "Acme Labs", "isInternal": false, "isAlertable": false, "verifyInstall": false,
        "scopes": [], "events": [], "webhookUrl": "https://hooks.acme.test/", "overview": "Wakes **people**.",
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let sql = "UPDATE sentry_app SET status = 1, popularity = $2 WHERE name = $1";
    change(app, Query::new(sql).bind(name).bind(popularity)).await;
}

site_test!(a_provider_says_what_it_does_and_what_this_server_cannot_do_yet, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&format!("{LIST}vsts/")).await.expect(200).says("<h1>Azure DevOps</h1>");
    let page =
        page.says("Not available on this server yet.").says("<span class=\"chip\">Issue tracking</span>");
    page.says("Report a problem").says_not("Ask the owners").says_not("Switched off here");
    let switches = [("integrations-issue-sync".to_owned(), false)];
    mortise_service::features::switch_features(&app.ctx, "acme", &switches).await.expect("a switch");
    let page = owner.get(&format!("{LIST}vsts/")).await.expect(200);
    assert_eq!(page.text.matches("Switched off here").count(), 2, "both texts about the feature");
    for unknown in ["nothing", "vsts-extension", "Slack"] {
        owner.get(&format!("{LIST}{unknown}/")).await.expect(404);
    }
});

site_test!(an_installation_is_removed_by_those_who_may_and_by_nobody_else, |app, world| async {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "slack", "name": "talk" })).await;
    let theirs = json!({ "provider": "slack", "external_id": "other", "name": "theirs" });
    let theirs = World::integrate(&app.ctx, world.stranger_org, &theirs).await;
    let remove = format!("{LIST}slack/{id}/remove/");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member
        .get(&format!("{LIST}slack/"))
        .await
        .expect(200)
        .says("talk")
        .says_not("Uninstall")
        .says_not("theirs");
    member.post(&remove, &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get("/settings/globex/integrations/").await.expect(200);
    stranger.post(&remove, &[]).await.expect(404);
    stranger.post(&format!("/settings/globex/integrations/slack/{id}/remove/"), &[]).await.expect(404);
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(&format!("{LIST}slack/")).await.expect(200).says("Uninstall talk?");
    owner.post_with_token(&remove, &[], "wrong").await.expect(403);
    owner.post(&format!("{LIST}slack/{theirs}/remove/"), &[]).await.expect(404);
    owner.post(&format!("{LIST}jira/{id}/remove/"), &[]).await.expect(404);
    owner.get(&format!("{LIST}slack/")).await.expect(200);
    owner.submit(&remove, &[]).await.expect(200).says("talk is being removed.").says("Being removed");
});

site_test!(a_member_asks_the_owners_for_an_app_with_a_message, |app, world| async {
    publish(&app, &world, "Zeppelin", 1).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let page = "/settings/acme/sentry-apps/zeppelin/";
    let request = format!("{page}request/");
    member.get(page).await.expect(200).says("Ask the owners for Zeppelin");
    let asked = member.submit(&request, &[("message", " We *talk* there ")]).await;
    asked.expect(200).says("The owners are asked by mail.").says("<h1>Zeppelin</h1>");
    let sql = "SELECT payload FROM event WHERE kind = 'integration.requested' ORDER BY id";
    let rows: Vec<String> = app.ctx.store.read().await.unwrap().all(Query::new(sql)).await.unwrap();
    assert!(rows.len() == 1 && rows[0].contains("\"We *talk* there\""), "{rows:?}");
    assert!(rows[0].contains("\"sentry_app\"") && rows[0].contains("\"Zeppelin\""), "{rows:?}");
    member.post_with_token(&request, &[], "wrong").await.expect(403);
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(page).await.expect(200).says_not("Ask the owners");
    owner.submit(&request, &[]).await.expect(200).says("You may install it yourself.");
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get("/settings/globex/integrations/").await.expect(200);
    stranger.post(&request, &[]).await.expect(404);
});

site_test!(nobody_is_asked_for_a_provider_that_this_server_cannot_connect_to, |app, world| async {
    World::integrate(&app.ctx, world.org, &json!({ "provider": "slack", "name": "talk" })).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    for provider in ["vsts", "slack"] {
        let page = member.get(&format!("{LIST}{provider}/")).await.expect(200);
        page.says("Not available on this server yet.")
            .says("What it needs")
            .says_not("Ask the owners")
            .says_not("Your role does not");
    }
    // Clients may still pass a request on.
    let asked = json!({ "providerType": "first_party", "providerSlug": "slack", "message": "" });
    let path = "/api/0/organizations/acme/integration-requests/";
    app.post(path).bearer(&world.member_token).json(&asked).send().await.expect(201);
});

site_test!(a_setting_that_cannot_be_changed_here_says_so_and_offers_nothing, |app, world| async {
    let new = json!({ "provider": "vsts", "external_id": "1", "name": "board" });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&format!("{LIST}vsts/{id}/")).await.expect(200);
    let mapping = page.between("<legend>Sync Sentry Status to Azure DevOps</legend>", "</fieldset>");
    assert!(mapping.contains("<strong>It can&#39;t be changed on this server.</strong>"), "{mapping}");
    assert!(!mapping.contains("<table"), "{mapping}");
    page.says("Sync Sentry Comments to Azure DevOps").says("Save changes");
});

site_test!(an_installation_tells_what_is_known_of_it_and_that_nothing_is_to_configure, |app, world| async {
    let new = json!({
        "provider": "github", "external_id": "77", "name": "northwind", "config": { "a": 1 },
        "metadata": { "domain_name": "github.com/northwind", "scopes": ["repo", "user"], "access_token": "s3cret" },
    });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    let path = format!("{LIST}github/{id}/");
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&path).await.expect(200).says("<h1>northwind</h1>").says("github.com/northwind");
    let page = page.says("repo, user").says("<dd class=\"wrap-any\">77</dd>").says_not("s3cret");
    page.says("GitHub has nothing to configure on this server.");
    owner.submit(&path, &[("field.a", "2")]).await.expect(200).says("Nothing was changed.");
    owner.get(&format!("{LIST}slack/{id}/")).await.expect(404);
    owner.get(&format!("{LIST}github/x/")).await.expect(404);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(&path).await.expect(200);
    member.post(&path, &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&path).await.expect(404);
    stranger.get(&format!("/settings/globex/integrations/github/{id}/")).await.expect(404);
    stranger.get("/settings/globex/integrations/").await.expect(200);
    stranger.post(&format!("/settings/globex/integrations/github/{id}/"), &[]).await.expect(404);
});
