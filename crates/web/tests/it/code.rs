//! Journeys through what concerns code: repositories, code mappings, names of people there, code owners.

use mortise_domain::OrgRole;
use mortise_store::Query;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{site::Visitor, site_test};

const REPOS: &str = "/settings/acme/repos/";
const OWNERS: &str = "/settings/acme/projects/web/ownership/";

async fn change(app: &TestApp, query: Query) {
    app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.expect("a change");
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    app.ctx.store.read().await.expect("a connection").one(Query::new(sql)).await.expect("a number")
}

/// An installation of the example provider, where it is on the pages.
async fn example(app: &TestApp, world: &World) -> (i64, String) {
    let new = json!({ "provider": "example", "name": "shelf" });
    let id = World::integrate(&app.ctx, world.org, &new).await;
    (id.get(), format!("/settings/acme/integrations/example/{id}/"))
}

/// The example's repository, added by the owner.
async fn repository(app: &TestApp, world: &World) -> (i64, String) {
    let (id, place) = example(app, world).await;
    let body = json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": "user/repo" });
    app.post("/api/0/organizations/acme/repos/")
        .bearer(&world.owner_token)
        .json(&body)
        .send()
        .await
        .expect(201);
    (number(app, "SELECT id FROM repository").await, place)
}

/// Maps `stack_root` of the world's project to `src/` in the repository, on the page.
async fn map(owner: &mut Visitor, world: &World, place: &str, repository: i64, stack_root: &str) {
    let (project, repository) = (world.project.to_string(), repository.to_string());
    let fields = [
        ("projectId", project.as_str()),
        ("repositoryId", &repository),
        ("stackRoot", stack_root),
        ("sourceRoot", "src/"),
        ("defaultBranch", "main"),
    ];
    owner.get(&format!("{place}code-mappings/new/")).await.expect(200);
    owner
        .submit(&format!("{place}code-mappings/new/"), &fields)
        .await
        .expect(200)
        .says("web is mapped to user/repo.");
}

site_test!(a_repository_is_added_hidden_shown_deleted_and_kept, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(REPOS).await.expect(200).says("No repositories yet");
    owner.get(&format!("{REPOS}new/")).await.expect(200).says("Nothing to add from");
    let (id, _) = example(&app, &world).await;
    let id = id.to_string();
    let offer = format!("{REPOS}new/?integration={id}");
    owner.get(&offer).await.expect(200).says("<strong>user/repo</strong>");
    owner
        .get(&format!("{offer}&search=none"))
        .await
        .expect(200)
        .says("Nothing to add")
        .says_not("user/repo<");
    let fields = [("integration", id.as_str()), ("search", ""), ("identifier", "user/repo")];
    owner
        .submit(&format!("{REPOS}new/"), &fields)
        .await
        .expect(200)
        .says("user/repo is added.")
        .says("Nothing to add");
    owner
        .submit(&format!("{REPOS}new/"), &fields)
        .await
        .says("A repository with that configuration already exists");
    let wrong = [("integration", id.as_str()), ("identifier", "")];
    owner.submit(&format!("{REPOS}new/"), &wrong).await.expect(200).says("Example requires an identifier.");
    owner.post(&format!("{REPOS}new/"), &[("integration", "99999")]).await.expect(404);

    let page = owner.get(REPOS).await.expect(200).says("href=\"https://example.com/user/repo\"");
    let page = page
        .says("Example: shelf")
        .says("badge good\">In use")
        .says("Hide user/repo?")
        .says("Delete user/repo?");
    page.says("Its commits, pull requests and code mappings are deleted").says("is deleted in an hour");
    owner.get(&format!("{REPOS}?search=nobody")).await.expect(200).says("Nothing matches");
    owner
        .get(&format!("{REPOS}?integration={id}&search=REPO"))
        .await
        .expect(200)
        .says("<strong>user/repo</strong>");
    let row = number(&app, "SELECT id FROM repository").await;
    let state = format!("{REPOS}{row}/state/");
    owner
        .submit(&state, &[("status", "hidden")])
        .await
        .expect(200)
        .says("user/repo is hidden.")
        .says("No repositories yet");
    owner.get(&format!("{REPOS}?state=away")).await.expect(200).says("Show again").says("neutral\">Hidden");
    owner.submit(&state, &[("status", "active")]).await.expect(200).says("user/repo is in use.");
    let gone = owner.submit(&format!("{REPOS}{row}/delete/"), &[]).await.expect(200);
    gone.says("user/repo will be deleted.")
        .says("Will be deleted</span>")
        .says("Keep it")
        .says_not("Delete…");
    owner
        .submit(&state, &[("status", "active")])
        .await
        .expect(200)
        .says("user/repo is in use.")
        .says("Delete…");
    owner.submit(&state, &[("status", "broken")]).await.says("is not a valid choice.");
    // An address that is no page of the web leads nowhere.
    change(&app, Query::new("UPDATE repository SET url = 'javascript:alert(1)'")).await;
    owner.get(REPOS).await.expect(200).says_not("javascript:");

    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(REPOS).await.expect(200).says("Add repositories").says_not("Delete…").says_not("Hide…");
    member.get(&format!("{REPOS}new/")).await.expect(200);
    member.post(&state, &[("status", "hidden")]).await.expect(403);
    member.post(&format!("{REPOS}{row}/delete/"), &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(REPOS).await.expect(404);
    stranger.get("/settings/globex/repos/").await.expect(200).says_not("user/repo");
    stranger.post(&format!("/settings/globex/repos/{row}/delete/"), &[]).await.expect(404);
    Visitor::new(&app.ctx).get(REPOS).await.expect(303);
});

