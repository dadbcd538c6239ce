//! Pull requests that the other side tells of. What one says it fixes is linked to it in the transaction that stores it: the
//! history of the issue says so, and whoever opened the pull request gets the issue if nobody has it. It is resolved by the
//! release that has the commit which brought the pull request in.

use mortise_domain::{OrgId, PullRequestId, RepositoryId, Time, UserId, issue::ActivityKind};
use mortise_store::{
    Tx, commit as store,
    issue::{Issue, assignable, beside, write},
    user,
};
use serde_json::Map;

use super::record::{Author, is_too_long, member, named_issues, put_author};
use crate::{
    Ctx, Error, Result,
    issues::{
        Act,
        assign::{Assignee, assign},
        reason,
    },
};

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

/// Stores a pull request of a repository, and what it says it fixes.
pub async fn record_pull_request(
    ctx: &Ctx,
    org: OrgId,
    repository: RepositoryId,
    new: NewPullRequest,
) -> Result<()> {
    if is_too_long(&new.key) || new.merge_commit_sha.as_deref().is_some_and(is_too_long) {
        return Ok(());
    }
    let now = ctx.now();
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let row = store::NewPullRequest {
                author: put_author(tx, org, new.author.as_ref()).await?,
                key: new.key.clone(),
                title: new.title.clone(),
                message: new.message.clone(),
                merge_commit_sha: new.merge_commit_sha.clone(),
                date: new.date,
            };
            let id = store::put_pull_request(tx, org, repository, &row).await?;
            link(tx, org, id, &new, now).await
        })
    });
    write.await
}

/// Links the issues that a pull request says it fixes, and no others.
async fn link(tx: &mut Tx, org: OrgId, id: PullRequestId, new: &NewPullRequest, now: Time) -> Result<()> {
    let text = [new.title.as_deref(), new.message.as_deref()].map(Option::unwrap_or_default).join("\n");
    let named = named_issues(tx, org, &text).await?;
    store::keep_pull_links(tx, id, &named).await?;
    if named.is_empty() {
        return Ok(());
    }
    let user = match &new.author {
        Some(author) => member(tx, org, author).await?,
        None => None,
    };
    let linked = store::link_pull_request(tx, id, &named, user, now).await?;
    let issues = write::lock(tx, &linked).await?;
    let act = Act { org, user, facts: Map::new(), now };
    let data = Map::from_iter([("pullRequest".to_owned(), id.get().into())]);
    act.record(tx, &issues, ActivityKind::SetResolvedInPullRequest, &data).await?;
    act.subscribe(tx, &linked, reason::STATUS_CHANGE).await?;
    match user {
        Some(user) => give(tx, &act, issues, user).await,
        None => Ok(()),
    }
}

/// Gives somebody those of the issues that nobody has, in projects that they work on.
async fn give(tx: &mut Tx, act: &Act, issues: Vec<Issue>, to: UserId) -> Result<()> {
    let ids: Vec<_> = issues.iter().map(|issue| issue.id).collect();
    let projects: Vec<_> = issues.iter().map(|issue| issue.project_id).collect();
    if issues.is_empty() {
        return Ok(());
    }
    let taken = beside::assignees(tx, &ids).await?;
    let works_on = assignable::people(tx, &projects, &[to]).await?;
    let is_free = |issue: &Issue| {
        !taken.iter().any(|row| row.issue_id == issue.id)
            && works_on.iter().any(|(project, _)| *project == issue.project_id)
    };
    let free: Vec<Issue> = issues.into_iter().filter(is_free).collect();
    let Some(user) = user::by_id(tx, to).await?.filter(|_| !free.is_empty()) else { return Ok(()) };
    assign(tx, act, &free, &Assignee::User(Box::new(user))).await
}
