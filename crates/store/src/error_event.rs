//! Events that SDKs sent. The whole normalised event is kept compressed; what lists, counts and searches need stands
//! in columns beside it.

use mortise_domain::{ErrorEventId, IssueId, OrgId, ProjectId, Time};
use serde_json::Value as Json;

use crate::{Conn, Pattern, Query, Range, Result, StoreError, Tx, dialect, row};

/// zstd's level: higher ones cost ingestion more than they save.
const COMPRESSION_LEVEL: i32 = 1;
/// Microseconds of an hour, the unit of counts by time.
const HOUR_US: i64 = 3_600_000_000;

/// A compressed event. Made before the transaction that stores it, so that the writer need not wait for it.
#[derive(Debug, Clone)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Compresses a normalised event.
    pub fn pack(event: &Json) -> Result<Self> {
        let text = event.to_string();
        let bytes = zstd::bulk::compress(text.as_bytes(), COMPRESSION_LEVEL)
            .map_err(|e| StoreError::Corrupt { column: "data".to_owned(), reason: e.to_string() })?;
        Ok(Self(bytes))
    }
}

fn unpack(bytes: &[u8]) -> Result<(Json, i64)> {
    let corrupt = |reason: String| StoreError::Corrupt { column: "data".to_owned(), reason };
    let text = zstd::decode_all(bytes).map_err(|e| corrupt(e.to_string()))?;
    let event = serde_json::from_slice(&text).map_err(|e| corrupt(e.to_string()))?;
    Ok((event, text.len() as i64))
}

row! {
    /// An event.
    pub struct ErrorEvent {
        pub id: ErrorEventId,
        pub project_id: ProjectId,
        pub issue_id: IssueId,
        pub event_id: String,
        pub timestamp: Time,
        pub received: Time,
        pub environment: Option<String>,
        pub user_tag: Option<String>,
        pub primary_hash: String,
        pub title: String,
        pub tags: Json,
        pub data: Vec<u8>,
    }
}

impl ErrorEvent {
    /// The normalised event, and its size as text, bytes.
    pub fn unpack(&self) -> Result<(Json, i64)> {
        unpack(&self.data)
    }
}

/// What a new event holds; the fields are those of [`ErrorEvent`].
#[derive(Debug, Clone)]
pub struct NewErrorEvent {
    pub project_id: ProjectId,
    pub issue_id: IssueId,
    pub event_id: String,
    pub timestamp: Time,
    pub received: Time,
    pub environment: Option<String>,
    pub user_tag: Option<String>,
    pub primary_hash: String,
    pub title: String,
    /// Keys and values, in the order of the event.
    pub tags: Vec<(String, String)>,
    pub data: Packed,
}

/// Stores an event; `None` when the project has one with that id.
pub async fn insert_once(tx: &mut Tx, new: NewErrorEvent) -> Result<Option<ErrorEventId>> {
    let query = Query::new(
        "INSERT INTO error_event (project_id, issue_id, event_id, timestamp, received, environment, user_tag, primary_hash, \
         title, tags, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (project_id, event_id) DO NOTHING RETURNING id",
    );
    let query = query.bind(new.project_id).bind(new.issue_id).bind(new.event_id).bind(new.timestamp);
    let query = query.bind(new.received).bind(new.environment).bind(new.user_tag).bind(new.primary_hash);
    let tags: Json =
        new.tags.iter().map(|(key, value)| Json::from_iter([readable(key), readable(value)])).collect();
    tx.optional(query.bind(new.title).bind(&tags).bind(new.data.0)).await
}

/// PostgreSQL refuses to look into JSON with an escaped NUL.
fn readable(text: &str) -> Json {
    Json::from(text.replace('\0', "\u{fffd}"))
}

/// Stores an event. [`StoreError::Conflict`] when the project has one with that id.
pub async fn insert(tx: &mut Tx, new: NewErrorEvent) -> Result<ErrorEventId> {
    insert_once(tx, new).await?.ok_or_else(|| StoreError::Conflict("error_event.event_id".to_owned()))
}

/// Whether the project has an event with this id.
pub async fn exists(conn: &mut Conn, project: ProjectId, event_id: &str) -> Result<bool> {
    let query = Query::new("SELECT id FROM error_event WHERE project_id = $1 AND event_id = $2");
    Ok(conn.optional::<ErrorEventId>(query.bind(project).bind(event_id)).await?.is_some())
}

