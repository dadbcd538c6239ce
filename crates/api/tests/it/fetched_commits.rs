//! Commits and files of owners that are fetched from another side, which does what a test says.

use mortise_domain::{ChangeKind, FileChange, RepositoryId};
use mortise_providers::{ApiErrorKind, ProviderError, RemoteCommit, RemoteFile};
use mortise_service::repositories::facade::{NewCommit, record_commits};
use mortise_store::Query;
use serde_json::{Value, json};

use crate::{
    ingest::{count, text},
    rows,
    source_hosts::{Place, api_error, run_job},
};

const FETCH: &str = "fetch_commits";
const OWNERS: &str = "/api/0/projects/acme/web/codeowners/";

fn commit(sha: &str) -> RemoteCommit {
    RemoteCommit {
        sha: sha.to_owned(),
        message: Some(format!("Commit {sha}")),
        author_name: None,
        author_email: None,
        date: None,
        files: Vec::new(),
    }
}

impl Place {
    async fn release(&self, version: &str, refs: Value) {
        let path = "/api/0/projects/acme/web/releases/token/";
        let made = self.get(path, 200).await;
        let path =
            made["webhookUrl"].as_str().unwrap().strip_prefix(self.app.ctx.settings.public_url.as_str());
        let body = json!({ "version": version, "refs": refs });
        self.app.post(path.unwrap()).json(&body).send().await.expect(201);
    }

    async fn shas(&self, version: &str) -> Vec<String> {
        let query = Query::new(
            "SELECT c.sha FROM release_commit rc JOIN repository_commit c ON c.id = rc.commit_id \
             JOIN release r ON r.id = rc.release_id WHERE r.version = $1 ORDER BY rc.position",
        );
        self.app.ctx.store.read().await.unwrap().all(query.bind(version)).await.unwrap()
    }

