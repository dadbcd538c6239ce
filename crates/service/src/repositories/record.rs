//! Commits that the other side tells of. What a commit says it fixes is resolved in the transaction that
//! stores the commit, which is one of its own, so that many never lock many issues at once. Commits that say nothing about
//! issues are stored many at a time. A commit that touches a file of owners has it fetched a little later.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
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
/// Commits that are stored in one transaction at most.
const BATCH_COMMITS: usize = 100;
/// Files that these touched at most; of more only where one commit alone has them.
const BATCH_FILES: usize = 1000;
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

    /// As much of the name as is kept; `None` where nobody says it.
    fn short_name(&self) -> Option<String> {
        let name = self.name.as_deref().filter(|name| !name.is_empty())?;
        Some(name.chars().take(NAME_CHARS_MAX).collect())
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
    let commits = commits.into_iter().map(|commit| (repository, commit)).collect();
    let stored = record_all(ctx, org, commits).await?;
    Ok(stored.iter().flatten().map(|it| u64::from(it.is_new)).sum())
}

/// A commit that is to be stored, with where it stood among those that were told.
struct Told {
    place: usize,
    repository: RepositoryId,
    commit: NewCommit,
}

/// [`record_commits`] of several repositories. For each commit, in their order, what was stored; `None` where it was passed
/// over.
pub(crate) async fn record_all(
    ctx: &Ctx,
    org: OrgId,
    commits: Vec<(RepositoryId, NewCommit)>,
) -> Result<Vec<Option<Stored>>> {
    let (count, mut stored) = (commits.len(), BTreeMap::new());
    let told = commits.into_iter().enumerate();
    let told = told.map(|(place, (repository, commit))| Told { place, repository, commit });
    let (mut alone, together): (Vec<Told>, Vec<Told>) =
        told.filter(|it| !is_passed_over(&it.commit)).partition(|it| names_issues(&it.commit));
    let now = ctx.now();
    for batch in batches(together) {
        let write = ctx.store.write::<_, Error, _>(move |tx| {
            Box::pin(async move { record_together(tx, org, batch, now).await })
        });
        let (done, left) = write.await?;
        stored.extend(done);
        alone.extend(left);
    }
    alone.sort_by_key(|it| it.place);
    for it in alone {
        let place = it.place;
        let write = ctx
            .store
            .write::<_, Error, _>(move |tx| Box::pin(async move { record(tx, org, &it, now).await }));
        stored.insert(place, write.await?);
    }
    Ok((0..count).map(|place| stored.get(&place).copied()).collect())
}

fn is_passed_over(commit: &NewCommit) -> bool {
    commit.message.as_deref().is_some_and(is_skipped) || commit.sha.is_empty() || is_too_long(&commit.sha)
}

fn names_issues(commit: &NewCommit) -> bool {
    commit.message.as_deref().is_some_and(|message| !references(message).is_empty())
}

/// Commits that are stored in one transaction each time.
fn batches(commits: Vec<Told>) -> Vec<Vec<Told>> {
    let mut all: Vec<Vec<Told>> = Vec::new();
    let mut files = 0;
    for it in commits {
        let own = it.commit.files.len();
        match all.last_mut() {
            Some(batch) if batch.len() < BATCH_COMMITS && files + own <= BATCH_FILES => {
                files += own;
                batch.push(it);
            }
            _ => {
                files = own;
                all.push(vec![it]);
            }
        }
    }
    all
}