/// The issues of these events, as far as they belong to the organization.
pub async fn issues_of(
    conn: &mut Conn,
    org: OrgId,
    events: &[(ProjectId, String)],
) -> Result<Vec<(ProjectId, String, IssueId)>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT e.project_id, e.event_id, e.issue_id FROM error_event e JOIN project p ON p.id = e.project_id \
         WHERE p.organization_id = ",
    );
    query.arg(org).push(" AND e.project_id IN ").list(events.iter().map(|(project, _)| *project));
    query.push(" AND e.event_id IN ").list(events.iter().map(|(_, event)| event));
    conn.all(query).await
}

/// Where events are looked for.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// In an issue.
    Issue(IssueId),
    /// In any of these issues.
    Issues(&'a [IssueId]),
    /// In a project.
    Project(ProjectId),
    /// In any of these projects.
    Projects(&'a [ProjectId]),
}

/// Which events are meant; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Any of these environments; empty for all.
    pub environments: Vec<String>,
    /// Not before.
    pub since: Option<Time>,
    /// Before.
    pub until: Option<Time>,
    /// All of these hold.
    pub tests: Vec<EventTest>,
}

impl EventFilter {
    /// Whether every event is meant.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// A condition on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTest {
    /// Whether it must not hold.
    pub negated: bool,
    /// What must hold.
    pub test: EventTestKind,
}

/// What can be asked of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTestKind {
    /// The tag has any of these values.
    Tag(String, Vec<Pattern>),
    /// The event has the tag.
    HasTag(String),
    /// The title matches any.
    Title(Vec<Pattern>),
    /// The event has any of these ids.
    EventId(Vec<String>),
}

fn narrow(conn: &Conn, query: &mut Query, scope: Scope<'_>, filter: &EventFilter) {
    match scope {
        Scope::Issue(issue) => query.push("e.issue_id = ").arg(issue),
        Scope::Issues(issues) => query.push("e.issue_id IN ").list(issues.iter().copied()),
        Scope::Project(project) => query.push("e.project_id = ").arg(project),
        Scope::Projects(projects) => query.push("e.project_id IN ").list(projects.iter().copied()),
    };
    if !filter.environments.is_empty() {
        query.push(" AND e.environment IN ").list(filter.environments.iter());
    }
    if let Some(since) = filter.since {
        query.push(" AND e.timestamp >= ").arg(since);
    }
    if let Some(until) = filter.until {
        query.push(" AND e.timestamp < ").arg(until);
    }
    for test in &filter.tests {
        query.push(if test.negated { " AND NOT " } else { " AND " });
        push_test(conn, query, &test.test);
    }
}

fn push_test(conn: &Conn, query: &mut Query, test: &EventTestKind) {
    let pairs = dialect::tag_pairs(conn);
    match test {
        EventTestKind::Tag(key, patterns) => {
            query.push("EXISTS (SELECT 1 FROM ").push(pairs).push(" WHERE (p.value ->> 0) = ").arg(key);
            query.push(" AND ").matches("(p.value ->> 1)", patterns).push(")")
        }
        EventTestKind::HasTag(key) => query
            .push("EXISTS (SELECT 1 FROM ")
            .push(pairs)
            .push(" WHERE (p.value ->> 0) = ")
            .arg(key)
            .push(")"),
        EventTestKind::Title(patterns) => query.matches("e.title", patterns),
        EventTestKind::EventId(ids) => query.push("e.event_id IN ").list(ids),
    };
}

/// Events by time.
pub async fn list(
    conn: &mut Conn,
    scope: Scope<'_>,
    filter: &EventFilter,
    range: &Range,
) -> Result<Vec<ErrorEvent>> {
    let mut query = Query::new("SELECT e.* FROM error_event e WHERE ");
    narrow(conn, &mut query, scope, filter);
    query.range("e.timestamp", "e.id", range);
    conn.all(query).await
}

/// The newest event.
pub async fn latest(conn: &mut Conn, scope: Scope<'_>, filter: &EventFilter) -> Result<Option<ErrorEvent>> {
    Ok(list(conn, scope, filter, &Range::newest(1)).await?.pop())
}

/// The first event.
pub async fn oldest(conn: &mut Conn, scope: Scope<'_>, filter: &EventFilter) -> Result<Option<ErrorEvent>> {
    let range = Range { ascending: true, ..Range::newest(1) };
    Ok(list(conn, scope, filter, &range).await?.pop())
}