    async fn told(&self, kind: &'static str) -> Vec<Value> {
        let query = Query::new("SELECT payload FROM event WHERE kind = $1 ORDER BY id").bind(kind);
        let texts: Vec<String> = self.app.ctx.store.read().await.unwrap().all(query).await.unwrap();
        texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_comparison_begins_where_it_is_said_else_where_the_last_release_was() {
    let place = Place::new().await;
    place.add("a/b", 201).await;
    place.add("c/d", 201).await;
    place.shelf.set(|side| side.commits = vec![commit("two"), commit("one")]);
    place.release("1", json!([{ "repository": "a/b", "commit": "s1" }])).await;
    assert_eq!(run_job(&place.app, FETCH).await, 1);
    assert_eq!(place.shas("1").await, ["two", "one"]);
    place.app.clock.advance(60);
    let refs = json!([{ "repository": "c/d", "commit": "t2" }, { "repository": "a/b", "commit": "s2" }]);
    place.release("2", refs).await;
    place.app.clock.advance(60);
    place.release("3", json!([{ "repository": "a/b", "commit": "x..s3" }])).await;
    place.app.clock.advance(60);
    place.release("4", json!([{ "repository": "a/b", "commit": "s4", "previousCommit": "y" }])).await;
    place.shelf.set(|side| side.compared.clear());
    assert_eq!(run_job(&place.app, FETCH).await, 3);
    let mut compared = place.shelf.side().compared;
    compared.sort();
    assert_eq!(compared, ["a/b s1..s2", "a/b x..s3", "a/b y..s4", "c/d ..t2"]);
    assert_eq!(place.shas("2").await.len(), 4, "of both repositories");
}

#[tokio::test]
async fn whoever_cannot_be_asked_now_is_asked_again_and_one_mail_tells_of_it() {
    let place = Place::new().await;
    place.add("a/b", 201).await;
    place
        .shelf
        .set(|side| side.error = Some(api_error(ApiErrorKind::Host, 503, "Unable to reach host: git.test")));
    place.release("1", json!([{ "repository": "a/b", "commit": "s1" }])).await;
    assert_eq!((run_job(&place.app, FETCH).await, run_job(&place.app, FETCH).await), (1, 0));
    for _ in 0..2 {
        place.app.clock.advance(300);
        assert_eq!(run_job(&place.app, FETCH).await, 1);
    }
    let told = place.told("release.commits_not_fetched").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["release"], json!({ "version": "1", "repository": "a/b" }));
    assert!(told[0]["text"].as_str().unwrap().contains("Unable to reach host: git.test"), "{}", told[0]);
    place.shelf.set(|side| {
        side.error = None;
        side.commits = vec![commit("one")];
    });
    place.app.clock.advance(300);
    assert_eq!(run_job(&place.app, FETCH).await, 1);
    assert_eq!(place.shas("1").await, ["one"]);
    assert_eq!(count(&place.app, "SELECT COUNT(*) FROM release_fetch").await, 0);
}

#[tokio::test]
async fn what_trying_again_does_not_mend_is_tried_once_and_nothing_for_ever() {
    for (error, said) in [
        (ProviderError::Refused("Ask your admin".to_owned()), "Ask your admin"),
        (ProviderError::Identity("Who are you".to_owned()), "Who are you"),
        (ProviderError::Internal("secret".to_owned()), "An internal system error occurred."),
    ] {
        let place = Place::new().await;
        place.add("a/b", 201).await;
        place.shelf.set(|side| side.error = Some(error));
        place.release("1", json!([{ "repository": "a/b", "commit": "s1" }])).await;
        assert_eq!(run_job(&place.app, FETCH).await, 1);
        let told = place.told("release.commits_not_fetched").await;
        assert_eq!(told[0]["text"], said);
        assert_eq!(count(&place.app, "SELECT COUNT(*) FROM release_fetch").await, 0);
    }
    let place = Place::new().await;
    place.add("a/b", 201).await;
    place.shelf.set(|side| side.error = Some(api_error(ApiErrorKind::RateLimited, 429, "slow down")));
    place.release("1", json!([{ "repository": "a/b", "commit": "s1" }])).await;
    for _ in 0..5 {
        assert_eq!(run_job(&place.app, FETCH).await, 1);
        place.app.clock.advance(300);
    }
    assert_eq!(run_job(&place.app, FETCH).await, 0);
    assert_eq!(count(&place.app, "SELECT COUNT(*) FROM release_fetch").await, 0);
}

/// A project with code owners from `a/b`, whose owners then changed there; the id of the repository.
async fn with_owners(place: &Place) -> RepositoryId {
    let mapping = place.map().await;
    let mapping = mapping.trim_end_matches('/').rsplit('/').next().unwrap();
    let body = json!({ "raw": "*.py member@acme.test\n", "codeMappingId": mapping });
    place.app.post(OWNERS).bearer(&place.world.owner_token).json(&body).send().await.expect(201);
    let file = RemoteFile {
        path: "CODEOWNERS".to_owned(),
        html_url: "https://git.test/a/b/main/CODEOWNERS".to_owned(),
        raw: "/src/ owner@acme.test\n".to_owned(),
    };
    place.shelf.set(|side| side.owners = Some(file));
    RepositoryId::new(count(&place.app, "SELECT id FROM repository").await)
}

async fn touch(place: &Place, repository: RepositoryId, sha: &str, path: &str, kind: ChangeKind) {
    let files = vec![FileChange { path: path.to_owned(), kind }];
    let new = NewCommit { sha: sha.to_owned(), message: None, author: None, date: None, files };
    record_commits(&place.app.ctx, place.world.org, repository, vec![new]).await.unwrap();
}

#[tokio::test]
async fn a_file_of_owners_that_a_commit_touched_is_fetched_five_minutes_later() {
    let place = Place::new().await;
    let repository = with_owners(&place).await;
    let run = async || run_job(&place.app, "fetch_code_owners").await;
    for (sha, path, kind) in [
        ("a", "src/CODEOWNERS", ChangeKind::Modified),
        ("b", "CODEOWNERS", ChangeKind::Deleted),
        ("c", "OWNERS", ChangeKind::Added),
    ] {
        touch(&place, repository, sha, path, kind).await;
    }
    place.app.clock.advance(301);
    assert_eq!(run().await, 0, "nothing of this is a file of owners that is there");
    for path in ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"] {
        touch(&place, repository, path, path, ChangeKind::Added).await;
    }
    place.app.clock.advance(299);
    assert_eq!(run().await, 0);
    place.app.clock.advance(1);
    assert_eq!((run().await, run().await), (1, 0));
    let listed = place.get(&format!("{OWNERS}?expand=ownershipSyntax"), 200).await;
    assert_eq!(listed[0]["raw"], "/src/ owner@acme.test\n");
    assert_eq!(listed[0]["ownershipSyntax"], "codeowners:/app/ owner@acme.test\n");
    // A commit that is told again has touched nothing new.
    touch(&place, repository, "CODEOWNERS", "CODEOWNERS", ChangeKind::Added).await;
    place.app.clock.advance(301);
    assert_eq!(run().await, 0);
}

