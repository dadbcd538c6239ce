//! Journeys through what people set up: projects, keys, members, teams, organizations, tokens, and the logs.

use mortise_testkit::World;
use serde_json::json;

use crate::{
    site::{PASSWORD, Visitor, send_event},
    site_test,
};

site_test!(a_new_project_leads_to_its_guide_which_waits_for_the_first_event, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/organizations/acme/projects/new/").await.expect(200).says("#core").says("Django");
    let new = "/organizations/acme/projects/new/";
    let fields = [("platform", "node"), ("name", "Shop Front"), ("slug", ""), ("team", "core")];
    let guide = owner.submit(new, &fields).await.expect(200);
    guide.says("Send the first event of Shop Front").says("Waiting for the first event").says("@sentry/node");
    let wrong = [("platform", "node"), ("name", ""), ("slug", "Not A Slug"), ("team", "core")];
    owner.post(new, &wrong).await.expect(400).says("Enter a valid slug").says("Not A Slug");
    send_event(&app, &world, &json!({"message": "first light"})).await;
    let guide = owner.get("/organizations/acme/projects/web/getting-started/").await.expect(200);
    guide.says("It arrived").says("first light").says("data-done");
    owner.get("/organizations/acme/projects/").await.expect(200).says("No event yet").says("shop-front");
});

site_test!(project_settings_are_saved_and_a_renamed_project_is_found_by_its_old_name, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/acme/projects/web/";
    owner.get(page).await.expect(200).says("value=\"web\"");
    let fields = [
        ("name", "Web Shop"),
        ("slug", "shop"),
        ("platform", "python-django"),
        ("resolveAge", "48"),
        ("subjectPrefix", "[shop]"),
        ("scrubIPAddresses", "off"),
        ("scrubIPAddresses", "on"),
    ];
    let saved = owner.submit(page, &fields).await.expect(200);
    let saved = saved.says("The settings are saved.").says("Web Shop").says("value=\"48\"").says("[shop]");
    saved.says("name=\"scrubIPAddresses\" value=\"on\" checked");
    owner.get(page).await.expect(303).leads_to("/settings/acme/projects/shop/");
    let wrong = [("name", "Web Shop"), ("slug", "shop"), ("resolveAge", "many")];
    owner
        .post("/settings/acme/projects/shop/", &wrong)
        .await
        .expect(400)
        .says("A valid integer is required.");
    let not_confirmed = owner.submit("/settings/acme/projects/shop/delete/", &[("confirm", "web")]).await;
    not_confirmed.says("Nothing was deleted");
    owner
        .submit("/settings/acme/projects/shop/delete/", &[("confirm", "shop")])
        .await
        .says("Web Shop is deleted.");
    owner.get("/settings/acme/projects/shop/").await.expect(404);
});

site_test!(keys_are_created_limited_disabled_and_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/acme/projects/web/keys/";
    owner.get(page).await.expect(200).says(&world.key);
    owner.submit(page, &[("name", "Mobile <app>")]).await.expect(200).says("Mobile &#60;app&#62;");
    let key = format!("{page}{}/", world.key);
    let limited = [("action", "save"), ("name", "Main"), ("count", "100"), ("window", "60")];
    owner.submit(&key, &limited).await.expect(200).says("100 events in 60 s").says("Main");
    let half = [("action", "save"), ("name", "Main"), ("count", "100"), ("window", "")];
    owner.post(&key, &half).await.expect(400).says("Say in how long, or clear both.");
    owner.submit(&key, &[("action", "disable")]).await.says("Disabled");
    owner.submit(&format!("{key}delete/"), &[]).await.says("The key is deleted.").says_not(&world.key);
});

site_test!(environments_are_hidden_and_shown, |app, world| async {
    send_event(&app, &world, &json!({"message": "hello", "environment": "staging"})).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/acme/projects/web/environments/";
    owner.get(page).await.expect(200).says("staging").says("Shown</span>");
    owner.submit(page, &[("name", "staging"), ("hidden", "true")]).await.says("staging is hidden.");
    owner.get("/organizations/acme/issues/").await.expect(200).says_not("<option value=\"staging\"");
    owner.submit(page, &[("name", "staging"), ("hidden", "false")]).await.says("staging is shown.");
});