/// Stores commits that name no issue, and gives back those that said something else before: what they resolved may come
/// back, so they are stored alone. Everybody writes rows in the same order, so that no two wait for each other.
async fn record_together(
    tx: &mut Tx,
    org: OrgId,
    mut commits: Vec<Told>,
    now: Time,
) -> Result<(Vec<(usize, Stored)>, Vec<Told>)> {
    let mut authors = BTreeMap::new();
    for author in commits.iter().filter_map(|it| it.commit.author.as_ref()) {
        let Some(email) = author.address() else { continue };
        let name = authors.entry(email).or_insert(None);
        *name = author.short_name().or(name.take());
    }
    let mut ids = BTreeMap::new();
    for (email, name) in authors {
        let id = store::put_author(tx, org, &email, name.as_deref()).await?;
        ids.insert(email, id);
    }
    commits.sort_by(|a, b| (a.repository, &a.commit.sha).cmp(&(b.repository, &b.commit.sha)));
    let (mut done, mut left, mut with_owners) = (Vec::new(), Vec::new(), BTreeSet::new());
    for it in commits {
        let known = store::known(tx, it.repository, &it.commit.sha).await?;
        if known.as_ref().is_some_and(|known| says_else(known, &it.commit)) {
            left.push(it);
            continue;
        }
        let author = it.commit.author.as_ref().and_then(Author::address);
        let author = author.and_then(|email| ids.get(&email).copied());
        let (id, touches_owners) = put(tx, org, &it, author, now).await?;
        if touches_owners {
            with_owners.insert(it.repository);
        }
        done.push((it.place, Stored { id, is_new: known.is_none() }));
    }
    for repository in with_owners {
        code_owners::fetch_later(tx, repository, after(now, OWNERS_WAIT_S)).await?;
    }
    Ok((done, left))
}

/// Whether a commit said something else before.
fn says_else(known: &store::Known, commit: &NewCommit) -> bool {
    commit.message.is_some() && known.message.is_some() && known.message != commit.message
}

/// The row of whoever made something.
pub(super) async fn put_author(tx: &mut Tx, org: OrgId, author: Option<&Author>) -> Result<Option<i64>> {
    let Some(author) = author else { return Ok(None) };
    let Some(email) = author.address() else { return Ok(None) };
    Ok(Some(store::put_author(tx, org, &email, author.short_name().as_deref()).await?))
}

/// Stores the row of a commit and what it touched; whether a file of owners is among what is new of that.
async fn put(tx: &mut Tx, org: OrgId, it: &Told, author: Option<i64>, now: Time) -> Result<(CommitId, bool)> {
    let commit = &it.commit;
    let row = store::NewCommit {
        sha: commit.sha.clone(),
        message: commit.message.clone(),
        author,
        date: commit.date,
    };
    // Those without a date of their own stay in the order in which they were told.
    let later = SignedDuration::from_micros(i64::try_from(it.place).unwrap_or_default());
    let told_at = now.saturating_add(later).unwrap_or(now);
    let id = store::put(tx, org, it.repository, &row, told_at).await?;
    let kept = commit.files.iter().filter(|file| file.path.len() <= PATH_BYTES_MAX);
    let files: Vec<FileChange> = kept.take(FILES_MAX).cloned().collect();
    let added = store::add_files(tx, id, &files).await?;
    Ok((id, added > 0 && files.iter().any(FileChange::is_owners_file)))
}

/// Stores one commit, and what it touched and resolves.
async fn record(tx: &mut Tx, org: OrgId, it: &Told, now: Time) -> Result<Stored> {
    let commit = &it.commit;
    let author = put_author(tx, org, commit.author.as_ref()).await?;
    let known = store::known(tx, it.repository, &commit.sha).await?;
    let (id, touches_owners) = put(tx, org, it, author, now).await?;
    if touches_owners {
        code_owners::fetch_later(tx, it.repository, after(now, OWNERS_WAIT_S)).await?;
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

#[cfg(test)]
mod tests {
    use mortise_domain::ChangeKind;

    use super::*;

    fn told(files: &[usize]) -> Vec<Told> {
        let file = || FileChange { path: "a".to_owned(), kind: ChangeKind::Modified };
        let commit = |(place, &count): (usize, &usize)| Told {
            place,
            repository: RepositoryId::new(1),
            commit: NewCommit {
                sha: place.to_string(),
                message: None,
                author: None,
                date: None,
                files: (0..count).map(|_| file()).collect(),
            },
        };
        files.iter().enumerate().map(commit).collect()
    }

    #[test]
    fn a_transaction_stores_few_commits_and_few_files() {
        let sizes = |files: &[usize]| batches(told(files)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&[0; 250]), [100, 100, 50]);
        assert_eq!(sizes(&[500, 500, 1, 3000, 0, 999, 1, 1]), [2, 1, 1, 3, 1]);
        let places: Vec<_> = batches(told(&[0; 250])).iter().flatten().map(|it| it.place).collect();
        assert_eq!(places, (0..250).collect::<Vec<_>>());
    }
}
