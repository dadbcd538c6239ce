//! Giving a release its commits. What they resolve is resolved in the release from then on.

use std::collections::{BTreeMap, HashSet};

use mortise_domain::{CommitId, IssueId, OrgId, ReleaseId, RepositoryId, Time, UserId, issue::IssueStatus};
use mortise_store::{
    Tx,
    issue::{
        resolution::{self, NewResolution, ProjectRelease},
        write,
    },
    release as store, release_commits,
};
use serde_json::Map;

use crate::{
    Ctx, Error, Result,
    issues::{
        Act,
        resolve::{Resolution, resolve},
    },
};

/// Gives a release these commits, newest first, in place of those that it has.
pub(super) async fn set_commits(
    ctx: &Ctx,
    org: OrgId,
    release: ReleaseId,
    commits: Vec<(RepositoryId, CommitId)>,
) -> Result<()> {
    let (mut seen, mut with_head) = (HashSet::new(), HashSet::new());
    let commits: Vec<_> = commits.into_iter().filter(|(_, commit)| seen.insert(*commit)).collect();
    let heads: Vec<_> =
        commits.iter().copied().filter(|(repository, _)| with_head.insert(*repository)).collect();
    let now = ctx.now();
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            if !release_commits::lock(tx, release).await? {
                return Ok(());
            }
            let ids: Vec<CommitId> = commits.iter().map(|(_, commit)| *commit).collect();
            release_commits::replace(tx, release, &ids).await?;
            release_commits::put_heads(tx, release, &heads, false).await?;
            resolve_in(tx, org, release, now).await
        })
    });
    write.await
}

/// Resolves in a release what its commits say they fix. What a commit has resolved already only gets the release.
async fn resolve_in(tx: &mut Tx, org: OrgId, release: ReleaseId, now: Time) -> Result<()> {
    let mut actors: BTreeMap<IssueId, Option<UserId>> = BTreeMap::new();
    for row in release_commits::resolved(tx, release).await? {
        actors.entry(row.issue_id).or_insert(row.actor_id);
    }
    let issues = write::lock(tx, &actors.keys().copied().collect::<Vec<_>>()).await?;
    let Some(row) = store::by_ids(tx, &[release]).await?.pop() else { return Ok(()) };
    let date = row.date_released.unwrap_or(row.date_added);
    let within = ProjectRelease { id: row.id, version: row.version, date_added: row.date_added, date };
    for issue in issues {
        let user = actors.get(&issue.id).copied().flatten();
        if issue.status == IssueStatus::Resolved.number() {
            let new = NewResolution {
                issue_id: issue.id,
                kind: mortise_domain::ResolutionKind::InRelease.number(),
                release_id: release,
                current_release_version: None,
                actor_id: user,
                date_added: now,
            };
            resolution::put(tx, &new).await?;
            continue;
        }
        let act = Act { org, user, facts: Map::new(), now };
        resolve(tx, &act, &[issue], &Resolution::Release(within.clone())).await?;
    }
    Ok(())
}
