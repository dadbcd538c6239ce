//! Lists of people, teams and projects that do not fit on a page.

use mortise_domain::OrgRole;
use mortise_store::{Query, StoreError};
use mortise_testkit::{TestApp, World};
use serde_json::json;

use crate::{
    site::{Visitor, send_event},
    site_test,
};

site_test!(everybody_of_a_large_organization_is_found, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let members = "/settings/acme/members/";
    owner.get(members).await.expect(200).says_not("Search members").says_not("class=\"pager\"");
    for number in 0..50 {
        World::user(&app.ctx, &format!("zoe{number:02}"), world.org, OrgRole::Member).await;
    }
    let first = owner.get(members).await.expect(200).says("Search members").says("zoe00");
    let next = first.says_not(">zoe49<").between("rel=\"next\" href=\"", "\"").replace("&#38;", "&");
    let last = owner.get(&next).await.expect(200).says("zoe49").says_not(">zoe00<");
    last.says("rel=\"prev\"").says_not("rel=\"next\"");
    let found = owner.get(&format!("{members}?search=zoe49")).await.expect(200).says("zoe49");
    found.says("value=\"zoe49\"").says_not(">zoe00<").says_not("class=\"pager\"");
    owner.get(&format!("{members}?search=nobody")).await.expect(200).says("Nobody matches");
    // The links of a page that answers a form lead to the list.
    let refused = owner.post("/settings/acme/members/invite/", &[("email", "no address")]).await.expect(400);
    refused.says("href=\"/settings/acme/members/?cursor=");
    let invited = [("email", "yan@acme.test"), ("role", "member")];
    owner
        .post("/settings/acme/members/invite/", &invited)
        .await
        .expect(200)
        .says("Invitation for yan@acme.test");
    let found = owner.get(&format!("{members}?search=yan")).await.expect(200).says("yan@acme.test");
    found.says("Withdraw").says_not("zoe").says_not("Nobody matches");
});

site_test!(teams_and_projects_of_a_large_organization_are_found, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    for number in 0..50 {
        let team = json!({ "slug": format!("z-team-{number:02}") });
        let made = app.post("/api/0/organizations/acme/teams/").bearer(&world.owner_token).json(&team);
        made.send().await.expect(201);
        let project = json!({ "name": format!("z-project-{number:02}") });
        let made = app.post("/api/0/teams/acme/core/projects/").bearer(&world.owner_token).json(&project);
        made.send().await.expect(201);
    }
    for (list, name, none) in [
        ("/settings/acme/teams/", "z-team", "No team matches"),
        ("/organizations/acme/projects/", "z-project", "No project matches"),
    ] {
        let first = owner.get(list).await.expect(200).says(&format!("{name}-00"));
        let first = first.says_not(&format!("{name}-49"));
        let next = first.between("rel=\"next\" href=\"", "\"").replace("&#38;", "&");
        owner.get(&next).await.expect(200).says(&format!("{name}-49")).says_not(&format!("{name}-00"));
        let found = owner.get(&format!("{list}?search={name}-49")).await.expect(200);
        found.says(&format!("{name}-49")).says_not(&format!("{name}-00"));
        for search in ["nothing", "id:x"] {
            owner.get(&format!("{list}?search={search}")).await.expect(200).says(none);
        }
    }
});

/// Changes the database behind the pages.
async fn execute(app: &TestApp, sql: &'static str) {
    let done = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(Query::new(sql)).await }));
    done.await.map_err(|error: StoreError| error.to_string()).expect("a change");
}

