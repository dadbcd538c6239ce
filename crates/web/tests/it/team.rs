//! A team with its members and projects.

use mortise_domain::OrgRole;
use mortise_testkit::World;
use serde_json::json;

use crate::{site::Visitor, site_test};

const TEAM: &str = "/settings/acme/teams/mobile/";
const MEMBERS: &str = "/settings/acme/teams/mobile/members/";
const PROJECTS: &str = "/settings/acme/teams/mobile/projects/";

site_test!(people_and_projects_come_into_a_team_and_leave_it, |app, world| async {
    let (zoe, id) = World::user(&app.ctx, "zoe", world.org, OrgRole::Member).await;
    let id = id.to_string();
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get("/settings/acme/teams/").await.expect(200);
    let list = owner.submit("/settings/acme/teams/", &[("slug", "mobile")]).await.expect(200);
    list.says(&format!("href=\"{TEAM}\""));
    let page =
        owner.get(TEAM).await.expect(200).says("<h1>#mobile</h1>").says("yours").says("It has no project");
    let own = page.says("(zoe@acme.test)").between("name=\"member\" value=\"", "\"");

    let into = [("member", id.as_str()), ("on", "true")];
    owner.submit(MEMBERS, &into).await.expect(200).says("is in #mobile now.").says("Take out<");
    owner.submit(MEMBERS, &into).await.expect(200).says("is in #mobile already.");
    owner.submit(MEMBERS, &[("member", ""), ("on", "true")]).await.expect(200).says("Choose somebody first.");
    owner.post_with_token(MEMBERS, &into, "wrong").await.expect(403);
    owner.get(TEAM).await.expect(200);
    let given = owner.submit(PROJECTS, &[("project", "web"), ("on", "true")]).await.expect(200);
    given.says("#mobile has ").says("href=\"/settings/acme/projects/web/\"").says_not("It has no project");
    owner
        .submit(PROJECTS, &[("project", ""), ("on", "true")])
        .await
        .expect(200)
        .says("Choose a project first.");
    owner.post(PROJECTS, &[("project", "nothing"), ("on", "true")]).await.expect(404);

    let mut member = Visitor::signed_in(&app.ctx, zoe).await;
    let page = member.get(TEAM).await.expect(200).says("Leave<").says_not("Take out<");
    page.says_not("Take away<").says_not("Give to the team");
    let refused = member.submit(MEMBERS, &[("member", &own), ("on", "false")]).await.expect(200);
    refused.says("You do not have permission to edit that user&#39;s membership.");
    member.post(PROJECTS, &[("project", "web"), ("on", "false")]).await.expect(403);

    owner.get(TEAM).await.expect(200).says("Take away<");
    owner
        .submit(PROJECTS, &[("project", "web"), ("on", "false")])
        .await
        .expect(200)
        .says("It has no project");
    owner.submit(MEMBERS, &[("member", &id), ("on", "false")]).await.expect(200).says("is out of #mobile.");
    owner.post(MEMBERS, &[("member", &id), ("on", "false")]).await.expect(404);
    owner.get(TEAM).await.expect(200);
    let left = owner.submit(MEMBERS, &[("member", &own), ("on", "false")]).await.expect(200);
    left.says("You left #mobile.").says("<h1>Teams</h1>");
    owner.get(TEAM).await.expect(200).says("Nobody is in it").says_not("yours");
});

site_test!(a_team_is_seen_by_those_who_reach_it, |app, world| async {
    let (zoe, id) = World::user(&app.ctx, "zoe", world.org, OrgRole::Member).await;
    let core = "/settings/acme/teams/core/";
    let mut member = Visitor::signed_in(&app.ctx, zoe).await;
    member.get(core).await.expect(200);
    let closed = json!({ "openMembership": false });
    let path = "/api/0/organizations/acme/";
    app.put(path).bearer(&world.owner_token).json(&closed).send().await.expect(200);
    member.get("/settings/acme/teams/").await.expect(200).says("#core").says_not(&format!("href=\"{core}\""));
    member.get(core).await.expect(403);
    let into = [("member", id.to_string()), ("on", "true".to_owned())];
    let into = into.each_ref().map(|(name, value)| (*name, value.as_str()));
    member.get("/settings/acme/teams/").await.expect(200);
    let led = member.post(&format!("{core}members/"), &into).await.expect(303);
    led.leads_to(core);
    member.get("/settings/acme/teams/").await.expect(200).says("Somebody who runs the team has to agree.");
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(core).await.expect(404);
    stranger.get("/settings/globex/teams/").await.expect(200);
    stranger.post(&format!("{core}members/"), &into).await.expect(404);
    stranger.post(&format!("{core}projects/"), &[("project", "web"), ("on", "true")]).await.expect(404);
    for (team, status) in [("core", 404), ("nothing", 404)] {
        stranger.get(&format!("/settings/globex/teams/{team}/")).await.expect(status);
    }
});