site_test!(a_code_mapping_is_made_changed_and_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let (id, place) = example(&app, &world).await;
    let list = format!("{place}code-mappings/");
    owner
        .get(&place)
        .await
        .expect(200)
        .says(&format!("href=\"{list}\""))
        .says(&format!("href=\"{place}people/\""));
    owner
        .get(&list)
        .await
        .expect(200)
        .says("No code mappings yet")
        .says("aria-current=\"page\">Code mappings");
    let none = owner.get(&format!("{list}new/")).await.expect(200).says("No repository to map to");
    none.says(&format!("/settings/acme/repos/new/?integration={id}"));
    let body = json!({ "provider": "integrations:example", "installation": id, "identifier": "user/repo" });
    let made =
        app.post("/api/0/organizations/acme/repos/").bearer(&world.owner_token).json(&body).send().await;
    let repository: i64 = made.expect(201).json()["id"].as_str().unwrap().parse().unwrap();
    map(&mut owner, &world, &place, repository, "app/").await;
    let page = owner.get(&list).await.expect(200).says("<code>app/</code>").says("<code>src/</code>");
    page.says("user/repo</td>").says("Delete this mapping?");

    let project = world.project.to_string();
    let repository = repository.to_string();
    let fields = |project: &str, stack: &str, branch: &str| {
        vec![
            ("projectId", project.to_owned()),
            ("repositoryId", repository.clone()),
            ("stackRoot", stack.to_owned()),
            ("sourceRoot", String::new()),
            ("defaultBranch", branch.to_owned()),
        ]
    };
    for (sent, said) in [
        (fields(&project, "app/", "main"), "The project has a mapping for this stack trace root already."),
        (fields("", "lib/", "main"), "Choose a project."),
        (fields(&project, "l ib/", "main"), "Path may not contain spaces or quotations"),
        (fields(&project, "lib/", "/main"), "Branch name may only have letters"),
        (fields(&project, "lib/", ""), "This field may not be blank."),
    ] {
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = owner.post(&format!("{list}new/"), &sent).await.expect(400).says(said);
        page.says(&format!("value=\"{}\"", sent[2].1)).says("aria-invalid=\"true\"");
    }
    let mapping = number(&app, "SELECT id FROM code_mapping").await;
    let one = format!("{list}{mapping}/");
    owner.get(&one).await.expect(200).says("value=\"app/\"").says("Save changes");
    let sent = fields(&project, "", "dev");
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = owner.submit(&one, &sent).await.expect(200).says("The mapping is saved.");
    page.says("any path").says("top folder").says("dev</td>");

    // Another installation has no such mapping, and nobody else sees this one.
    let other =
        World::integrate(&app.ctx, world.org, &json!({ "provider": "example", "external_id": "2" })).await;
    owner
        .get(&format!("/settings/acme/integrations/example/{other}/code-mappings/{mapping}/"))
        .await
        .expect(404);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(&list).await.expect(200).says("Change").says_not("Delete…");
    member.post(&format!("{one}delete/"), &[]).await.expect(403);
    Visitor::signed_in(&app.ctx, world.stranger).await.get(&list).await.expect(404);

    let body = json!({ "raw": "* owner@acme.test", "codeMappingId": mapping });
    let path = "/api/0/projects/acme/web/codeowners/";
    let made = app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    let delete = format!("{one}delete/");
    owner.get(&list).await.expect(200);
    owner.submit(&delete, &[]).await.expect(200).says("Code owners use this mapping.");
    let owners = format!("{path}{}/", made["id"].as_str().unwrap());
    app.delete(owners).bearer(&world.owner_token).send().await.expect(204);
    owner.submit(&delete, &[]).await.expect(200).says("The mapping is deleted.").says("No code mappings yet");
});