site_test!(fields_to_choose_from_say_that_there_are_more_than_are_listed, |app, world| async {
    send_event(&app, &world, &json!({ "message": "Boom" })).await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
    let names = format!("/settings/acme/integrations/github/{id}/people/");
    let make = app.post("/api/0/projects/acme/web/rules/").bearer(&world.owner_token);
    let mail = json!({ "id": "sentry.mail.actions.NotifyEmailAction", "targetType": "Member",
        "targetIdentifier": world.owner.get() });
    let rule =
        json!({ "name": "Mine", "actionMatch": "all", "frequency": 30, "conditions": [], "actions": [mail] });
    let rule = make.json(&rule).send().await.expect(200).json();
    let rule = format!("/organizations/acme/alerts/rules/web/{}/edit/", rule["id"].as_str().expect("an id"));
    let name = json!({ "externalName": "@me", "provider": "github", "integrationId": id.get(), "userId": world.owner.get() });
    let name = app.post("/api/0/organizations/acme/external-users/").bearer(&world.owner_token).json(&name);
    let name = name.send().await.expect(201).json()["id"].as_str().expect("an id").to_owned();
    let pages = [
        "/organizations/acme/issues/1/",
        "/settings/acme/audit-log/",
        "/settings/acme/teams/core/",
        names.as_str(),
        &rule,
    ];
    for page in pages {
        owner.get(page).await.expect(200).says_not("are listed");
    }
    // They come before everybody else.
    execute(
        &app,
        "INSERT INTO user_account (username, email, name, is_active, is_superuser, is_staff, is_managed, is_sentry_app, \
         options, date_joined) SELECT 'a' || CAST(n AS TEXT), 'a' || CAST(n AS TEXT) || '@acme.test', 'a', TRUE, FALSE, \
         FALSE, FALSE, FALSE, '{}', 0 FROM (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 501) \
         SELECT n FROM c) AS c",
    )
    .await;
    execute(
        &app,
        "INSERT INTO organization_member (organization_id, user_id, role, flags, invite_status, date_added) \
         SELECT o.id, u.id, 'member', 0, 0, 0 FROM user_account u, organization o WHERE u.name = 'a' AND o.slug = 'acme'",
    )
    .await;
    execute(
        &app,
        "INSERT INTO team (organization_id, slug, name, date_added) \
         SELECT o.id, 'a-' || u.username, 'a', 0 FROM user_account u, organization o WHERE u.name = 'a' AND o.slug = 'acme'",
    )
    .await;
    for page in pages {
        owner.get(page).await.expect(200).says("Only the first 500 people are listed");
    }
    for page in ["/settings/acme/members/", "/organizations/acme/projects/new/"] {
        owner.get(page).await.expect(200).says("Only the first 500 teams are listed");
    }
    // Whoever was chosen and is not listed stays chosen.
    let chosen = format!("value=\"Member:{}\" selected>Somebody who is not listed", world.owner);
    owner.get(&rule).await.expect(200).says(&chosen);
    let chosen = format!("value=\"user:{}\" selected>somebody who is not listed", world.owner);
    owner.get(&format!("{names}?change={name}")).await.expect(200).says(&chosen);
});

site_test!(fields_to_choose_what_concerns_code_say_so_too, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github" })).await;
    let mapping = format!("/settings/acme/integrations/github/{id}/code-mappings/new/");
    let owners = "/settings/acme/projects/web/ownership/";
    execute(
        &app,
        "INSERT INTO repository (organization_id, name, provider, external_id, integration_id, config, status, date_added) \
         SELECT i.organization_id, 'r' || CAST(n AS TEXT), 'integrations:github', CAST(n AS TEXT), i.integration_id, '{}', 0, 0 \
         FROM organization_integration i, (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000) \
         SELECT n FROM c) AS c",
    )
    .await;
    execute(
        &app,
        "INSERT INTO code_mapping (organization_id, project_id, repository_id, organization_integration_id, integration_id, \
         stack_root, source_root, automatically_generated, date_added, date_updated) \
         SELECT r.organization_id, p.id, r.id, i.id, i.integration_id, r.name, '', FALSE, 0, 0 \
         FROM repository r, organization_integration i, project p \
         WHERE p.slug = 'web' AND p.organization_id = r.organization_id AND CAST(r.external_id AS BIGINT) <= 500",
    )
    .await;
    owner.get(&mapping).await.expect(200).says(">r1000<").says_not("are listed");
    owner.get(owners).await.expect(200).says("r500: ").says_not("are listed");
    execute(
        &app,
        "INSERT INTO repository (organization_id, name, provider, external_id, integration_id, config, status, date_added) \
         SELECT organization_id, 's', 'integrations:github', '0', integration_id, '{}', 0, 0 FROM organization_integration",
    )
    .await;
    execute(
        &app,
        "INSERT INTO code_mapping (organization_id, project_id, repository_id, organization_integration_id, integration_id, \
         stack_root, source_root, automatically_generated, date_added, date_updated) \
         SELECT r.organization_id, p.id, r.id, i.id, i.integration_id, 's', '', FALSE, 0, 0 \
         FROM repository r, organization_integration i, project p \
         WHERE p.slug = 'web' AND p.organization_id = r.organization_id AND r.name = 's'",
    )
    .await;
    owner.get(&mapping).await.expect(200).says("Only the first 1000 repositories are listed");
    owner.get(owners).await.expect(200).says("Only the first 500 code mappings are listed");
});
