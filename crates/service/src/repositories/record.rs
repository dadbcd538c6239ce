//! Commits and pull requests that the other side tells of. What a commit says it fixes is resolved in the transaction that
//! stores the commit; each commit has a transaction of its own, so that many never lock many issues at once.

use mortise_domain::{OrgId, RepositoryId, Time, UserId, issue::IssueStatus};
use mortise_store::{
    Slice, Tx, commit as store,
    issue::{resolution, write},
    member::list::{self, Filter},
    user,
};
use serde_json::Map;

use super::references::{is_skipped, references};
use crate::{
    Ctx, Error, Result,
    issues::{
        Act, reason,
        resolve::{Resolution, resolve},
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
    pub date: Time,
}

/// A pull request on the other side, as it is now.
#[derive(Debug, Clone)]
pub struct NewPullRequest {
    /// Its number there.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub message: Option<String>,
    /// Who opened it.
    pub author: Option<Author>,
    /// The commit that brought it in; `None` while it is open.
    pub merge_commit_sha: Option<String>,
    /// When it was opened.
    pub date: Time,
}

fn is_too_long(key: &str) -> bool {
    key.chars().count() > KEY_CHARS_MAX
}

/// Stores commits of a repository, and resolves what they say they fix; how many are new. One that says `#skipsentry` and
/// one that is there already are passed over.
pub async fn record_commits(
    ctx: &Ctx,
    org: OrgId,
    repository: RepositoryId,
    commits: Vec<NewCommit>,
) -> Result<u64> {
    let mut made = 0;
    for commit in commits {
        if commit.message.as_deref().is_some_and(is_skipped) || is_too_long(&commit.sha) {
            continue;
        }
        let now = ctx.now();
        let write = ctx.store.write::<_, Error, _>(move |tx| {
            Box::pin(async move { record(tx, org, repository, &commit, now).await })
        });
        made += u64::from(write.await?);
    }
    Ok(made)
}

/// Stores a pull request of a repository.
pub async fn record_pull_request(
    ctx: &Ctx,
    org: OrgId,
    repository: RepositoryId,
    new: NewPullRequest,
) -> Result<()> {
    if is_too_long(&new.key) || new.merge_commit_sha.as_deref().is_some_and(is_too_long) {
        return Ok(());
    }
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let row = store::NewPullRequest {
                author: put_author(tx, org, new.author.as_ref()).await?,
                key: new.key,
                title: new.title,
                message: new.message,
                merge_commit_sha: new.merge_commit_sha,
                date: new.date,
            };
            Ok(store::put_pull_request(tx, org, repository, &row).await?)
        })
    });
    write.await
}

async fn put_author(tx: &mut Tx, org: OrgId, author: Option<&Author>) -> Result<Option<i64>> {
    let Some(author) = author else { return Ok(None) };
    let Some(email) = author.address() else { return Ok(None) };
    let name = author.name.as_deref().filter(|name| !name.is_empty());
    let name = name.map(|name| name.chars().take(NAME_CHARS_MAX).collect::<String>());
    Ok(Some(store::put_author(tx, org, &email, name.as_deref()).await?))
}

/// Stores one commit; whether it is new.
async fn record(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    commit: &NewCommit,
    now: Time,
) -> Result<bool> {
    let row = store::NewCommit {
        sha: commit.sha.clone(),
        message: commit.message.clone(),
        author: put_author(tx, org, commit.author.as_ref()).await?,
        date: commit.date,
    };
    let Some(id) = store::insert(tx, org, repository, &row).await? else { return Ok(false) };
    let named = references(commit.message.as_deref().unwrap_or_default());
    let named: Vec<(String, i64)> =
        named.into_iter().filter_map(|it| Some((it.project_slug, i64::try_from(it.number).ok()?))).collect();
    let ids = store::named_issues(tx, org, &named).await?;
    let (open, resolved): (Vec<_>, Vec<_>) = write::lock(tx, &ids)
        .await?
        .into_iter()
        .partition(|issue| issue.status != IssueStatus::Resolved.number());
    if open.is_empty() && resolved.is_empty() {
        return Ok(true);
    }
    let user = match &commit.author {
        Some(author) => member(tx, org, author).await?,
        None => None,
    };
    let act = Act { org, user, facts: Map::new(), now };
    if !open.is_empty() {
        resolve(tx, &act, &open, &Resolution::Commit(id, None)).await?;
    }
    // What is resolved already keeps its history; the commit stands beside it.
    let resolved: Vec<_> = resolved.iter().map(|issue| issue.id).collect();
    resolution::link_commit(tx, &resolved, id, user, now).await?;
    act.subscribe(tx, &resolved, reason::STATUS_CHANGE).await?;
    Ok(true)
}

/// The member of the organization who made a commit.
async fn member(tx: &mut Tx, org: OrgId, author: &Author) -> Result<Option<UserId>> {
    let Some(email) = author.address() else { return Ok(None) };
    let found = user::of_verified_emails(tx, &[email]).await?;
    let users: Vec<UserId> = found.into_iter().map(|(_, id)| id).collect();
    if users.is_empty() {
        return Ok(None);
    }
    let filter = Filter { users: Some(users), ..Filter::default() };
    let members = list::list(tx, org, &filter, Slice { skip: 0, take: 1 }).await?;
    Ok(members.into_iter().find_map(|member| member.user_id))
}
