//! What tests that change issues share: one issue, short ways to change it, and what became of it.

use mortise_domain::{IssueId, ProjectId, ReleaseId};
use mortise_store::{Query, StoreError};
use mortise_testkit::{Answer, TestApp, World};
use serde_json::{Value, json};

use super::sample::{Sample, SampleEvent, event_id};

/// An application with one unresolved issue.
pub struct Desk<'a> {
    pub app: &'a TestApp,
    pub world: World,
    pub issue: IssueId,
}

impl<'a> Desk<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let world = app.world().await;
        let issue = Sample::new(app, &world, 1).insert(app).await;
        Self { app, world, issue }
    }

    pub fn path(&self) -> String {
        format!("/api/0/issues/{}/", self.issue)
    }

    /// Changes the issue as the member.
    pub async fn put(&self, body: Value) -> Answer {
        self.app.put(self.path()).bearer(&self.world.member_token).json(&body).send().await
    }

    /// The same, expected to go well.
    pub async fn change(&self, body: Value) -> Value {
        self.put(body).await.expect(200).json()
    }

    /// The same, expected to be refused with this body.
    pub async fn refuse(&self, body: Value, expected: Value) {
        let answer = self.put(body.clone()).await.expect(400);
        assert_eq!(answer.json(), expected, "{body}");
    }

    /// The history, newest first, without its end.
    pub async fn history(&self) -> Vec<(String, Value)> {
        let path = format!("{}activities/", self.path());
        let answer = self.app.get(path).bearer(&self.world.member_token).send().await.expect(200).json();
        let entries = answer["activity"].as_array().expect("a list").iter();
        let entries = entries.filter(|entry| entry["type"] != "first_seen");
        entries
            .map(|entry| (entry["type"].as_str().unwrap_or_default().to_owned(), entry["data"].clone()))
            .collect()
    }

    /// What subscribers are told, oldest first.
    pub async fn told(&self) -> Vec<(String, Value)> {
        let mut conn = self.app.ctx.store.read().await.expect("a connection");
        conn.all(Query::new("SELECT kind, payload FROM event ORDER BY id")).await.expect("events")
    }

    pub async fn told_kinds(&self) -> Vec<String> {
        self.told().await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// Runs a statement.
    pub async fn execute(&self, query: Query) {
        execute(self.app, query).await;
    }

    /// Counts the rows of a query.
    pub async fn count(&self, sql: &'static str) -> i64 {
        self.app.ctx.store.read().await.expect("a connection").one(Query::new(sql)).await.expect("a number")
    }

    /// A release of the project `web`.
    pub async fn release(&self, version: &'static str) -> ReleaseId {
        release(self.app, &self.world, self.world.project, version).await
    }

    /// An event of the issue in a release.
    pub async fn seen_in(&self, number: u32, version: &'static str) {
        let at = self.app.ctx.now();
        let tags = vec![("release", version), ("user", "id:1")];
        let event = SampleEvent {
            project: self.world.project,
            issue: self.issue,
            event_id: event_id(number),
            at,
            environment: None,
            tags,
        };
        event.insert(self.app, &self.world).await;
    }

    /// A commit `abc` of the repository `acme/widgets`, in a release if there is one.
    pub async fn commit(&self, release: Option<ReleaseId>) {
        let (org, now) = (self.world.org, self.app.ctx.now());
        let made = self.app.ctx.store.write(move |tx| {
            Box::pin(async move {
                let query = Query::new(
                    "INSERT INTO repository (organization_id, name, config, status, date_added) \
                     VALUES ($1, 'acme/widgets', '{}', 0, $2) RETURNING id",
                );
                let repository: i64 = tx.one(query.bind(org).bind(now)).await?;
                let query = Query::new(
                    "INSERT INTO repository_commit (organization_id, repository_id, sha, message, date_added) \
                     VALUES ($1, $2, 'abc', 'fix', $3) RETURNING id",
                );
                let commit: i64 = tx.one(query.bind(org).bind(repository).bind(now)).await?;
                if let Some(release) = release {
                    let query =
                        Query::new("INSERT INTO release_commit (release_id, commit_id, position) VALUES ($1, $2, 0)");
                    tx.execute(query.bind(release).bind(commit)).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        made.await.expect("a commit");
    }
}

pub async fn execute(app: &TestApp, query: Query) {
    let done = app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await }));
    done.await.map_err(|error: StoreError| error.to_string()).expect("a statement");
}

pub async fn release(app: &TestApp, world: &World, project: ProjectId, version: &'static str) -> ReleaseId {
    let (org, now) = (world.org, app.ctx.now());
    let made = app.ctx.store.write(move |tx| {
        Box::pin(async move {
            mortise_store::ingest::beside::ensure_release(tx, org, project, version, now).await
        })
    });
    made.await.map_err(|error: StoreError| error.to_string()).expect("a release")
}

/// `{"statusDetails": {key: [text]}}`.
pub fn details_error(key: &str, text: &str) -> Value {
    json!({ "statusDetails": { key: [text] } })
}