site_test!(an_invitation_shows_its_link_once_and_makes_an_account, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/settings/acme/members/").await.expect(200).says("member@acme.test");
    let fields = [("email", "new@acme.test"), ("role", "member"), ("teams", "core")];
    let page = owner.post("/settings/acme/members/invite/", &fields).await.expect(200);
    let link = page.between("<code>http://m.test:8000", "</code>");
    owner.get("/settings/acme/members/").await.says("new@acme.test").says("Invited").says_not(&link);
    owner.post("/settings/acme/members/invite/", &fields).await.expect(400).says("field-error");
    let mut guest = Visitor::new(&app.ctx);
    guest.get(&link).await.expect(200).says("Join Acme").says("owner invited you as member");
    guest
        .post(&link, &[("name", "New"), ("password", "short")])
        .await
        .expect(400)
        .says("at least 8 characters");
    let led = guest.post(&link, &[("name", "New Person"), ("password", PASSWORD)]).await.expect(303);
    led.leads_to("/organizations/acme/");
    guest
        .get("/settings/acme/members/")
        .await
        .expect(200)
        .says("New Person")
        .says_not("settings/acme/members/invite/");
    Visitor::new(&app.ctx).get(&link).await.expect(404);
});

site_test!(an_invited_person_with_an_account_joins_with_it, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/settings/acme/members/").await.expect(200);
    let fields = [("email", "stranger@acme.test"), ("role", "manager")];
    let page = owner.post("/settings/acme/members/invite/", &fields).await.expect(200);
    let link = page.between("<code>http://m.test:8000", "</code>");
    let led = Visitor::new(&app.ctx).get(&link).await.expect(303);
    assert!(led.location().starts_with("/auth/login/?next=%2Faccept%2F"), "{}", led.location());
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(&link).await.expect(200).says("Accept the invitation");
    stranger.submit(&link, &[]).await.expect(303);
    stranger.get("/organizations/acme/issues/").await.expect(200).says("Welcome to Acme.");
});

site_test!(roles_are_changed_and_members_removed_but_not_the_last_owner, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/acme/members/";
    owner.get(page).await.expect(200);
    let member = format!("{page}{}/", world.member_id);
    owner.submit(&format!("{member}role/"), &[("role", "manager")]).await.says("member is now Manager.");
    owner.submit(&format!("{member}remove/"), &[]).await.says("They have no access any more.");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(page).await.expect(404);
    let own = owner.get(page).await.between("href=\"#remove-", "\"");
    owner
        .submit(&format!("{page}{own}/remove/"), &[])
        .await
        .says("You cannot remove the only remaining owner");
});

site_test!(a_member_does_not_see_what_is_for_owners, |app, world| async {
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get("/settings/acme/audit-log/").await.expect(403).says("You can&#39;t open this page");
    let members = member.get("/settings/acme/members/").await.expect(200);
    members.says_not("members/invite/").says_not("audit-log").says_not(">Remove…");
    member.get("/settings/acme/").await.expect(200).says("can look at these settings but not change them");
    member.post("/settings/acme/", &[("name", "Mine")]).await.expect(403);
    member.post("/settings/acme/delete/", &[("confirm", "acme")]).await.expect(403);
    member.post("/settings/acme/projects/web/delete/", &[("confirm", "web")]).await.expect(403);
});

site_test!(teams_are_created_joined_left_and_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/acme/teams/";
    owner.get(page).await.expect(200).says("#core").says("<span class=\"chip\">web</span>");
    owner.submit(page, &[("slug", "mobile")]).await.says("The team #mobile is ready.").says("yours");
    owner.post(page, &[("slug", "No Good")]).await.expect(400).says("field-error");
    owner.submit(&format!("{page}mobile/membership/"), &[("on", "false")]).await.says("You left #mobile.");
    owner
        .submit(&format!("{page}mobile/membership/"), &[("on", "true")])
        .await
        .says("You are in #mobile now.");
    owner.submit(&format!("{page}mobile/delete/"), &[]).await.says("The team #mobile is deleted.");
});

