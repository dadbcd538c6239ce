//! Finding, creating and counting the issue of an event.

use mortise_domain::{IssueId, ProjectId, ReleaseId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Store, StoreError, Tx, dialect, row};

row! {
    /// A hash and the issue that owns it.
    pub struct Owner {
        pub hash: String,
        pub id: IssueId,
        pub status: i64,
        pub substatus: Option<i64>,
        pub last_seen: Time,
    }
}

/// What an issue shows of its latest event.
#[derive(Debug, Clone)]
pub struct Shown {
    pub event_type: &'static str,
    pub level: i64,
    pub title: String,
    pub message: String,
    pub culprit: String,
    pub location: Option<String>,
    pub platform: &'static str,
    pub logger: String,
    pub metadata: Json,
    pub is_unhandled: bool,
}

/// The owners of these hashes, in no order.
pub async fn owners(conn: &mut Conn, project: ProjectId, hashes: &[String]) -> Result<Vec<Owner>> {
    let mut query = Query::new(
        "SELECT h.hash, i.id, i.status, i.substatus, i.last_seen FROM issue_hash h JOIN issue i ON i.id = h.issue_id \
         WHERE h.project_id = $1 AND h.hash IN ",
    )
    .bind(project);
    query.list(hashes);
    conn.all(query).await
}

/// The next number of an issue of the project; [`StoreError::Reference`] when there is no such project. Until the
/// transaction ends nobody else gets one.
pub async fn next_number(tx: &mut Tx, project: ProjectId) -> Result<i64> {
    let query = Query::new(
        "UPDATE project SET last_short_id = last_short_id + 1 WHERE id = $1 RETURNING last_short_id",
    );
    let number = tx.optional(query.bind(project)).await?;
    number.ok_or_else(|| StoreError::Reference("the project is gone".to_owned()))
}

/// The same in a transaction that does not wait for the disk, so that others wait for the number as short as can be. It is
/// durable with whatever is committed after it; a number that comes to nothing is left out.
pub async fn take_number(store: &Store, project: ProjectId) -> Result<i64> {
    let taken = store.write(move |tx| {
        Box::pin(async move {
            dialect::relax_commit(tx).await?;
            next_number(tx, project).await
        })
    });
    taken.await
}

/// What a new issue holds besides what it shows.
#[derive(Debug, Clone, Copy)]
pub struct NewIssue {
    pub project_id: ProjectId,
    /// See [`next_number`].
    pub number: i64,
    pub priority: i64,
    /// As in [`mortise_domain::issue::Substatus`].
    pub substatus: i64,
    pub seen: Time,
    pub first_release_id: Option<ReleaseId>,
    pub inbox_reason: i64,
    pub now: Time,
}

/// Creates an unresolved issue with one event.
pub async fn create(tx: &mut Tx, new: NewIssue, shown: &Shown) -> Result<IssueId> {
    let query = Query::new(
        "INSERT INTO issue (project_id, short_id, event_type, level, title, message, culprit, location, platform, \
         logger, metadata, status, substatus, priority, times_seen, is_unhandled, first_seen, last_seen, active_at, \
         first_release_id, num_comments, inbox_reason, inbox_date) VALUES \
         ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13, 1, $14, $15, $15, $15, $16, 0, $17, $18) \
         RETURNING id",
    );
    let query = query.bind(new.project_id).bind(new.number).bind(shown.event_type).bind(shown.level);
    let query =
        query.bind(&shown.title).bind(&shown.message).bind(&shown.culprit).bind(shown.location.as_deref());
    let query = query.bind(shown.platform).bind(&shown.logger).bind(&shown.metadata).bind(new.substatus);
    let query = query.bind(new.priority).bind(shown.is_unhandled).bind(new.seen).bind(new.first_release_id);
    tx.one(query.bind(new.inbox_reason).bind(new.now)).await
}

/// Makes the issue the owner of hashes that have none, and returns how many those were. Hashes that were taken meanwhile
/// stay where they are. In the order of the hashes, so that two writers never wait for each other in a circle.
pub async fn add_hashes(tx: &mut Tx, project: ProjectId, issue: IssueId, hashes: &[&str]) -> Result<u64> {
    if hashes.is_empty() {
        return Ok(0);
    }
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    let mut query = Query::new("INSERT INTO issue_hash (project_id, hash, issue_id) VALUES ");
    for (position, hash) in hashes.into_iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" }).arg(project);
        query.push(", ").arg(hash).push(", ").arg(issue).push(")");
    }
    query.push(" ON CONFLICT (project_id, hash) DO NOTHING");
    tx.execute(query).await
}

row! {
    /// An issue after one more event was counted.
    pub struct Counted {
        pub times_seen: i64,
        pub first_seen: Time,
        pub priority: i64,
    }
}

/// Counts one more event, and shows it. The issue is there: an event of it was just stored.
pub async fn count_latest(tx: &mut Tx, issue: IssueId, seen: Time, shown: &Shown) -> Result<Counted> {
    let query = Query::new(
        "UPDATE issue SET times_seen = times_seen + 1, last_seen = CASE WHEN last_seen < $2 THEN $2 ELSE last_seen END, \
         event_type = $3, level = $4, title = $5, message = $6, culprit = $7, location = $8, platform = $9, \
         logger = $10, metadata = $11, is_unhandled = $12 WHERE id = $1 RETURNING times_seen, first_seen, priority",
    );
    let query = query.bind(issue).bind(seen).bind(shown.event_type).bind(shown.level).bind(&shown.title);
    let query =
        query.bind(&shown.message).bind(&shown.culprit).bind(shown.location.as_deref()).bind(shown.platform);
    tx.one(query.bind(&shown.logger).bind(&shown.metadata).bind(shown.is_unhandled)).await
}

/// Counts one more event that is older than the one shown. The issue is there, as above.
pub async fn count_late(tx: &mut Tx, issue: IssueId, seen: Time) -> Result<Counted> {
    let query = Query::new(
        "UPDATE issue SET times_seen = times_seen + 1, \
         first_seen = CASE WHEN first_seen > $2 THEN $2 ELSE first_seen END WHERE id = $1 \
         RETURNING times_seen, first_seen, priority",
    );
    tx.one(query.bind(issue).bind(seen)).await
}