#[tokio::test]
async fn a_file_of_owners_that_cannot_be_fetched_stays_and_the_owners_hear_why() {
    let cases: [(Option<ProviderError>, Option<&str>, &str); 3] = [
        (None, None, "The repository has no such file."),
        (None, Some(""), "The repository has no such file."),
        (Some(ProviderError::Refused("Not today".to_owned())), None, "Not today"),
    ];
    for (error, raw, said) in cases {
        let place = Place::new().await;
        let repository = with_owners(&place).await;
        place.shelf.set(|side| {
            side.error = error;
            side.owners =
                side.owners.take().zip(raw).map(|(file, raw)| RemoteFile { raw: raw.to_owned(), ..file });
        });
        touch(&place, repository, "a", "CODEOWNERS", ChangeKind::Modified).await;
        place.app.clock.advance(301);
        assert_eq!(run_job(&place.app, "fetch_code_owners").await, 1);
        let told = place.told("code_owners.not_fetched").await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (&told[0]["text"], &told[0]["project"]),
            (&json!(said), &json!(place.world.project.get()))
        );
        assert_eq!(text(&place.app, "SELECT raw FROM code_owners").await, "*.py member@acme.test");
        assert_eq!(run_job(&place.app, "fetch_code_owners").await, 0);
    }
}

#[tokio::test]
async fn a_file_of_owners_whose_fetching_fails_here_is_tried_again_after_those_that_wait() {
    let place = Place::new().await;
    let repository = with_owners(&place).await;
    let set = async |config: Option<&[u8]>| {
        let query =
            Query::new("UPDATE organization_integration SET config = $1").bind(config.map(<[u8]>::to_vec));
        rows::execute(&place.app, query).await;
    };
    let run = async || run_job(&place.app, "fetch_code_owners").await;
    touch(&place, repository, "a", "CODEOWNERS", ChangeKind::Modified).await;
    place.app.clock.advance(301);
    set(Some(b"not sealed")).await;
    assert_eq!((run().await, run().await), (1, 0), "it is in hand, and not taken again at once");
    assert!(place.told("code_owners.not_fetched").await.is_empty());
    // Touched while it is in hand, it is fetched as if it were not.
    touch(&place, repository, "b", "CODEOWNERS", ChangeKind::Modified).await;
    place.app.clock.advance(300);
    assert_eq!((run().await, run().await), (1, 0));
    place.app.clock.advance(899);
    assert_eq!(run().await, 0);
    set(None).await;
    place.app.clock.advance(1);
    assert_eq!((run().await, run().await), (1, 0));
    let listed = place.get(OWNERS, 200).await;
    assert_eq!(listed[0]["raw"], "/src/ owner@acme.test\n");
}
