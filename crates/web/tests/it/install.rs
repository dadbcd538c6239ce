//! Journeys of those who install apps: the directory, what an app may do, installing, leaving for the app, uninstalling.

use mortise_domain::OrgRole;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{site::Visitor, site_test};

const APPS: &str = "/settings/acme/sentry-apps/";
const LIST: &str = "/settings/acme/integrations/";

/// A public app of the owner's organization; `more` is added to its body.
async fn make(app: &TestApp, world: &World, name: &str, more: Value) {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme Labs", "isInternal": false, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read", "event:write", "org:read"], "events": ["issue.ignored", "error.created"],
        "webhookUrl": "https://hooks.acme.test/", "overview": "Wakes **people**.",
    });
    let both = body.as_object_mut().expect("an object");
    both.extend(more.as_object().expect("an object").clone());
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
}

async fn installed(app: &TestApp, world: &World) -> Value {
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

site_test!(what_an_app_may_do_is_told_before_it_is_installed, |app, world| async {
    make(&app, &world, "Pager", json!({})).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(APPS).await.expect(303).leads_to(LIST);
    let entry =
        |page: &crate::site::Answer| page.between("<a href=\"/settings/acme/sentry-apps/pager/\">", "</li>");
    let shown = entry(&owner.get(LIST).await.expect(200));
    assert!(shown.contains("Made here") && !shown.contains("badge"), "{shown}");
    let page = owner.get(&format!("{APPS}pager/")).await.expect(200);
    let page = page
        .says("Wakes <strong>people</strong>.")
        .says("by Acme Labs")
        .says("issue archived")
        .says("every error event");
    let page = page
        .says("<strong>Issue and event</strong>")
        .says("Read and write")
        .says("<strong>Organization</strong>");
    page.says_not("<strong>Project</strong>")
        .says("It may do the above from then on.")
        .says("Allow and install");
    owner
        .submit(&format!("{APPS}pager/install/"), &[])
        .await
        .expect(200)
        .says("Pager is installed.")
        .says("Uninstall…");
    assert_eq!(installed(&app, &world).await[0]["status"], "installed");
    let shown = entry(&owner.get(LIST).await.expect(200));
    assert!(shown.contains("<span class=\"badge good\">Installed</span>"), "{shown}");
    let again = owner.submit(&format!("{APPS}pager/install/"), &[]).await.expect(200);
    again.says("Pager is installed here already.");
    let gone = owner.submit(&format!("{APPS}pager/uninstall/"), &[]).await.expect(200);
    assert!(!entry(&gone.says("Pager is uninstalled.")).contains("badge"));
    assert_eq!(installed(&app, &world).await, json!([]));
    owner.post(&format!("{APPS}pager/uninstall/"), &[]).await.expect(404);
});

site_test!(installing_leads_to_the_redirect_url_of_the_app_with_what_it_needs, |app, world| async {
    let url = "https://setup.acme.test:8443/go?orgSlug=evil&plan=big%20one#part";
    make(&app, &world, "Pager", json!({ "redirectUrl": url, "verifyInstall": true })).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = owner.get(&format!("{APPS}pager/")).await.expect(200).says("setup.acme.test:8443");
    assert!(page.header("content-security-policy").contains("form-action 'self' http: https:;"));
    let led = owner.post(&format!("{APPS}pager/install/"), &[]).await.expect(303);
    let it = &installed(&app, &world).await[0];
    let (code, uuid) = (it["code"].as_str().unwrap(), it["uuid"].as_str().unwrap());
    led.leads_to(&format!(
        "https://setup.acme.test:8443/go?code={code}&installationId={uuid}&orgSlug=acme&plan=big%20one"
    ));
    owner
        .get(&format!("{APPS}pager/"))
        .await
        .expect(200)
        .says("Waits for the app")
        .says("confirms installations");
    let again = owner.post(&format!("{APPS}pager/install/"), &[]).await.expect(303);
    again.leads_to(&format!("{APPS}pager/"));
});

site_test!(
    a_link_of_the_makers_lets_people_choose_the_organization_and_hands_its_state_back,
    |app, world| async {
        make(&app, &world, "Pager", json!({ "redirectUrl": "https://setup.acme.test/" })).await;
        let mut visitor = Visitor::new(&app.ctx);
        let link = "/sentry-apps/pager/external-install/?state=a%26b%20c";
        let led = visitor.get(link).await.expect(303);
        led.leads_to(
            "/auth/login/?next=%2Fsentry-apps%2Fpager%2Fexternal-install%2F%3Fstate%3Da%2526b%2520c",
        );
        let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
        let page = owner.get(link).await.expect(200).says("Install Pager").says("<option value=\"acme\"");
        page.says("name=\"state\" value=\"a&#38;b c\"");
        let target = "/sentry-apps/pager/external-install/";
        let page = owner.post(target, &[("org", "globex"), ("state", "s")]).await.expect(403);
        page.says("It can&#39;t be installed in this organization.");
        let led = owner.post(target, &[("org", "acme"), ("state", "a&b c")]).await.expect(303);
        assert!(led.location().starts_with("https://setup.acme.test/?code="), "{}", led.location());
        assert!(led.location().ends_with("&orgSlug=acme&state=a%26b%20c"), "{}", led.location());
        let long = "x".repeat(5000);
        owner.get(&format!("{target}?state={long}")).await.expect(400).says("too long");
        let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
        stranger.get(link).await.expect(404);
        stranger.post(target, &[("org", "acme"), ("state", "s")]).await.expect(404);
    }
);

site_test!(members_look_at_apps_but_only_managers_install_them, |app, world| async {
    make(&app, &world, "Pager", json!({})).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let page = member.get(&format!("{APPS}pager/")).await.expect(200);
    page.says("Your role does not allow installing it.")
        .says("Ask the owners for Pager")
        .says_not("Allow and install");
    member.post(&format!("{APPS}pager/install/"), &[]).await.expect(403);
    let target = "/sentry-apps/pager/external-install/";
    let page = member.post(target, &[("org", "acme")]).await.expect(403);
    page.says("Your role there does not allow installing apps.");
    let (manager, _) = World::user(&app.ctx, "manager", world.org, OrgRole::Manager).await;
    let mut manager = Visitor::signed_in(&app.ctx, manager).await;
    manager.get(&format!("{APPS}pager/")).await.expect(200);
    manager.post_with_token(&format!("{APPS}pager/install/"), &[], "wrong").await.expect(403);
    manager.submit(&format!("{APPS}pager/install/"), &[]).await.expect(200).says("Pager is installed.");
    member.get(&format!("{APPS}pager/")).await.expect(200).says_not("Uninstall");
    member.post(&format!("{APPS}pager/uninstall/"), &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&format!("{APPS}pager/")).await.expect(404);
    stranger.post(&format!("{APPS}pager/uninstall/"), &[]).await.expect(404);
});

site_test!(an_app_that_is_not_published_is_unknown_to_other_organizations, |app, world| async {
    make(&app, &world, "Pager", json!({})).await;
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    let apps = "/settings/globex/sentry-apps/";
    stranger.get("/settings/globex/integrations/?search=pager").await.expect(200).says_not(">Pager<");
    stranger.get(&format!("{apps}pager/")).await.expect(404);
    stranger.post(&format!("{apps}pager/install/"), &[]).await.expect(404);
    stranger.get("/settings/globex/developer-settings/pager/").await.expect(404);
});

site_test!(looking_at_an_app_is_counted, |app, world| async {
    make(&app, &world, "Pager", json!({})).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(&format!("{APPS}pager/")).await.expect(200);
    owner.get("/sentry-apps/pager/external-install/").await.expect(200);
    let path = "/api/0/sentry-apps/pager/interaction/";
    let counted = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let views: i64 =
        counted["views"].as_array().unwrap().iter().map(|point| point[1].as_i64().unwrap()).sum();
    assert_eq!(views, 2);
});