/// The newest stored event of each hash by which events were grouped into the issue.
pub async fn newest_by_hash(conn: &mut Conn, issue: IssueId) -> Result<Vec<ErrorEvent>> {
    let query = Query::new(
        "SELECT e.* FROM error_event e WHERE e.id IN \
         (SELECT MAX(n.id) FROM error_event n WHERE n.issue_id = $1 GROUP BY n.primary_hash)",
    );
    conn.all(query.bind(issue)).await
}

/// The event with this id in any of the projects.
pub async fn by_event_id(
    conn: &mut Conn,
    projects: &[ProjectId],
    event_id: &str,
) -> Result<Option<ErrorEvent>> {
    let mut query =
        Query::new("SELECT e.* FROM error_event e WHERE e.event_id = $1 AND e.project_id IN ").bind(event_id);
    query.list(projects.iter().copied()).push(" ORDER BY e.id LIMIT 1");
    conn.optional(query).await
}

/// Events by project and id, in any order.
pub async fn by_event_ids(conn: &mut Conn, events: &[(ProjectId, String)]) -> Result<Vec<ErrorEvent>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT e.* FROM error_event e WHERE e.project_id IN ");
    query.list(events.iter().map(|(project, _)| *project));
    query.push(" AND e.event_id IN ").list(events.iter().map(|(_, event)| event));
    conn.all(query).await
}

/// The ids of the events before and after one within its issue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next older one.
    pub previous: Option<String>,
    /// The next newer one.
    pub next: Option<String>,
}

/// Finds the neighbours of an event among the events of its issue in these environments.
pub async fn neighbours(conn: &mut Conn, event: &ErrorEvent, environments: &[String]) -> Result<Neighbours> {
    let older = (" AND (e.timestamp < ", " OR (e.timestamp = ", " AND e.id < ", "DESC, e.id DESC");
    let newer = (" AND (e.timestamp > ", " OR (e.timestamp = ", " AND e.id > ", "ASC, e.id ASC");
    let mut found = [None, None];
    for (slot, (time, tie, id, order)) in found.iter_mut().zip([older, newer]) {
        let mut query =
            Query::new("SELECT e.event_id FROM error_event e WHERE e.issue_id = $1").bind(event.issue_id);
        if !environments.is_empty() {
            query.push(" AND e.environment IN ").list(environments.iter());
        }
        query.push(time).arg(event.timestamp).push(tie).arg(event.timestamp);
        query.push(id).arg(event.id).push(")) ORDER BY e.timestamp ").push(order).push(" LIMIT 1");
        *slot = conn.optional::<String>(query).await?;
    }
    let [previous, next] = found;
    Ok(Neighbours { previous, next })
}

/// How many events the filter means, and of how many different users.
pub async fn count(conn: &mut Conn, scope: Scope<'_>, filter: &EventFilter) -> Result<(i64, i64)> {
    let mut query = Query::new("SELECT COUNT(*), COUNT(DISTINCT e.user_tag) FROM error_event e WHERE ");
    narrow(conn, &mut query, scope, filter);
    conn.one(query).await
}

row! {
    /// Counts of an issue's events.
    pub struct Totals {
        pub issue_id: IssueId,
        pub times_seen: i64,
        pub users_seen: i64,
        pub first_seen: Time,
        pub last_seen: Time,
    }
}

/// Counts of the events that the filter means, by issue; issues without such events are left out.
pub async fn totals(conn: &mut Conn, issues: &[IssueId], filter: &EventFilter) -> Result<Vec<Totals>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT e.issue_id AS issue_id, COUNT(*) AS times_seen, COUNT(DISTINCT e.user_tag) AS users_seen, \
         MIN(e.timestamp) AS first_seen, MAX(e.timestamp) AS last_seen FROM error_event e WHERE ",
    );
    narrow(conn, &mut query, Scope::Issues(issues), filter);
    query.push(" GROUP BY e.issue_id");
    conn.all(query).await
}

/// Counts of the events that the filter means, by issue and hour (epoch seconds / 3600), from `first_hour` on.
pub async fn hourly(
    conn: &mut Conn,
    issues: &[IssueId],
    filter: &EventFilter,
    first_hour: i64,
) -> Result<Vec<(IssueId, i64, i64)>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT e.issue_id, e.timestamp / 3600000000, COUNT(*) FROM error_event e WHERE ");
    narrow(conn, &mut query, Scope::Issues(issues), filter);
    query.push(" AND e.timestamp >= ").arg(first_hour.saturating_mul(HOUR_US));
    query.push(" GROUP BY e.issue_id, e.timestamp / 3600000000");
    conn.all(query).await
}
