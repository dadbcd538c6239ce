//! The `statusDetails` of issues: how they were resolved, or until when they are ignored.

use std::collections::HashMap;

use mortise_domain::{
    CommitId, IssueId, UserId,
    issue::{ActivityKind, IssueStatus, ResolutionKind, Substatus},
};
use mortise_store::{
    Conn,
    issue::{
        Issue,
        beside::{self, Resolution, ResolvedBy, ResolvingCommit, Snooze},
    },
};
use mortise_wire::{
    WireTime,
    issue::{IgnoreConditions, StatusDetails},
    repository::Commit,
    user::User,
};

use super::by_issue;
use crate::{Ctx, Result, releases};

/// What the details of a list of issues are made of.
#[derive(Debug)]
pub(super) struct StatusFacts {
    resolutions: HashMap<IssueId, Resolution>,
    snoozes: HashMap<IssueId, Snooze>,
    commits: HashMap<IssueId, ResolvingCommit>,
    resolved_by: HashMap<IssueId, ResolvedBy>,
    commit_json: HashMap<CommitId, Commit>,
}

impl StatusFacts {
    /// Loads them. Only issues that are resolved or ignored have any.
    pub(super) async fn load(conn: &mut Conn, ctx: &Ctx, issues: &[Issue]) -> Result<Self> {
        let ids_in = |status: IssueStatus| -> Vec<IssueId> {
            issues.iter().filter(|issue| issue.status == status.number()).map(|issue| issue.id).collect()
        };
        let (resolved, ignored) = (ids_in(IssueStatus::Resolved), ids_in(IssueStatus::Ignored));
        let commits = by_issue(beside::resolving_commits(conn, &resolved).await?, |row| row.issue_id);
        let commit_ids: Vec<CommitId> = commits.values().map(|row| row.commit_id).collect();
        Ok(Self {
            resolutions: by_issue(beside::resolutions(conn, &resolved).await?, |row| row.issue_id),
            resolved_by: by_issue(beside::resolved_by(conn, &resolved).await?, |row| row.issue_id),
            snoozes: by_issue(beside::snoozes(conn, &ignored).await?, |row| row.issue_id),
            commit_json: releases::commits(conn, ctx, &commit_ids).await?,
            commits,
        })
    }

    /// The users that the details name.
    pub(super) fn users(&self) -> Vec<UserId> {
        let resolutions = self.resolutions.values().filter_map(|row| row.actor_id);
        let snoozes = self.snoozes.values().filter_map(|row| row.actor_id);
        let commits = self.commits.values().filter_map(|row| row.actor_id);
        let resolved = self.resolved_by.values().filter_map(|row| row.user_id);
        resolutions.chain(snoozes).chain(commits).chain(resolved).collect()
    }

    /// The details of one issue, which so many users have seen.
    pub(super) fn details(
        &self,
        issue: &Issue,
        users_seen: i64,
        users: &HashMap<UserId, User>,
    ) -> StatusDetails {
        let actor = |id: Option<UserId>| id.and_then(|id| users.get(&id)).cloned().map(Box::new);
        match IssueStatus::try_from(issue.status) {
            Ok(IssueStatus::Resolved) => self.resolved(issue.id, actor),
            Ok(IssueStatus::Ignored) => match (self.snoozes.get(&issue.id), issue.substatus) {
                (_, Some(substatus)) if substatus == Substatus::ArchivedUntilEscalating.number() => {
                    StatusDetails::IgnoredUntilEscalating
                }
                (Some(snooze), _) => {
                    let conditions = conditions(snooze, issue.times_seen, users_seen);
                    StatusDetails::Ignored(conditions, actor(snooze.actor_id))
                }
                (None, _) => StatusDetails::None,
            },
            _ => StatusDetails::None,
        }
    }

    fn resolved(&self, issue: IssueId, actor: impl Fn(Option<UserId>) -> Option<Box<User>>) -> StatusDetails {
        if let Some(resolution) = self.resolutions.get(&issue) {
            let actor = actor(resolution.actor_id);
            return match ResolutionKind::try_from(resolution.kind) {
                Ok(ResolutionKind::InRelease) => StatusDetails::InRelease(resolution.version.clone(), actor),
                _ => StatusDetails::InNextRelease(actor),
            };
        }
        let Some(by) = self.resolved_by.get(&issue) else { return StatusDetails::None };
        // A commit stays linked when the issue comes back and is resolved in another way.
        if by.kind == ActivityKind::SetResolvedInCommit.number()
            && let Some(link) = self.commits.get(&issue)
            && let Some(commit) = self.commit_json.get(&link.commit_id)
        {
            return StatusDetails::InCommit(Box::new(commit.clone()), actor(link.actor_id));
        }
        if by.kind == ActivityKind::SetResolvedByAge.number() {
            return StatusDetails::AutoResolved;
        }
        actor(by.user_id).map_or(StatusDetails::None, StatusDetails::Resolved)
    }
}

/// What is left of the conditions: counts without a window of time run down as events come in.
fn conditions(snooze: &Snooze, times_seen: i64, users_seen: i64) -> IgnoreConditions {
    let left = |count: Option<i64>, window: Option<i64>, since: i64| match window {
        None => count.map(|count| (count - since.max(0)).max(0)),
        Some(_) => count,
    };
    IgnoreConditions {
        ignore_count: left(snooze.count, snooze.window_minutes, times_seen - snooze.seen_at_start),
        ignore_until: snooze.until.map(WireTime::new),
        ignore_user_count: left(
            snooze.user_count,
            snooze.user_window_minutes,
            users_seen - snooze.users_at_start,
        ),
        ignore_user_window: snooze.user_window_minutes,
        ignore_window: snooze.window_minutes,
    }
}