site_test!(a_dangerous_change_asks_for_the_password_after_a_while_and_leads_back, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    app.clock.advance(2 * 3600);
    owner.get("/settings/acme/teams/").await.expect(200);
    owner.referer("http://m.test:8000/settings/acme/teams/");
    let led = owner.post("/settings/acme/teams/core/delete/", &[]).await.expect(303);
    led.leads_to("/auth/sudo/?next=%2Fsettings%2Facme%2Fteams%2F");
    owner.get("/settings/acme/teams/").await.says("#core");
    let confirmed =
        owner.post("/auth/sudo/", &[("password", PASSWORD), ("next", "/settings/acme/teams/")]).await;
    confirmed.expect(303).leads_to("/settings/acme/teams/");
    owner.submit("/settings/acme/teams/core/delete/", &[]).await.says("The team #core is deleted.");
});

site_test!(an_organization_is_created_and_its_settings_are_saved, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/new-organization/").await.expect(200);
    let made =
        owner.submit("/new-organization/", &[("name", "Initech"), ("slug", "initech")]).await.expect(200);
    made.says("New project").says("Initech").says("#initech");
    owner
        .post("/new-organization/", &[("name", "Other"), ("slug", "acme")])
        .await
        .expect(400)
        .says("already exists");
    let page = "/settings/initech/";
    let fields =
        [("name", "Initech Ltd"), ("slug", "initech"), ("defaultRole", "manager"), ("openMembership", "off")];
    let saved =
        owner.submit(page, &fields).await.expect(200).says("The settings are saved.").says("Initech Ltd");
    saved.says("value=\"manager\" selected").says_not("name=\"openMembership\" value=\"on\" checked");
    let wrong = [("name", "Initech"), ("slug", "initech"), ("defaultRole", "nonsense")];
    let refused = owner.post(page, &wrong).await.expect(400).says("id=\"defaultRole-error\"");
    refused.says_not("id=\"slug-error\"");
    owner.submit("/settings/initech/delete/", &[("confirm", "wrong")]).await.says("Nothing was deleted");
    owner.post("/settings/initech/delete/", &[("confirm", "initech")]).await.expect(303).leads_to("/");
    owner.get("/organizations/initech/issues/").await.expect(404);
});

site_test!(a_token_is_shown_once_and_works_until_it_is_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = "/settings/account/api/auth-tokens/";
    owner.get(page).await.expect(200).says("API tokens");
    owner.get(&format!("{page}new/")).await.expect(200).says("What it may do");
    owner.post(page, &[("name", "Nothing")]).await.expect(400).says("Choose at least one thing");
    let made = owner
        .post(page, &[("name", "CI"), ("project", "project:read"), ("org", "org:read")])
        .await
        .expect(200);
    let secret = made.between("<code>sntryu_", "</code>");
    owner.get(page).await.expect(200).says("CI").says("project:read").says_not(&secret);
    let bearer = format!("sntryu_{secret}");
    app.get("/api/0/auth/validate/").bearer(&bearer).send().await.expect(200);
    let list = owner.get(page).await.text;
    let row = list.split("<strong>CI</strong>").nth(1).expect("a row");
    let id = row.split("#delete-").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    owner.submit(&format!("{page}{id}/delete/"), &[]).await.says("The token is deleted.");
    app.get("/api/0/auth/validate/").bearer(&bearer).send().await.expect(403);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(page).await.expect(200);
    member.post(&format!("{page}{id}/delete/"), &[]).await.expect(404);
});

site_test!(the_audit_log_tells_what_was_done_and_is_filtered, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/settings/acme/teams/").await.expect(200);
    owner.submit("/settings/acme/teams/", &[("slug", "mobile")]).await.expect(200);
    let page = "/settings/acme/audit-log/";
    owner.get(page).await.expect(200).says("team.create").says("owner");
    owner.get(&format!("{page}?event=member.invite")).await.expect(200).says("Nothing matches");
    owner.get(&format!("{page}?event=team.create&actor={}", world.owner)).await.expect(200).says("mobile");
    owner.get(&format!("{page}?actor=nonsense")).await.expect(200).says("team.create");
});

site_test!(the_switcher_holds_the_organizations_of_the_visitor_alone, |app, world| async {
    let (_, _) = World::user(&app.ctx, "second", world.stranger_org, mortise_domain::OrgRole::Member).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/organizations/acme/projects/").await.expect(200).says(">Acme<").says_not("Globex");
});