site_test!(names_of_people_and_teams_are_added_changed_and_removed, |app, world| async {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "github", "name": "octo" })).await;
    let list = format!("/settings/acme/integrations/github/{id}/people/");
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(&list).await.expect(200).says("No names yet").says("Code owners are found by these names.");
    let member = format!("user:{}", world.member);
    let fields = |whose: &str, name: &str, external_id: &str| {
        vec![
            ("whose", whose.to_owned()),
            ("externalName", name.to_owned()),
            ("externalId", external_id.to_owned()),
        ]
    };
    let strict = "External Name must start with &#39;@&#39;";
    for (sent, said) in [
        (fields("", "@octocat", ""), "Choose a person or a team."),
        (fields(&member, "octo cat", ""), strict),
        (fields(&member, "@octocat", &"9".repeat(65)), "external_id has invalid length: 65."),
        (fields("user:999999", "@octocat", ""), "This member does not exist."),
    ] {
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        owner.post(&list, &sent).await.expect(400).says(said);
    }
    let page =
        owner.submit(&list, &[("whose", &member), ("externalName", "@octocat"), ("externalId", "7")]).await;
    page.expect(200).says("@octocat is known now.").says("<strong>@octocat</strong>").says(">7</td>");
    let page = owner
        .submit(&list, &[("whose", "team:core"), ("externalName", "@acme/core"), ("externalId", "")])
        .await;
    page.expect(200).says("@acme/core is known now.").says(">#core</td>");
    let again = [("whose", member.as_str()), ("externalName", "@octocat"), ("externalId", "7")];
    owner.post(&list, &again).await.expect(400).says("@octocat is somebody&#39;s name already.");

    let user = number(&app, "SELECT id FROM external_actor WHERE user_id IS NOT NULL").await;
    let team = number(&app, "SELECT id FROM external_actor WHERE team_id IS NOT NULL").await;
    let page = owner.get(&format!("{list}?change={user}")).await.expect(200).says("Change @octocat</h2>");
    page.says("value=\"@octocat\"").says_not("<option value=\"team:core\"");
    let page = owner
        .get(&format!("{list}?change={team}"))
        .await
        .expect(200)
        .says("<option value=\"team:core\" selected>");
    page.says_not("<option value=\"user:");
    let sent = [("whose", member.as_str()), ("externalName", "@hubot"), ("externalId", "")];
    owner
        .submit(&format!("{list}{user}/"), &sent)
        .await
        .expect(200)
        .says("@hubot is saved.")
        .says_not(">7</td>");
    let sent = [("whose", "team:core"), ("externalName", "@acme/edge"), ("externalId", "")];
    owner.submit(&format!("{list}{team}/"), &sent).await.expect(200).says("@acme/edge is saved.");
    let sent = [("whose", member.as_str()), ("externalName", "@acme/edge"), ("externalId", "")];
    owner.post(&format!("{list}{team}/"), &sent).await.expect(404);

    // Names at another installation are not found here, and whoever may not write sees no form.
    let (_, other) = example(&app, &world).await;
    owner
        .get(&format!("{other}people/"))
        .await
        .expect(200)
        .says_not("@hubot")
        .says("Clients of the API read these names");
    owner.get(&format!("{other}people/?change={user}")).await.expect(404);
    owner.post(&format!("{other}people/{user}/remove/"), &[]).await.expect(404);
    let mut reader = Visitor::signed_in(&app.ctx, world.member).await;
    reader.get(&list).await.expect(200).says("@hubot").says_not("Add a name").says_not("Remove<");
    reader.post(&list, &sent).await.expect(403);
    Visitor::signed_in(&app.ctx, world.stranger).await.get(&list).await.expect(404);
    owner.get(&list).await.expect(200);
    owner
        .submit(&format!("{list}{team}/remove/"), &[])
        .await
        .expect(200)
        .says("@acme/edge is nobody&#39;s name any more.");
    owner.submit(&format!("{list}{user}/remove/"), &[]).await.expect(200).says("No names yet");
});

async fn upload(owner: &mut Visitor, path: &str, fields: &[(&str, &str)]) -> crate::site::Answer {
    owner.upload(path, fields, b"").await
}

