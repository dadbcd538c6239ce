//! Commits that the other side tells of. What a commit says it fixes is resolved in the transaction that
//! stores the commit; each commit has a transaction of its own, so that many never lock many issues at once. A commit that
//! touches a file of owners has it fetched a little later.

use mortise_domain::{CommitId, FileChange, IssueId, OrgId, RepositoryId, Time, UserId, issue::IssueStatus};
use mortise_store::{
    Tx, code_owners, commit as store,
    issue::{resolution, write},
    user,
};
use serde_json::Map;

use super::references::{is_skipped, references};
use crate::{
    Ctx, Error, Result,
    authenticate::after,
    issues::{
        Act, reason,
        resolve::{Resolution, resolve},
        update::state::unresolve,
    },
};

/// Characters of a hash, and of a number of a pull request, at most.
const KEY_CHARS_MAX: usize = 64;
/// Characters of an address at most; a longer one is nobody's.
const EMAIL_CHARS_MAX: usize = 75;
/// Characters that are kept of what is no address.
const LOCAL_CHARS_MAX: usize = 65;
/// Characters that are kept of a name.
const NAME_CHARS_MAX: usize = 128;
/// Files that are kept of a commit.
const FILES_MAX: usize = 3000;
/// Bytes of the path of a file at most; a longer one is not kept.
const PATH_BYTES_MAX: usize = 1024;
/// How long after a file of owners was touched it is fetched, seconds: until then the other side shows it, and what comes
/// meanwhile is fetched with it.
const OWNERS_WAIT_S: i64 = 300;

/// Who made something, as the other side names them.
#[derive(Debug, Clone)]
pub struct Author {
    /// The name.
    pub name: Option<String>,
    /// The address, or what stands for one.
    pub email: String,
}

impl Author {
    /// The address under which they are known.
    fn address(&self) -> Option<String> {
        let local = || self.email.chars().take(LOCAL_CHARS_MAX).collect::<String>() + "@localhost";
        let address = if self.email.contains('@') { self.email.clone() } else { local() };
        (!self.email.is_empty() && address.chars().count() <= EMAIL_CHARS_MAX).then_some(address)
    }
}

/// A commit on the other side.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// The hash.
    pub sha: String,
    /// What it says.
    pub message: Option<String>,
    /// Who made it.
    pub author: Option<Author>,
    /// When it was made.
    pub date: Option<Time>,
    /// The files that it touched, as far as they are known.
    pub files: Vec<FileChange>,
}

/// Whether something is no hash, and no number of a pull request.
pub(super) fn is_too_long(key: &str) -> bool {
    key.chars().count() > KEY_CHARS_MAX
}

/// A commit that was stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    /// Its row.
    pub(crate) id: CommitId,
    /// Whether it was not there before.
    pub(crate) is_new: bool,
}

/// Stores commits of a repository, and resolves what they say they fix; how many are new. Of one that is there already,
/// what is told is taken over. One that says `#skipsentry` is passed over.
pub async fn record_commits(
    ctx: &Ctx,
    org: OrgId,
    repository: RepositoryId,
    commits: Vec<NewCommit>,
) -> Result<u64> {
    let mut made = 0;
    for commit in commits {
        let stored = record_commit(ctx, org, repository, commit).await?;
        made += u64::from(stored.is_some_and(|it| it.is_new));
    }
    Ok(made)
}

/// [`record_commits`] for one; `None` where it is passed over.
pub(crate) async fn record_commit(
    ctx: &Ctx,
    org: OrgId,
    repository: RepositoryId,
    commit: NewCommit,
) -> Result<Option<Stored>> {
    if commit.message.as_deref().is_some_and(is_skipped) || commit.sha.is_empty() || is_too_long(&commit.sha)
    {
        return Ok(None);
    }
    let now = ctx.now();
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move { record(tx, org, repository, &commit, now).await })
    });
    write.await.map(Some)
}

