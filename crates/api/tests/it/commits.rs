//! Commits and pull requests that the other side tells of, and what they resolve.

use mortise_domain::{ChangeKind, FileChange, OrgRole, RepositoryId};
use mortise_service::releases::{Deployed, SentCommit, SentRelease, put_release};
use mortise_service::repositories::facade::{
    Author, NewCommit, NewPullRequest, record_commits, record_pull_request,
};
use mortise_store::{Query, release::NewRelease};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest::{count, message, to_store};

const REPOS: &str = "/api/0/organizations/acme/repos/";

async fn repository(app: &TestApp, world: &World) -> RepositoryId {
    let id = World::integrate(&app.ctx, world.org, &json!({ "provider": "example" })).await;
    let body = json!({ "provider": "integrations:example", "installation": id.to_string(), "identifier": "user/repo" });
    let made = app.post(REPOS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    RepositoryId::new(made["id"].as_str().unwrap().parse().unwrap())
}

/// Two issues of the world's project: `WEB-1` and `WEB-2`.
async fn issues(app: &TestApp, world: &World) -> Vec<String> {
    for (at, text) in ["one", "two"].into_iter().enumerate() {
        let mut event = message(text);
        event["event_id"] = json!(format!("{:032x}", at + 1));
        event["fingerprint"] = json!([text]);
        to_store(app, world).json(&event).send().await.expect(200);
    }
    let list =
        app.get("/api/0/projects/acme/web/issues/?query=&sort=new").bearer(&world.owner_token).send().await;
    let mut found: Vec<(String, String)> = list
        .expect(200)
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["shortId"].as_str().unwrap().to_owned(), it["id"].as_str().unwrap().to_owned()))
        .collect();
    found.sort();
    assert_eq!(found.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["WEB-1", "WEB-2"]);
    found.into_iter().map(|it| it.1).collect()
}

async fn issue(app: &TestApp, world: &World, id: &str) -> Value {
    let path = format!("/api/0/organizations/acme/issues/{id}/");
    app.get(path).bearer(&world.owner_token).send().await.expect(200).json()
}

fn commit(sha: &str, text: &str, email: &str) -> NewCommit {
    NewCommit {
        sha: sha.to_owned(),
        message: Some(text.to_owned()),
        author: Some(Author { name: Some("Mo".to_owned()), email: email.to_owned() }),
        date: Some("2024-08-12T10:00:00Z".parse().unwrap()),
        files: Vec::new(),
    }
}

api_test!(a_commit_resolves_what_it_says_it_fixes, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let ids = issues(&app, &world).await;
    let commits = vec![
        commit("aa", "Closes: WEB-9, web-1 and more", "member@acme.test"),
        commit("bb", "Mentions WEB-2 only", "else@x.test"),
        commit("cc", "Fixes WEB-2 #skipsentry", "else@x.test"),
        commit(&"d".repeat(65), "Fixes WEB-2", "else@x.test"),
    ];
    let made = record_commits(&app.ctx, world.org, repository, commits.clone()).await.unwrap();
    assert_eq!(made, 2);
    let resolved = issue(&app, &world, &ids[0]).await;
    assert_eq!(resolved["status"], "resolved");
    assert_eq!(resolved["statusDetails"]["inCommit"]["id"], "aa");
    let entry = &resolved["activity"][0];
    assert_eq!(
        (&entry["type"], &entry["data"]["commit"]["id"]),
        (&json!("set_resolved_in_commit"), &json!("aa"))
    );
    assert_eq!(entry["user"]["email"], "member@acme.test");
    assert_eq!(issue(&app, &world, &ids[1]).await["status"], "unresolved");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.resolved'").await, 1);
    // The same again is nothing new, and what is resolved is only linked.
    assert_eq!(record_commits(&app.ctx, world.org, repository, commits).await.unwrap(), 0);
    let later = vec![commit("ee", "resolve WEB-1", "else@x.test")];
    assert_eq!(record_commits(&app.ctx, world.org, repository, later).await.unwrap(), 1);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_commit").await, 2);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'issue.resolved'").await, 1);
    // Another organization's issues are nobody's business.
    let theirs =
        World::integrate(&app.ctx, world.stranger_org, &json!({ "provider": "example", "external_id": "x" }))
            .await;
    let body = json!({ "provider": "integrations:example", "installation": theirs.to_string(), "identifier": "user/repo" });
    let path = "/api/0/organizations/globex/repos/";
    let made = app.post(path).bearer(&world.stranger_token).json(&body).send().await.expect(201).json();
    let theirs = RepositoryId::new(made["id"].as_str().unwrap().parse().unwrap());
    let commits = vec![commit("aa", "fixes WEB-2", "member@acme.test")];
    assert_eq!(record_commits(&app.ctx, world.stranger_org, theirs, commits).await.unwrap(), 1);
    assert_eq!(issue(&app, &world, &ids[1]).await["status"], "unresolved");
});

