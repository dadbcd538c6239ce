//! Fetching the commits of releases from the other side, which is asked what changed between two of them. Whoever says
//! where a release's repositories are has it fetched ([`super::put_release`]); a periodic job does it, several at once, and
//! may do it twice. What the other side does not tell now is asked for again a few times; whoever released is told once.

use futures_util::{StreamExt, stream};
use mortise_domain::{CommitId, OrgId, RepositoryId};
use mortise_providers::{ProviderError, RemoteCommit};
use mortise_store::{
    organization::{self, Organization},
    release_commits,
    release_fetch::{self as store, Fetch},
    repository::{self, Repository},
};

use super::{commits::set_commits, sent::Ref};
use crate::{
    Ctx, Error, Result,
    authenticate::after,
    events::{self, ReleaseFacts},
    repositories::{
        Host, added,
        facade::{Author, NewCommit},
        record_all,
    },
};

/// Releases taken in hand in one run.
const BATCH: i64 = 20;
/// Releases that are fetched at the same time.
const AT_ONCE: usize = 4;
/// How long whoever has a release in hand keeps it, seconds: longer than a slow other side takes for the largest one.
const IN_HAND_S: i64 = 3600;
/// Time between tries, seconds.
const PAUSE_S: i64 = 300;
/// How often is tried.
const TRIES_MAX: i64 = 5;
/// What is said where no more may be said.
const UNKNOWN: &str = "An internal system error occurred.";

/// Why the commits of a repository were not fetched.
struct Failure {
    repository: String,
    text: String,
    /// Whether trying again may help.
    is_passing: bool,
}

/// Fetches what is due; how many releases were taken in hand.
pub(crate) async fn fetch_due(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let claim = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { Ok(store::claim(tx, now, after(now, IN_HAND_S), BATCH).await?) })
    });
    let due = claim.await?;
    let count = due.len() as u64;
    let one = |fetch: Fetch| async move {
        let release = fetch.release_id;
        if let Err(error) = carry_out(ctx, fetch).await {
            tracing::warn!(%error, release.id = %release, "the commits of a release are not fetched yet");
        }
    };
    stream::iter(due).for_each_concurrent(AT_ONCE, one).await;
    Ok(count)
}

async fn carry_out(ctx: &Ctx, fetch: Fetch) -> Result<()> {
    let org = organization::by_id(&mut *ctx.store.read().await?, fetch.organization_id).await?;
    let failures = match &org {
        Some(org) => fetch_one(ctx, org, &fetch).await?,
        None => Vec::new(),
    };
    let now = ctx.now();
    let is_passing = failures.iter().any(|failure| failure.is_passing) && fetch.attempts < TRIES_MAX;
    let again = is_passing.then(|| after(now, PAUSE_S));
    let told = if fetch.attempts == 1 { failures } else { Vec::new() };
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            for failure in told {
                let release = ReleaseFacts { version: fetch.version.clone(), repository: failure.repository };
                let (org, by) = (fetch.organization_id, fetch.actor_id);
                events::commits_not_fetched(tx, org, release, by, failure.text, now).await?;
            }
            Ok(store::end(tx, &fetch, again).await?)
        })
    });
    write.await
}

/// Fetches the commits of one release; what went wrong.
async fn fetch_one(ctx: &Ctx, org: &Organization, fetch: &Fetch) -> Result<Vec<Failure>> {
    let refs: Vec<Ref> = serde_json::from_value(fetch.refs.clone())
        .map_err(|error| Error::Internal(format!("refs: {error}")))?;
    let mut conn = ctx.store.read().await?;
    let names: Vec<&str> = refs.iter().map(|it| it.repository.as_str()).collect();
    let rows = repository::newest_active_by_names(&mut conn, org.id, &names).await?;
    let heads = match fetch.previous_id {
        Some(previous) => release_commits::heads(&mut conn, previous).await?,
        None => Vec::new(),
    };
    drop(conn);
    let (mut stored, mut failures) = (Vec::new(), Vec::new());
    for it in &refs {
        let Some(row) = rows.iter().find(|row| row.name == it.repository) else { continue };
        let before = heads.iter().find(|(repository, _)| *repository == row.id).map(|(_, sha)| sha.as_str());
        match compare(ctx, org, row, it, before).await? {
            Ok(commits) => stored.extend(store_all(ctx, org.id, row, commits).await?),
            Err(failure) => failures.push(failure),
        }
    }
    if !stored.is_empty() {
        set_commits(ctx, org.id, fetch.release_id, stored).await?;
    }
    Ok(failures)
}

/// Asks the other side of a repository which commits a release brings.
async fn compare(
    ctx: &Ctx,
    org: &Organization,
    row: &Repository,
    at: &Ref,
    before: Option<&str>,
) -> Result<Result<Vec<RemoteCommit>, Failure>> {
    let Some(integration) = row.integration_id else { return Ok(Ok(Vec::new())) };
    let Some(host) = Host::of(ctx, org, integration).await? else { return Ok(Ok(Vec::new())) };
    let start = at.previous.as_deref().or(before);
    let found = host.source.compare(&host.on, &added(row), start, &at.commit).await;
    Ok(found.map(Option::unwrap_or_default).map_err(|error| {
        tracing::info!(repository.id = %row.id, %error, "commits could not be fetched");
        let is_passing = error.is_passing();
        Failure {
            repository: row.name.clone(),
            text: match error {
                ProviderError::Internal(_) | ProviderError::Form(_) => UNKNOWN.to_owned(),
                _ => host.sentence(&error),
            },
            is_passing,
        }
    }))
}

/// Stores the commits of a repository, in their order.
async fn store_all(
    ctx: &Ctx,
    org: OrgId,
    row: &Repository,
    commits: Vec<RemoteCommit>,
) -> Result<Vec<(RepositoryId, CommitId)>> {
    let new = |it: RemoteCommit| {
        let author = it.author_email.map(|email| Author { name: it.author_name, email });
        let RemoteCommit { sha, message, date, files, .. } = it;
        (row.id, NewCommit { sha, message, author, date, files })
    };
    let stored = record_all(ctx, org, commits.into_iter().map(new).collect()).await?;
    Ok(stored.into_iter().flatten().map(|it| (row.id, it.id)).collect())
}
