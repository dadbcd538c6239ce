//! Lists of people, teams and projects that do not fit on a page.

use mortise_domain::OrgRole;
use mortise_testkit::World;
use serde_json::json;

use crate::{site::Visitor, site_test};

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