site_test!(code_owners_are_uploaded_fetched_explained_and_deleted, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(OWNERS).await.expect(200).says("A code mapping comes first").says_not("Add code owners</h2>");
    let (repository, place) = repository(&app, &world).await;
    map(&mut owner, &world, &place, repository, "app/").await;
    let mapping = number(&app, "SELECT id FROM code_mapping").await.to_string();
    World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    owner.get(OWNERS).await.expect(200).says("user/repo: app/ in stack traces is src/ in the repository.");
    let sent = |raw: &'static str| {
        [("codeMappingId", mapping.clone()), ("raw", raw.to_owned()), ("from", "form".to_owned())]
    };
    for (raw, said) in [
        ("", "This field may not be blank."),
        ("* outsider@acme.test", "These members are in no team of the project: outsider@acme.test."),
    ] {
        let sent = sent(raw);
        let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
        upload(&mut owner, OWNERS, &sent).await.expect(400).says(said).says(raw);
    }
    let page = owner.upload(OWNERS, &[("codeMappingId", &mapping)], &[0xff, 0xfe]).await.expect(400);
    page.says("The file is no text.");
    let text = "/src/* owner@acme.test @octocat\r\ndocs/ nobody@x.test @acme/none";
    let fields = [("codeMappingId", mapping.as_str()), ("raw", text), ("from", "form")];
    upload(&mut owner, OWNERS, &fields).await.expect(303);
    let page = owner.get(OWNERS).await.expect(200).says("The code owners of user/repo are known now.");
    let page = page
        .says("codeowners:/app/* owner@acme.test")
        .says("1 rule<")
        .says("No member here has these mail addresses.");
    let page = page
        .says("nobody@x.test</span>")
        .says("Nobody here is known by these names.")
        .says("@octocat</span>");
    page.says("No team here is known by these names.")
        .says("@acme/none</span>")
        .says_not("Add code owners</h2>");

    let file = format!("{OWNERS}{}/", number(&app, "SELECT id FROM code_owners").await);
    upload(&mut owner, &file, &[("raw", "* owner@acme.test")]).await.expect(303);
    owner.get(OWNERS).await.expect(200).says("The file is saved.").says("Every name in it is known.");
    let page = upload(&mut owner, &file, &[("raw", "* outsider@acme.test")]).await.expect(400);
    page.says("These members are in no team of the project: outsider@acme.test.")
        .says("<details class=\"edit\" open>");
    owner
        .submit(&format!("{file}fetch/"), &[])
        .await
        .expect(200)
        .says("The file of the repository is taken over.");
    let page = owner.submit(&format!("{file}fetch/"), &[]).await.expect(200);
    page.says("The file in the repository is the same.").says("@example/writers</span>").says("0 rules<");
    change(&app, Query::new("UPDATE repository SET name = 'user/other'")).await;
    owner
        .submit(&format!("{file}fetch/"), &[])
        .await
        .expect(200)
        .says("The repository has no file of owners");

    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(OWNERS).await.expect(200).says("user/other").says_not("Delete…");
    member.post(&format!("{file}delete/"), &[]).await.expect(403);
    Visitor::signed_in(&app.ctx, world.stranger).await.get(OWNERS).await.expect(404);
    owner.get(OWNERS).await.expect(200);
    owner.submit(&format!("{file}delete/"), &[]).await.expect(200).says("The code owners are deleted.");
    change(&app, Query::new("UPDATE repository SET name = 'user/repo'")).await;
    let fields = [("codeMappingId", mapping.as_str()), ("from", "repository")];
    upload(&mut owner, OWNERS, &fields).await.expect(303);
    let raw: Value = app
        .get("/api/0/projects/acme/web/codeowners/")
        .bearer(&world.owner_token)
        .send()
        .await
        .expect(200)
        .json();
    assert!(raw[0]["raw"].as_str().unwrap().contains("*.py @octocat"), "{raw}");
    upload(&mut owner, OWNERS, &[("codeMappingId", "99999")]).await.expect(404);
});

site_test!(who_has_nothing_to_do_with_the_project_is_told_beside_its_code_owners, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let (repository, place) = repository(&app, &world).await;
    map(&mut owner, &world, &place, repository, "app/").await;
    change(&app, Query::new("UPDATE integration SET provider = 'github'")).await;
    let (user, _) = World::user(&app.ctx, "outsider", world.org, OrgRole::Member).await;
    let teams = "/api/0/organizations/acme/teams/";
    app.post(teams).bearer(&world.owner_token).json(&json!({ "slug": "others" })).send().await.expect(201);
    let list = place.replace("/example/", "/github/") + "people/";
    owner.get(&list).await.expect(200);
    let who = format!("user:{user}");
    owner
        .submit(&list, &[("whose", &who), ("externalName", "@out"), ("externalId", "")])
        .await
        .says("is known now");
    owner
        .submit(&list, &[("whose", "team:others"), ("externalName", "@acme/others"), ("externalId", "")])
        .await
        .says("is known now");
    owner.get(OWNERS).await.expect(200);
    let mapping = number(&app, "SELECT id FROM code_mapping").await.to_string();
    let fields = [("codeMappingId", mapping.as_str()), ("raw", "* @out @acme/others @who"), ("from", "form")];
    upload(&mut owner, OWNERS, &fields).await.expect(303);
    let page = owner
        .get(OWNERS)
        .await
        .expect(200)
        .says("These teams do not have the project")
        .says("#others</span>");
    let page = page.says("These people are in no team of the project").says("outsider</span>");
    page.says(&format!("<a href=\"{list}\">Say who they are</a>"));
});
