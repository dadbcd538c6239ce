//! Making releases, as whoever deploys tells of them: the release, then its commits ([`set_commits`]), or where its
//! repositories are, so that their commits are fetched.

use mortise_domain::{OrgId, ProjectId, ReleaseId, RepositoryId, Time, UserId};
use mortise_store::{Conn, Tx, commit, release as store, release_commits, release_fetch, repository};

use super::{
    commits::set_commits,
    sent::{Ref, SentCommit, SentRelease},
};
use crate::{Ctx, Error, Result, repositories::record_commit};

/// Where a release is made, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Deployed {
    /// The organization.
    pub org: OrgId,
    /// A project that was released.
    pub project: ProjectId,
    /// The member who is told when commits cannot be fetched; without, the owners of the organization are.
    pub by: Option<UserId>,
}

/// Makes a release of a project, or adds to the one that is there. The second value tells whether the project had none
/// with this version before. Commits take the place of those that it has; without commits, they are fetched from where
/// the refs say.
pub async fn put_release(ctx: &Ctx, to: Deployed, sent: SentRelease) -> Result<(ReleaseId, bool)> {
    let SentRelease { release: new, commits, refs } = sent;
    let repositories = repositories_of(&mut *ctx.store.read().await?, to.org, &refs).await?;
    let (now, is_told) = (ctx.now(), !commits.is_empty());
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let made = store::put(tx, to.org, to.project, &new, now).await?;
            if !refs.is_empty() {
                put_refs(tx, to, made.0, &repositories, now).await?;
            }
            if !refs.is_empty() && !is_told {
                fetch_later(tx, to, made.0, &refs, now).await?;
            }
            Ok(made)
        })
    });
    let made = write.await?;
    if is_told {
        put_commits(ctx, to, made.0, commits).await?;
    }
    Ok(made)
}

/// The newest repository of each name that refs say, with the hash it is at.
async fn repositories_of(conn: &mut Conn, org: OrgId, refs: &[Ref]) -> Result<Vec<(RepositoryId, String)>> {
    let names: Vec<&str> = refs.iter().map(|it| it.repository.as_str()).collect();
    let rows = repository::newest_by_names(conn, org, &names).await?;
    let mut unknown: Vec<&str> =
        names.iter().copied().filter(|name| !rows.iter().any(|row| row.name == **name)).collect();
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() {
        return Err(Error::field("refs", format!("Invalid repository names: {}", unknown.join(","))));
    }
    // Of a repository that is named twice, the last one counts.
    let at = |row: &repository::Repository| {
        let last = refs.iter().rev().find(|it| it.repository == row.name)?;
        Some((row.id, last.commit.clone()))
    };
    Ok(rows.iter().filter_map(at).collect())
}

/// Stores where repositories are, with commits of which nothing else is known yet.
async fn put_refs(
    tx: &mut Tx,
    to: Deployed,
    release: ReleaseId,
    at: &[(RepositoryId, String)],
    now: Time,
) -> Result<()> {
    let mut heads = Vec::with_capacity(at.len());
    for (repository, sha) in at {
        let new = commit::NewCommit { sha: sha.clone(), message: None, author: None, date: None };
        heads.push((*repository, commit::put(tx, to.org, *repository, &new, now).await?));
    }
    Ok(release_commits::put_heads(tx, release, &heads, true).await?)
}

async fn fetch_later(tx: &mut Tx, to: Deployed, release: ReleaseId, refs: &[Ref], now: Time) -> Result<()> {
    let refs = serde_json::to_value(refs).map_err(|error| Error::Internal(error.to_string()))?;
    let previous = release_commits::previous(tx, to.org, release).await?;
    Ok(release_fetch::put(tx, release, previous, to.by, &refs, now).await?)
}

/// Stores the commits that came with a release. Repositories that are not there are made.
async fn put_commits(ctx: &Ctx, to: Deployed, release: ReleaseId, sent: Vec<SentCommit>) -> Result<()> {
    // Commits of no repository are in one that stands for the organization.
    let name_of =
        |it: &SentCommit| it.repository.clone().unwrap_or_else(|| format!("organization-{}", to.org));
    let mut names: Vec<String> = sent.iter().map(name_of).collect();
    names.sort_unstable();
    names.dedup();
    let now = ctx.now();
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut rows = repository::newest_active_by_names(tx, to.org, &known).await?;
            for name in names {
                if !rows.iter().any(|row| row.name == name) {
                    let new = repository::NewRepository::named(name);
                    rows.push(repository::insert(tx, to.org, &new, now).await?);
                }
            }
            Ok(rows)
        })
    });
    let repositories = write.await?;
    let mut stored = Vec::with_capacity(sent.len());
    for it in sent {
        let name = name_of(&it);
        let Some(row) = repositories.iter().find(|row| row.name == name) else { continue };
        if let Some(commit) = record_commit(ctx, to.org, row.id, it.commit).await? {
            stored.push((row.id, commit.id));
        }
    }
    set_commits(ctx, to.org, release, stored).await
}
