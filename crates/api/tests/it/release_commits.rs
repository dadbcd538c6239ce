//! Commits and refs that come with a release.

use mortise_store::Query;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    ingest::{count, message, to_store},
    source_hosts::run_job,
};

const REPOS: &str = "/api/0/organizations/acme/repos/";

/// The address through which releases of the project are told.
async fn address(app: &TestApp, world: &World) -> String {
    let path = "/api/0/projects/acme/web/releases/token/";
    let made = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let url = made["webhookUrl"].as_str().unwrap();
    url.strip_prefix(app.ctx.settings.public_url.as_str()).unwrap().to_owned()
}

async fn tell(app: &TestApp, path: &str, body: &Value, status: u16) -> Value {
    app.post(path).json(body).send().await.expect(status).json()
}

async fn repository(app: &TestApp, world: &World) -> String {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
    let body = json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": "user/repo" });
    let made = app.post(REPOS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

/// The commits of a release with their places, and the newest of each repository.
async fn stored(app: &TestApp, version: &'static str) -> (Vec<String>, Vec<String>) {
    let mut conn = app.ctx.store.read().await.unwrap();
    let commits = Query::new(
        "SELECT c.sha FROM release_commit rc JOIN repository_commit c ON c.id = rc.commit_id \
         JOIN release r ON r.id = rc.release_id WHERE r.version = $1 ORDER BY rc.position",
    );
    let commits = conn.all(commits.bind(version)).await.unwrap();
    let heads = Query::new(
        "SELECT p.name || '@' || c.sha FROM release_head h JOIN repository_commit c ON c.id = h.commit_id \
         JOIN repository p ON p.id = h.repository_id JOIN release r ON r.id = h.release_id WHERE r.version = $1 \
         ORDER BY 1",
    );
    (commits, conn.all(heads.bind(version)).await.unwrap())
}

api_test!(a_release_comes_with_its_commits_and_resolves_what_they_fix, |app| async move {
    let world = app.world().await;
    let known = repository(&app, &world).await;
    to_store(&app, &world).json(&message("one")).send().await.expect(200);
    let path = address(&app, &world).await;
    let commits = json!([
        { "id": "old", "repository": "user/repo", "message": "Begin", "timestamp": "2024-08-01T10:00:00Z",
          "author_email": "member@acme.test", "author_name": "Mo" },
        { "id": "none", "repository": "lib", "message": "No time", "author_name": "Ann O'Lee" },
        { "id": "new", "repository": "user/repo", "message": "Fixes WEB-1", "timestamp": "2024-08-02T10:00:00+02:00",
          "author_email": "member@acme.test", "patch_set": [{ "path": "src/a.rs", "type": "M" }] },
        { "id": "skipped", "repository": "user/repo", "message": "Work #skipsentry" },
        { "id": "alone", "author_email": null, "timestamp": null, "patch_set": null },
    ]);
    let release = tell(&app, &path, &json!({ "version": "1.0", "commits": commits }), 201).await;
    assert_eq!((&release["commitCount"], &release["lastCommit"]["id"]), (&json!(4), &json!("new")));
    assert_eq!(release["lastCommit"]["repository"]["id"], known.as_str());
    let emails: Vec<&Value> = release["authors"].as_array().unwrap().iter().map(|it| &it["email"]).collect();
    assert_eq!(emails, [&json!("annolee@localhost"), &json!("member@acme.test")]);
    let nowhere = format!("organization-{}", world.org);
    let (order, heads) = stored(&app, "1.0").await;
    assert_eq!(order, ["new", "old", "none", "alone"], "newest first, then those without a time");
    let mut expected = [format!("{nowhere}@alone"), "lib@none".to_owned(), "user/repo@new".to_owned()];
    expected.sort();
    assert_eq!(heads, expected);
    let repos =
        app.get(format!("{REPOS}?query=lib")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(repos[0]["provider"], json!({ "id": "unknown", "name": "Unknown Provider" }));
    let of = "/api/0/projects/acme/web/releases/1.0/repositories/";
    let of = app.get(of).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(of.as_array().unwrap().len(), 3);
    let issue = app.get("/api/0/organizations/acme/issues/WEB-1/").bearer(&world.owner_token).send().await;
    let issue = issue.expect(200).json();
    assert_eq!((&issue["status"], &issue["statusDetails"]["inRelease"]), (&json!("resolved"), &json!("1.0")));
    assert_eq!(issue["activity"][0]["type"], "set_resolved_in_commit");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.resolved'").await, 1);
    // Others take their place; nobody has to say again what a commit is.
    let fewer = json!({ "version": "1.0", "commits": [{ "id": "old", "repository": "user/repo" }] });
    let again = tell(&app, &path, &fewer, 208).await;
    assert_eq!((&again["commitCount"], &again["lastCommit"]["message"]), (&json!(1), &json!("Begin")));
    assert_eq!(stored(&app, "1.0").await.1, heads, "where repositories were stays known");
    let empty = tell(&app, &path, &json!({ "version": "1.0", "commits": [] }), 208).await;
    assert_eq!(empty["commitCount"], 1);
});

api_test!(an_issue_that_came_back_is_resolved_by_the_release_that_has_its_commit, |app| async move {
    let world = app.world().await;
    repository(&app, &world).await;
    to_store(&app, &world).json(&message("one")).send().await.expect(200);
    let path = address(&app, &world).await;
    let commits = json!([{ "id": "a", "repository": "user/repo", "message": "fix WEB-1" }]);
    tell(&app, &path, &json!({ "version": "1", "commits": commits }), 201).await;
    let issue = "/api/0/organizations/acme/issues/WEB-1/";
    let body = json!({ "status": "unresolved" });
    app.put(issue).bearer(&world.owner_token).json(&body).send().await.expect(200);
    tell(&app, &path, &json!({ "version": "2", "commits": commits }), 201).await;
    let issue = app.get(issue).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(issue["statusDetails"]["inRelease"], "2");
    let entry = &issue["activity"][0];
    assert_eq!((&entry["type"], &entry["data"]["version"]), (&json!("set_resolved_in_release"), &json!("2")));
});

api_test!(what_is_wrong_with_commits_and_refs_is_told_and_nothing_is_stored, |app| async move {
    let world = app.world().await;
    let path = address(&app, &world).await;
    let long = "x".repeat(65);
    for (name, sent, expected) in [
        ("commits", json!("a"), json!(["Expected a list of items but got type \"str\"."])),
        ("commits", json!(null), json!(["This field may not be null."])),
        ("commits", json!([1]), json!(["Invalid data. Expected a dictionary, but got int."])),
        ("commits", json!([{}]), json!({ "id": ["This field is required."] })),
        (
            "commits",
            json!([{ "id": "a" }, { "id": long }]),
            json!({ "id": ["Ensure this field has no more than 64 characters."] }),
        ),
        (
            "commits",
            json!([{ "id": "a", "author_email": "mo" }]),
            json!({ "author_email": ["Enter a valid email address."] }),
        ),
        (
            "commits",
            json!([{ "id": "a", "patch_set": [{ "path": "a", "type": "X" }] }]),
            json!({ "patch_set": { "type": ["Commit patch_set type X is not supported."] } }),
        ),
        (
            "commits",
            json!([{ "id": "a", "patch_set": [{ "path": "a" }] }]),
            json!({ "patch_set": { "type": ["This field is required."] } }),
        ),
        (
            "commits",
            json!((0..1001).map(|id| json!({ "id": id.to_string() })).collect::<Vec<_>>()),
            json!(["Ensure this field has no more than 1000 elements."]),
        ),
        ("refs", json!([{ "repository": "lib" }]), json!({ "commit": ["This field is required."] })),
        (
            "refs",
            json!([{ "repository": "lib", "commit": "a.." }]),
            json!({ "commit": ["This field may not be blank."] }),
        ),
        (
            "refs",
            json!([{ "repository": "lib", "commit": format!("a..{long}") }]),
            json!({ "commit": ["Ensure this field has no more than 64 characters."] }),
        ),
        (
            "refs",
            json!([{ "repository": "lib", "commit": "a" }, { "repository": "app", "commit": "a" }]),
            json!(["Invalid repository names: app,lib"]),
        ),
        (
            "headCommits",
            json!([{ "repository": "lib", "currentId": long }]),
            json!({ "currentId": ["Ensure this field has no more than 64 characters."] }),
        ),
    ] {
        let answer = tell(&app, &path, &json!({ "version": "1", name: sent }), 400).await;
        assert_eq!(answer, json!({ name: expected }));
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release").await, 0);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM repository").await, 0);
});

api_test!(commits_of_refs_are_fetched_from_the_other_side, |app| async move {
    let world = app.world().await;
    let known = repository(&app, &world).await;
    let path = address(&app, &world).await;
    let refs = json!([{ "repository": "user/repo", "commit": "abc", "previousCommit": null }]);
    let made = tell(&app, &path, &json!({ "version": "1", "refs": refs }), 201).await;
    assert_eq!(made["commitCount"], 0);
    assert_eq!(stored(&app, "1").await, (vec![], vec!["user/repo@abc".to_owned()]));
    assert_eq!((run_job(&app, "fetch_commits").await, run_job(&app, "fetch_commits").await), (1, 0));
    assert_eq!(stored(&app, "1").await.0, ["abc"]);
    let listed = app.get(format!("{REPOS}{known}/commits/")).bearer(&world.owner_token).send().await;
    let listed = listed.expect(200).json();
    assert_eq!(
        (&listed[0]["message"], &listed[0]["author"]["name"]),
        (&json!("Release abc"), &json!("Mona Lisa"))
    );
    assert_eq!(listed[0]["releases"][0]["version"], "1");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM release_fetch").await, 0);
    // The next release begins where this one ended, so the same commit brings nothing.
    let older = json!([{ "repository": "user/repo", "currentId": "abc" }]);
    tell(&app, &path, &json!({ "version": "2", "headCommits": older }), 201).await;
    assert_eq!(run_job(&app, "fetch_commits").await, 1);
    assert_eq!(stored(&app, "2").await, (vec![], vec!["user/repo@abc".to_owned()]));
    // With commits nothing is fetched.
    let refs = json!([{ "repository": "user/repo", "commit": "abc..def" }]);
    let body =
        json!({ "version": "3", "refs": refs, "commits": [{ "id": "own", "repository": "user/repo" }] });
    tell(&app, &path, &body, 201).await;
    assert_eq!(run_job(&app, "fetch_commits").await, 0);
    assert_eq!(stored(&app, "3").await, (vec!["own".to_owned()], vec!["user/repo@def".to_owned()]));
});