api_test!(many_commits_are_stored_together_and_those_that_name_issues_alone, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let ids = issues(&app, &world).await;
    let told = |at: usize| commit(&format!("{:040x}", 300 - at), "Tidy up", &format!("p{}@x.test", at % 3));
    let plain = |at: usize| NewCommit { date: None, ..told(at) };
    let mut commits: Vec<_> = (0..250).map(plain).collect();
    commits[120].message = Some("Fixes WEB-1".to_owned());
    commits[121].message = Some("Fixes WEB-1, WEB-2".to_owned());
    commits[249].files = vec![FileChange { path: "src/app.py".to_owned(), kind: ChangeKind::Added }];
    assert_eq!(record_commits(&app.ctx, world.org, repository, commits.clone()).await.unwrap(), 250);
    let in_commit = async |id: &str| {
        issue(&app, &world, id).await["statusDetails"]["inCommit"]["id"].as_str().map(str::to_owned)
    };
    for id in &ids {
        assert_eq!(in_commit(id).await, Some(commits[121].sha.clone()), "the last that names it");
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_commit").await, 3);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM commit_author").await, 3);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM commit_file").await, 1);
    let out_of_order = "SELECT COUNT(*) FROM repository_commit a \
        JOIN repository_commit b ON b.sha > a.sha AND b.date_added >= a.date_added";
    assert_eq!(count(&app, out_of_order).await, 0, "in the order in which they were told");
    // One that named an issue and does not any more is no plain one.
    commits[121].message = Some("Fixes WEB-1".to_owned());
    assert_eq!(record_commits(&app.ctx, world.org, repository, commits.clone()).await.unwrap(), 0);
    assert_eq!(issue(&app, &world, &ids[1]).await["status"], "unresolved");
    commits[120].message = Some("Tidy up".to_owned());
    commits[121].message = Some("Tidy up".to_owned());
    assert_eq!(record_commits(&app.ctx, world.org, repository, commits).await.unwrap(), 0);
    assert_eq!(issue(&app, &world, &ids[0]).await["status"], "unresolved");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_commit").await, 0);
});

api_test!(who_made_a_commit_is_known_by_an_address, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    World::user(&app.ctx, "ann", world.org, OrgRole::Member).await;
    let long = format!("{}@x.test", "x".repeat(80));
    let commits = vec![
        commit("aa", "one", "ann@acme.test"),
        commit("bb", "two", &"build server ".repeat(6)),
        commit("cc", "three", &long),
        NewCommit { author: None, ..commit("dd", "four", "") },
        NewCommit {
            author: Some(Author { name: Some("é".repeat(200)), email: "ann@acme.test".to_owned() }),
            ..commit("ee", "five", "")
        },
    ];
    assert_eq!(record_commits(&app.ctx, world.org, repository, commits).await.unwrap(), 5);
    let path = format!("{REPOS}{repository}/commits/");
    let listed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let author =
        |sha: &str| listed.as_array().unwrap().iter().find(|it| it["id"] == sha).unwrap()["author"].clone();
    assert_eq!(author("aa")["email"], "ann@acme.test");
    let local: String = "build server ".repeat(6).chars().take(65).collect();
    assert_eq!(author("bb"), json!({ "name": "Mo", "email": format!("{local}@localhost") }));
    assert_eq!((author("cc"), author("dd")), (json!({}), json!({})));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM commit_author").await, 2);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM commit_author WHERE length(name) = 128").await, 1);
});

