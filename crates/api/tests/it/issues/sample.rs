//! Issues and events as ingestion leaves them.

use mortise_domain::{IssueId, ProjectId, Time};
use mortise_store::{
    Query, StoreError, environment,
    error_event::{self, NewErrorEvent, Packed},
    issue::{stat, tag},
};
use mortise_testkit::{TestApp, World};
use serde_json::json;

/// An issue to be.
#[derive(Debug, Clone)]
pub struct Sample {
    pub project: ProjectId,
    pub number: i64,
    pub title: &'static str,
    pub status: i64,
    pub substatus: Option<i64>,
    pub priority: i64,
    pub last_seen: Time,
}

impl Sample {
    /// An unresolved, new error of the project `web`, last seen now.
    pub fn new(app: &TestApp, world: &World, number: i64) -> Self {
        let title = "ValueError: bad id";
        let last_seen = app.ctx.now();
        Self { project: world.project, number, title, status: 0, substatus: Some(7), priority: 75, last_seen }
    }

    /// Stores it.
    pub async fn insert(self, app: &TestApp) -> IssueId {
        let made = app.ctx.store.write(move |tx| {
            Box::pin(async move {
                let query = Query::new(
                    "INSERT INTO issue (project_id, short_id, event_type, level, title, message, culprit, location, \
                     platform, logger, metadata, status, substatus, priority, times_seen, is_unhandled, first_seen, \
                     last_seen, active_at, num_comments) VALUES ($1, $2, 'error', 40, $3, 'bad id', \
                     'app.views in load', 'app/views.py', 'python', '', $4, $5, $6, $7, 0, FALSE, $8, $8, $8, 0) \
                     RETURNING id",
                );
                let metadata = json!({"type": "ValueError", "value": "bad id"});
                let query = query.bind(self.project).bind(self.number).bind(self.title).bind(&metadata);
                let query = query.bind(self.status).bind(self.substatus).bind(self.priority);
                tx.one::<IssueId>(query.bind(self.last_seen)).await
            })
        });
        made.await.map_err(|e: StoreError| e.to_string()).expect("an issue")
    }
}

/// An event to be.
#[derive(Debug, Clone)]
pub struct SampleEvent {
    pub project: ProjectId,
    pub issue: IssueId,
    pub event_id: String,
    pub at: Time,
    pub environment: Option<&'static str>,
    pub tags: Vec<(&'static str, &'static str)>,
}

impl SampleEvent {
    /// Stores it and counts it, as ingestion does.
    pub async fn insert(self, app: &TestApp, world: &World) {
        let org = world.org;
        let made = app.ctx.store.write(move |tx| {
            Box::pin(async move {
                let mut tags: Vec<(String, String)> =
                    self.tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                if let Some(name) = self.environment {
                    tags.push(("environment".to_owned(), name.to_owned()));
                    environment::ensure(tx, org, &[self.project], name).await?;
                }
                let find = |key: &str| tags.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
                let event = NewErrorEvent {
                    project_id: self.project,
                    issue_id: self.issue,
                    event_id: self.event_id.clone(),
                    timestamp: self.at,
                    received: self.at,
                    environment: self.environment.map(str::to_owned),
                    user_tag: find("user"),
                    primary_hash: "5d41402abc4b2a76b9719d911017c592".to_owned(),
                    title: "ValueError: bad id".to_owned(),
                    tags: tags.clone(),
                    data: Packed::pack(&raw(&tags))?,
                };
                error_event::insert(tx, event).await?;
                for (key, value) in &tags {
                    tag::bump(tx, self.issue, key, value, self.at).await?;
                }
                stat::bump(tx, self.issue, self.at.as_second().div_euclid(3600), 1).await?;
                let seen = Query::new("UPDATE issue SET times_seen = times_seen + 1, last_seen = $2 WHERE id = $1");
                tx.execute_one(seen.bind(self.issue).bind(self.at)).await?;
                let hash = Query::new(
                    "INSERT INTO issue_hash (project_id, hash, issue_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                );
                let hash = hash.bind(self.project).bind("5d41402abc4b2a76b9719d911017c592").bind(self.issue);
                tx.execute(hash).await
            })
        });
        made.await.map_err(|e: StoreError| e.to_string()).expect("an event");
    }
}

fn raw(tags: &[(String, String)]) -> serde_json::Value {
    json!({
        "type": "error", "title": "ValueError: bad id", "culprit": "app.views in load", "location": "app/views.py",
        "platform": "python", "level": "error", "tags": tags, "release": "1.2.3",
        "metadata": {"type": "ValueError", "value": "bad id"},
        "hashes": ["5d41402abc4b2a76b9719d911017c592"],
        "user": {"id": "1"}, "extra": {"k": "v"}, "modules": {}, "sdk": {"name": "sentry.python", "version": "2.0"},
        "contexts": {"runtime": {"name": "CPython", "version": "3.11", "type": "runtime"}},
        "exception": {"values": [{"type": "ValueError", "value": "bad id",
            "mechanism": {"type": "generic", "handled": true},
            "stacktrace": {"frames": [{"filename": "app/views.py", "abs_path": "/srv/app/views.py",
                "module": "app.views", "function": "load", "lineno": 12, "in_app": true,
                "pre_context": ["def load(x):"], "context_line": "    raise ValueError()", "vars": {}}]}}]}
    })
}

/// The id of the n-th event.
pub fn event_id(n: u32) -> String {
    format!("{n:032x}")
}
