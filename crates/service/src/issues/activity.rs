//! What happened to issues, as clients see it. Every kind is stored with the data that is shown, but for commits and
//! pull requests: those are stored by the ids of their rows.

use mortise_domain::{CommitId, PullRequestId, UserId, issue::ActivityKind};
use mortise_store::{
    Conn,
    activity::{self, Activity},
    issue::Issue,
};
use mortise_wire::{
    WireTime,
    activity::{self as wire, ACTIVITY_ENTRIES_MAX, ActivityApp, ActivityList},
};
use serde_json::Value;

use crate::{Ctx, Error, Result, access::IssueAccess, apps::facade, people, releases};

/// The key of a commit in the data.
const COMMIT: &str = "commit";
/// The key of a pull request in the data.
const PULL_REQUEST: &str = "pullRequest";

/// The history of an issue, as its own list.
pub async fn list_activities(ctx: &Ctx, access: &IssueAccess) -> Result<ActivityList> {
    let mut conn = ctx.store.read().await?;
    let viewer = access.project.org.caller.user_id();
    Ok(ActivityList { activity: of_issue(&mut conn, ctx, viewer, &access.issue).await? })
}

/// The history of an issue: newest first, repetitions left out, closed by when it was first seen.
pub(super) async fn of_issue(
    conn: &mut Conn,
    ctx: &Ctx,
    viewer: Option<UserId>,
    issue: &Issue,
) -> Result<Vec<wire::Activity>> {
    let mut rows = activity::of_issue(conn, issue.id, ACTIVITY_ENTRIES_MAX as i64).await?;
    rows.dedup_by(|older, newer| {
        (older.kind, older.user_id, &older.data) == (newer.kind, newer.user_id, &newer.data)
    });
    rows.truncate(ACTIVITY_ENTRIES_MAX - 1);
    let mut entries = list_json(conn, ctx, viewer, &rows).await?;
    entries.push(wire::Activity::first_seen(WireTime::new(issue.first_seen)));
    Ok(entries)
}

/// Writes entries, comments among them, in the order given, as `viewer` sees them.
pub async fn list_json(
    conn: &mut Conn,
    ctx: &Ctx,
    viewer: Option<UserId>,
    rows: &[Activity],
) -> Result<Vec<wire::Activity>> {
    let ids: Vec<UserId> = rows.iter().filter_map(|row| row.user_id).collect();
    let users = people::short_users(conn, ctx, ids.iter().copied(), viewer).await?;
    let apps = facade::apps_of_proxy_users(conn, &ids).await?;
    let commit_ids: Vec<CommitId> = rows.iter().filter_map(commit_id).collect();
    let commits = releases::commits(conn, ctx, &commit_ids).await?;
    let pull_ids: Vec<PullRequestId> = rows.iter().filter_map(pull_request_id).collect();
    let pulls = releases::pull_requests(conn, ctx, &pull_ids).await?;
    let entry = |row: &Activity| -> Result<wire::Activity> {
        let kind = ActivityKind::try_from(row.kind).map_err(|e| Error::Internal(e.to_string()))?;
        let mut data = row.data.as_object().cloned().unwrap_or_default();
        if kind == ActivityKind::SetResolvedInCommit {
            let commit = commit_id(row).and_then(|id| commits.get(&id));
            data.insert(COMMIT.to_owned(), serde_json::to_value(commit).unwrap_or(Value::Null));
        }
        if kind == ActivityKind::SetResolvedInPullRequest {
            let pull = pull_request_id(row).and_then(|id| pulls.get(&id));
            data.insert(PULL_REQUEST.to_owned(), serde_json::to_value(pull).unwrap_or(Value::Null));
        }
        let app = apps.iter().find(|app| Some(app.proxy_user_id) == row.user_id);
        Ok(wire::Activity {
            id: row.id.to_string(),
            user: row.user_id.and_then(|id| users.get(&id)).cloned(),
            sentry_app: app.map(|app| ActivityApp {
                id: app.id.to_string(),
                slug: app.slug.clone(),
                name: app.name.clone(),
            }),
            kind: kind.to_string(),
            data,
            date_created: WireTime::new(row.date_added),
        })
    };
    rows.iter().map(entry).collect()
}

fn pull_request_id(row: &Activity) -> Option<PullRequestId> {
    (row.kind == ActivityKind::SetResolvedInPullRequest.number())
        .then(|| row.data.get(PULL_REQUEST)?.as_i64().map(PullRequestId::new))
        .flatten()
}

fn commit_id(row: &Activity) -> Option<CommitId> {
    (row.kind == ActivityKind::SetResolvedInCommit.number())
        .then(|| row.data.get(COMMIT)?.as_i64().map(CommitId::new))
        .flatten()
}