api_test!(a_pull_request_is_kept_as_it_is_now, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let ids = issues(&app, &world).await;
    let open = NewPullRequest {
        key: "7".to_owned(),
        title: Some("Fixes WEB-1".to_owned()),
        message: None,
        author: Some(Author { name: None, email: "else@x.test".to_owned() }),
        merge_commit_sha: None,
        date: "2024-08-12T10:00:00Z".parse().unwrap(),
    };
    let merged = NewPullRequest { merge_commit_sha: Some("aa".to_owned()), ..open.clone() };
    let renamed = NewPullRequest { title: Some("Mend it".to_owned()), ..open.clone() };
    let strange = NewPullRequest { key: "7".repeat(65), ..open.clone() };
    for state in [open, merged, renamed, strange] {
        record_pull_request(&app.ctx, world.org, repository, state).await.unwrap();
    }
    record_commits(&app.ctx, world.org, repository, vec![commit("aa", "Merge", "else@x.test")])
        .await
        .unwrap();
    let path = format!("{REPOS}{repository}/commits/");
    let listed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let pull = &listed[0]["pullRequest"];
    assert_eq!((&pull["id"], &pull["title"]), (&json!("7"), &json!("Mend it")));
    assert_eq!(pull["author"], json!({ "name": "Mo", "email": "else@x.test" }));
    assert_eq!(pull["externalUrl"], "https://example.com/user/repo/pull/7");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM pull_request").await, 1);
    assert_eq!(issue(&app, &world, &ids[0]).await["status"], "unresolved");
    let gone = format!("{REPOS}{repository}/");
    app.delete(gone).bearer(&world.owner_token).send().await.expect(202);
    app.clock.advance(3601);
    for job in mortise_service::jobs::JOBS.iter().filter(|job| job.name == "remove_repositories") {
        (job.run)(&app.ctx).await.expect("the job runs");
    }
    for rows in ["SELECT COUNT(*) FROM pull_request", "SELECT COUNT(*) FROM repository_commit"] {
        assert_eq!(count(&app, rows).await, 0, "{rows}");
    }
    assert!(
        app.ctx
            .store
            .read()
            .await
            .unwrap()
            .all::<i64>(Query::new("SELECT id FROM repository"))
            .await
            .unwrap()
            .is_empty()
    );
});

api_test!(a_commit_that_says_something_else_resolves_something_else, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let ids = issues(&app, &world).await;
    let bare = NewCommit { message: None, author: None, date: None, ..commit("aa", "", "") };
    let record = async |commit| record_commits(&app.ctx, world.org, repository, vec![commit]).await.unwrap();
    assert_eq!(record(bare.clone()).await, 1);
    let status = async |id: &str| issue(&app, &world, id).await["status"].clone();
    assert_eq!(record(commit("aa", "fixes WEB-1", "member@acme.test")).await, 0, "it is there");
    assert_eq!((status(&ids[0]).await, status(&ids[1]).await), (json!("resolved"), json!("unresolved")));
    // What is not told stays.
    assert_eq!(record(bare).await, 0);
    let path = format!("{REPOS}{repository}/commits/");
    let listed = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(
        (&listed[0]["message"], &listed[0]["dateCreated"]),
        (&json!("fixes WEB-1"), &json!("2024-08-12T10:00:00Z"))
    );
    assert_eq!(listed[0]["author"]["email"], "member@acme.test");
    assert_eq!(record(commit("aa", "fixes WEB-2", "member@acme.test")).await, 0);
    assert_eq!((status(&ids[0]).await, status(&ids[1]).await), (json!("unresolved"), json!("resolved")));
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_commit").await, 1);
    let back = issue(&app, &world, &ids[0]).await;
    assert_eq!(back["activity"][0]["type"], "set_unresolved");
});