/// The row of whoever made something.
pub(super) async fn put_author(tx: &mut Tx, org: OrgId, author: Option<&Author>) -> Result<Option<i64>> {
    let Some(author) = author else { return Ok(None) };
    let Some(email) = author.address() else { return Ok(None) };
    let name = author.name.as_deref().filter(|name| !name.is_empty());
    let name = name.map(|name| name.chars().take(NAME_CHARS_MAX).collect::<String>());
    Ok(Some(store::put_author(tx, org, &email, name.as_deref()).await?))
}

/// Stores one commit, and what it touched and resolves.
async fn record(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    commit: &NewCommit,
    now: Time,
) -> Result<Stored> {
    let row = store::NewCommit {
        sha: commit.sha.clone(),
        message: commit.message.clone(),
        author: put_author(tx, org, commit.author.as_ref()).await?,
        date: commit.date,
    };
    let known = store::known(tx, repository, &commit.sha).await?;
    let id = store::put(tx, org, repository, &row, now).await?;
    let kept = commit.files.iter().filter(|file| file.path.len() <= PATH_BYTES_MAX);
    let files: Vec<FileChange> = kept.take(FILES_MAX).cloned().collect();
    let added = store::add_files(tx, id, &files).await?;
    if added > 0 && files.iter().any(FileChange::is_owners_file) {
        code_owners::fetch_later(tx, repository, after(now, OWNERS_WAIT_S)).await?;
    }
    let stored = Stored { id, is_new: known.is_none() };
    let before = known.and_then(|known| known.message);
    if commit.message.is_some() && before != commit.message {
        resolve_named(tx, &Link { org, id, commit, now }, before.is_some()).await?;
    }
    Ok(stored)
}

/// A commit whose message is looked at.
struct Link<'c> {
    org: OrgId,
    id: CommitId,
    commit: &'c NewCommit,
    now: Time,
}

/// Resolves the issues that the message of a commit says it fixes. Where it said something else before, those that it does
/// not name any more come back.
async fn resolve_named(tx: &mut Tx, link: &Link<'_>, said_else: bool) -> Result<()> {
    let Link { org, id, commit, now } = *link;
    let ids = named_issues(tx, org, commit.message.as_deref().unwrap_or_default()).await?;
    let dropped = if said_else { store::keep_links(tx, id, &ids).await? } else { Vec::new() };
    let all: Vec<IssueId> = ids.iter().chain(&dropped).copied().collect();
    let issues = write::lock(tx, &all).await?;
    if issues.is_empty() {
        return Ok(());
    }
    let user = match &commit.author {
        Some(author) => member(tx, org, author).await?,
        None => None,
    };
    let act = Act { org, user, facts: Map::new(), now };
    let (named, dropped): (Vec<_>, Vec<_>) = issues.into_iter().partition(|issue| ids.contains(&issue.id));
    let (resolved, open): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|issue| issue.status == IssueStatus::Resolved.number());
    if !open.is_empty() {
        resolve(tx, &act, &open, &Resolution::Commit(id, None)).await?;
    }
    // What is resolved already keeps its history; the commit stands beside it.
    let resolved: Vec<_> = resolved.iter().map(|issue| issue.id).collect();
    resolution::link_commit(tx, &resolved, id, user, now).await?;
    act.subscribe(tx, &resolved, reason::STATUS_CHANGE).await?;
    let dropped: Vec<_> =
        dropped.into_iter().filter(|issue| issue.status == IssueStatus::Resolved.number()).collect();
    unresolve(tx, &act, &dropped, None).await
}

/// The issues that a text says it fixes.
pub(super) async fn named_issues(tx: &mut Tx, org: OrgId, text: &str) -> Result<Vec<IssueId>> {
    let named = references(text).into_iter();
    let named: Vec<(String, i64)> =
        named.filter_map(|it| Some((it.project_slug, i64::try_from(it.number).ok()?))).collect();
    Ok(store::named_issues(tx, org, &named).await?)
}

/// The member of the organization who made something.
pub(super) async fn member(tx: &mut Tx, org: OrgId, author: &Author) -> Result<Option<UserId>> {
    let Some(email) = author.address() else { return Ok(None) };
    let found = user::members_of_emails(tx, org, &[email]).await?;
    Ok(found.into_iter().next().map(|(_, user)| user))
}
