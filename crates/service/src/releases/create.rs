//! Making releases, as whoever deploys tells of them: the release, then its commits ([`set_commits`]), or where its
//! repositories are, so that their commits are fetched.

use mortise_domain::{OrgId, ProjectId, ReleaseId, RepositoryId, Time, UserId};
use mortise_store::{Conn, Tx, commit, release as store, release_commits, release_fetch, repository};

use super::{
    commits::set_commits,
    sent::{Ref, SentCommit, SentRelease},
};
use crate::{Ctx, Error, Result, repositories::record_all};

/// Where a release is made, and by whom.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The organization.
    pub org: OrgId,
    /// The projects that were released.
    pub projects: Vec<ProjectId>,
    /// The member who is told when commits cannot be fetched; without, the owners of the organization are.
    pub by: Option<UserId>,
}

/// Makes a release of projects, or adds to the one that is there. The second value tells whether one of the projects had
/// none with this version before. Commits take the place of those that it has; without commits, they are fetched from
/// where the refs say.
pub async fn put_release(ctx: &Ctx, to: Deployed, sent: SentRelease) -> Result<(ReleaseId, bool)> {
    let SentRelease { release: new, commits, refs, .. } = sent;
    let heads = Heads::of(ctx, to.org, to.by, refs).await?;
    let (org, now, is_told) = (to.org, ctx.now(), !commits.is_empty());
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let made = store::put(tx, org, &to.projects, &new, now).await?;
            heads.put(tx, made.0, !is_told, now).await?;
            Ok(made)
        })
    });
    let made = write.await?;
    if is_told {
        put_commits(ctx, org, made.0, commits).await?;
    }
    Ok(made)
}

/// Changes a release that is there as [`put_release`] would; one that is gone is not made again.
pub(super) async fn change_release(
    ctx: &Ctx,
    org: OrgId,
    id: ReleaseId,
    by: Option<UserId>,
    sent: SentRelease,
) -> Result<()> {
    let SentRelease { release: new, commits, refs, clears } = sent;
    let heads = Heads::of(ctx, org, by, refs).await?;
    let (now, is_told) = (ctx.now(), !commits.is_empty());
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            if !store::update(tx, org, id, &new).await? {
                return Err(Error::NoSuchResource);
            }
            if clears {
                release_commits::clear(tx, id).await?;
            }
            heads.put(tx, id, !is_told, now).await
        })
    });
    write.await?;
    if is_told {
        put_commits(ctx, org, id, commits).await?;
    }
    Ok(())
}

/// Where repositories are in a release, and who says so.
struct Heads {
    org: OrgId,
    by: Option<UserId>,
    refs: Vec<Ref>,
    at: Vec<(RepositoryId, String)>,
}

impl Heads {
    async fn of(ctx: &Ctx, org: OrgId, by: Option<UserId>, refs: Vec<Ref>) -> Result<Self> {
        let at = repositories_of(&mut *ctx.store.read().await?, org, &refs).await?;
        Ok(Self { org, by, refs, at })
    }

    /// Stores them, with commits of which nothing else is known yet; `is_fetched` has the others fetched.
    async fn put(&self, tx: &mut Tx, release: ReleaseId, is_fetched: bool, now: Time) -> Result<()> {
        if self.refs.is_empty() {
            return Ok(());
        }
        let mut heads = Vec::with_capacity(self.at.len());
        for (repository, sha) in &self.at {
            let new = commit::NewCommit { sha: sha.clone(), message: None, author: None, date: None };
            heads.push((*repository, commit::put(tx, self.org, *repository, &new, now).await?));
        }
        release_commits::put_heads(tx, release, &heads, true).await?;
        if is_fetched {
            let refs =
                serde_json::to_value(&self.refs).map_err(|error| Error::Internal(error.to_string()))?;
            let previous = release_commits::previous(tx, self.org, release).await?;
            release_fetch::put(tx, release, previous, self.by, &refs, now).await?;
        }
        Ok(())
    }
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

/// Stores the commits that came with a release. Repositories that are not there are made.
async fn put_commits(ctx: &Ctx, org: OrgId, release: ReleaseId, sent: Vec<SentCommit>) -> Result<()> {
    // Commits of no repository are in one that stands for the organization.
    let name_of = |it: &SentCommit| it.repository.clone().unwrap_or_else(|| format!("organization-{}", org));
    let mut names: Vec<String> = sent.iter().map(name_of).collect();
    names.sort_unstable();
    names.dedup();
    let now = ctx.now();
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut rows = repository::newest_active_by_names(tx, org, &known).await?;
            for name in names {
                if !rows.iter().any(|row| row.name == name) {
                    let new = repository::NewRepository::named(name);
                    rows.push(repository::insert(tx, org, &new, now).await?);
                }
            }
            Ok(rows)
        })
    });
    let repositories = write.await?;
    let repository_of = |it: SentCommit| {
        let name = name_of(&it);
        let row = repositories.iter().find(|row| row.name == name)?;
        Some((row.id, it.commit))
    };
    let commits: Vec<_> = sent.into_iter().filter_map(repository_of).collect();
    let ids: Vec<_> = commits.iter().map(|(repository, _)| *repository).collect();
    let stored = record_all(ctx, org, commits).await?;
    let stored = ids.into_iter().zip(stored).filter_map(|(id, it)| Some((id, it?.id))).collect();
    set_commits(ctx, org, release, stored).await
}