api_test!(a_commit_keeps_the_files_that_it_touched, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let file = |path: &str, kind| FileChange { path: path.to_owned(), kind };
    let files = vec![
        file("src/a.rs", ChangeKind::Modified),
        file("src/b.rs", ChangeKind::Added),
        file("src/a.rs", ChangeKind::Deleted),
        file(&"x".repeat(1025), ChangeKind::Added),
    ];
    let touched = NewCommit { files, ..commit("aa", "one", "else@x.test") };
    for _ in 0..2 {
        record_commits(&app.ctx, world.org, repository, vec![touched.clone()]).await.unwrap();
    }
    let many = (0..3001).map(|number| file(&format!("f{number}"), ChangeKind::Added)).collect();
    let many = NewCommit { files: many, ..commit("bb", "two", "else@x.test") };
    record_commits(&app.ctx, world.org, repository, vec![many]).await.unwrap();
    let query = Query::new(
        "SELECT f.filename, f.kind FROM commit_file f JOIN repository_commit c ON c.id = f.commit_id \
         WHERE c.sha = 'aa' ORDER BY f.filename",
    );
    let kept: Vec<(String, String)> = app.ctx.store.read().await.unwrap().all(query).await.unwrap();
    let pair = |path: &str, kind: &str| (path.to_owned(), kind.to_owned());
    assert_eq!(kept, [pair("src/a.rs", "M"), pair("src/b.rs", "A")]);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM commit_file").await, 2 + 3000);
});

api_test!(a_pull_request_is_linked_to_what_it_fixes_and_given_to_who_opened_it, |app| async move {
    let world = app.world().await;
    let repository = repository(&app, &world).await;
    let ids = issues(&app, &world).await;
    let open = NewPullRequest {
        key: "7".to_owned(),
        title: Some("Mend the cart".to_owned()),
        message: Some("Fixes WEB-1".to_owned()),
        author: Some(Author { name: Some("Mo".to_owned()), email: "member@acme.test".to_owned() }),
        merge_commit_sha: None,
        date: "2024-08-12T10:00:00Z".parse().unwrap(),
    };
    for _ in 0..2 {
        record_pull_request(&app.ctx, world.org, repository, open.clone()).await.unwrap();
    }
    let linked = issue(&app, &world, &ids[0]).await;
    assert_eq!(linked["status"], "unresolved");
    assert_eq!(linked["assignedTo"]["email"], "member@acme.test");
    let kinds: Vec<&Value> = linked["activity"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["assigned", "set_resolved_in_pull_request", "first_seen"], "told twice, said once");
    let pull = &linked["activity"][1]["data"]["pullRequest"];
    assert_eq!((&pull["id"], &pull["author"]["email"]), (&json!("7"), &json!("member@acme.test")));
    // What it does not say any more, it does not fix; who has an issue keeps it, and strangers get none.
    let body = json!({ "assignedTo": format!("user:{}", world.owner) });
    let second = format!("/api/0/organizations/acme/issues/{}/", ids[1]);
    app.put(second).bearer(&world.owner_token).json(&body).send().await.expect(200);
    let other = NewPullRequest { title: Some("Closes: web-2".to_owned()), message: None, ..open.clone() };
    record_pull_request(&app.ctx, world.org, repository, other.clone()).await.unwrap();
    assert_eq!(issue(&app, &world, &ids[1]).await["assignedTo"]["email"], "owner@acme.test");
    let strange = Some(Author { name: None, email: "else@x.test".to_owned() });
    let strange = NewPullRequest { key: "8".to_owned(), author: strange, ..open };
    record_pull_request(&app.ctx, world.org, repository, strange).await.unwrap();
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_pull_request").await, 2);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM issue_pull_request WHERE actor_id IS NULL").await, 1);
    // The release that has the commit which brought it in resolves what it fixes.
    let merged = NewPullRequest { merge_commit_sha: Some("aa".to_owned()), ..other };
    record_pull_request(&app.ctx, world.org, repository, merged).await.unwrap();
    let commit =
        SentCommit { repository: Some("user/repo".to_owned()), commit: commit("aa", "Merge", "else@x.test") };
    let release = NewRelease { version: "1.0".to_owned(), ..NewRelease::default() };
    let sent = SentRelease { commits: vec![commit], ..SentRelease::of(release) };
    let to = Deployed { org: world.org, projects: vec![world.project], by: None };
    put_release(&app.ctx, to, sent).await.unwrap();
    let resolved = issue(&app, &world, &ids[1]).await;
    assert_eq!(
        (&resolved["status"], &resolved["statusDetails"]["inRelease"]),
        (&json!("resolved"), &json!("1.0"))
    );
    assert_eq!(resolved["activity"][0]["user"]["email"], "member@acme.test");
    assert_eq!(issue(&app, &world, &ids[0]).await["status"], "unresolved");
});
