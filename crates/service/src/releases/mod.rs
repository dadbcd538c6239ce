//! Releases and commits as clients see them, loaded for many at once; making releases, and giving them their commits.

mod access;
mod change;
mod commits;
mod create;
mod deploys;
mod fetch;
mod list;
mod parts;
mod sent;

use std::collections::{HashMap, HashSet};

use mortise_domain::{CommitId, OrgId, ProjectId, PullRequestId, ReleaseId, UserId};
use mortise_store::{
    Conn,
    deploy::{self, Deploy},
    release as store,
    release::Release,
    repository, user,
};
use mortise_wire::{
    WireTime,
    release::{self as wire, ReleaseFacts},
    repository::{Commit, CommitAuthor, PullRequest, Repository},
    user::User,
};

pub use access::Place;
pub use change::{create_release, delete_release, get_release, require_writable, update_release};
pub use create::{Deployed, put_release};
use deploys::deploy_json;
pub use deploys::{create_deploy, list_deploys};
pub(crate) use fetch::fetch_due;
pub use list::{ListQuery, list_of_project, list_releases};
pub use parts::{
    OfRepository, list_commit_files, list_release_commits, list_release_repositories, previous_with_commits,
};
use sent::ARCHIVED;
pub use sent::{Ref, SentCommit, SentRelease, is_version, read_release};

use crate::{
    Ctx, Result, people,
    repositories::{pull_request_url, repository_json},
};

/// These commits.
pub async fn commits(conn: &mut Conn, ctx: &Ctx, ids: &[CommitId]) -> Result<HashMap<CommitId, Commit>> {
    let rows = store::commits_by_ids(conn, ids).await?;
    let ids: HashSet<_> = rows.iter().map(|row| row.repository_id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let repositories = repository::by_ids(conn, &ids).await?;
    let shas: Vec<&str> = rows.iter().map(|row| row.sha.as_str()).collect();
    let pulls = store::pull_requests(conn, &ids, &shas).await?;
    let of_commits = rows.iter().filter_map(|row| row.author_email.clone());
    let emails = of_commits.chain(pulls.iter().filter_map(|row| row.author_email.clone()));
    let users = users_by_email(conn, ctx, rows.first().map(|row| row.organization_id), emails).await?;
    let shown: HashMap<_, _> = repositories.iter().map(|row| (row.id, repository_json(ctx, row))).collect();
    let pulls: HashMap<_, _> = pulls
        .into_iter()
        .filter_map(|row| {
            let repository = repositories.iter().find(|it| it.id == row.repository_id)?;
            let key = (row.repository_id, row.merge_commit_sha.clone()?);
            Some((key, pull_request(ctx, row, repository, &users)))
        })
        .collect();
    let one = |row: store::Commit| {
        let repository = shown.get(&row.repository_id).cloned();
        let pull = pulls.get(&(row.repository_id, row.sha.clone())).cloned();
        (row.id, commit(row, repository, pull, &users))
    };
    Ok(rows.into_iter().map(one).collect())
}

/// These pull requests.
pub async fn pull_requests(
    conn: &mut Conn,
    ctx: &Ctx,
    ids: &[PullRequestId],
) -> Result<HashMap<PullRequestId, PullRequest>> {
    let rows = store::pull_requests_by_ids(conn, ids).await?;
    let repositories: HashSet<_> = rows.iter().map(|row| row.repository_id).collect();
    let repositories = repository::by_ids(conn, &repositories.into_iter().collect::<Vec<_>>()).await?;
    let emails = rows.iter().filter_map(|row| row.author_email.clone());
    let users = users_by_email(conn, ctx, rows.first().map(|row| row.organization_id), emails).await?;
    let one = |row: store::PullRequest| {
        let repository = repositories.iter().find(|it| it.id == row.repository_id)?;
        Some((row.id, pull_request(ctx, row, repository, &users)))
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

fn pull_request(
    ctx: &Ctx,
    row: store::PullRequest,
    repository: &repository::Repository,
    users: &HashMap<String, User>,
) -> PullRequest {
    let author = row.author_email.map(|email| author(row.author_name, email, users));
    PullRequest {
        external_url: pull_request_url(ctx, repository, &row.key),
        id: row.key,
        title: row.title,
        message: row.message,
        date_created: WireTime::new(row.date_added),
        repository: Some(repository_json(ctx, repository)),
        author: author.unwrap_or(CommitAuthor::Nobody {}),
    }
}

/// The members of an organization whose verified address one of these is. Who is a user, but no member, is known by
/// nothing but the address.
async fn users_by_email(
    conn: &mut Conn,
    ctx: &Ctx,
    org: Option<OrgId>,
    emails: impl Iterator<Item = String>,
) -> Result<HashMap<String, User>> {
    let emails: Vec<String> = emails.collect();
    let Some(org) = org.filter(|_| !emails.is_empty()) else { return Ok(HashMap::new()) };
    let owners = user::members_of_emails(conn, org, &emails).await?;
    let users = people::short_users(conn, ctx, owners.iter().map(|(_, id)| *id), None).await?;
    Ok(owners.into_iter().filter_map(|(email, id)| Some((email, users.get(&id)?.clone()))).collect())
}

fn author(name: Option<String>, email: String, users: &HashMap<String, User>) -> CommitAuthor {
    match users.get(&email.to_lowercase()) {
        Some(user) => CommitAuthor::User(Box::new(user.clone())),
        None => CommitAuthor::Person { name, email },
    }
}

fn commit(
    row: store::Commit,
    repository: Option<Repository>,
    pull_request: Option<PullRequest>,
    users: &HashMap<String, User>,
) -> Commit {
    let author = row.author_email.map(|email| author(row.author_name, email, users));
    Commit {
        id: row.sha,
        message: row.message,
        date_created: WireTime::new(row.date_added),
        pull_request,
        suspect_commit_type: String::new(),
        repository,
        author: author.unwrap_or(CommitAuthor::Nobody {}),
        releases: None,
    }
}

/// These releases.
pub async fn releases(
    conn: &mut Conn,
    ctx: &Ctx,
    rows: Vec<Release>,
) -> Result<HashMap<ReleaseId, wire::Release>> {
    let shown = releases_in(conn, ctx, rows, None).await?;
    Ok(shown.into_iter().map(|release| (ReleaseId::new(release.id), release)).collect())
}

/// These releases in their order; with a project, their issues and events are those of the project.
async fn releases_in(
    conn: &mut Conn,
    ctx: &Ctx,
    rows: Vec<Release>,
    project: Option<ProjectId>,
) -> Result<Vec<wire::Release>> {
    let Some(org) = rows.first().map(|row| row.organization_id) else { return Ok(Vec::new()) };
    let ids: Vec<ReleaseId> = rows.iter().map(|row| row.id).collect();
    let projects = store::projects(conn, &ids).await?;
    let project_ids: Vec<ProjectId> = projects.iter().map(|row| row.project_id).collect();
    let owners: Vec<UserId> = rows.iter().filter_map(|row| row.owner_id).collect();
    let last: Vec<CommitId> = rows.iter().filter_map(|row| row.last_commit_id).collect();
    let authors = store::authors(conn, &ids).await?;
    let emails = authors.iter().map(|author| author.email.clone());
    let beside = Beside {
        users: users_by_email(conn, ctx, Some(org), emails).await?,
        authors,
        platforms: store::platforms(conn, &project_ids).await?,
        projects,
        owners: people::short_users(conn, ctx, owners, None).await?,
        commits: commits(conn, ctx, &last).await?,
        deploys: deploy::newest(conn, org, &ids)
            .await?
            .into_iter()
            .map(|row| (row.release_id, row))
            .collect(),
        deploy_counts: deploy::counts(conn, org, &ids).await?.into_iter().collect(),
    };
    Ok(rows.into_iter().map(|row| beside.release(row, project)).collect())
}

/// What stands beside releases.
struct Beside {
    projects: Vec<store::ReleaseProject>,
    platforms: Vec<(ProjectId, String)>,
    authors: Vec<store::ReleaseAuthor>,
    users: HashMap<String, User>,
    owners: HashMap<UserId, User>,
    commits: HashMap<CommitId, Commit>,
    deploys: HashMap<ReleaseId, Deploy>,
    deploy_counts: HashMap<ReleaseId, i64>,
}

impl Beside {
    fn release(&self, row: Release, within: Option<ProjectId>) -> wire::Release {
        let projects: Vec<_> = self.projects.iter().filter(|p| p.release_id == row.id).collect();
        let counted = || projects.iter().filter(|p| within.is_none_or(|project| p.project_id == project));
        let authors = self.authors.iter().filter(|author| author.release_id == row.id);
        ReleaseFacts {
            id: row.id.get(),
            version: row.version,
            is_archived: row.status == ARCHIVED,
            reference: row.reference,
            url: row.url,
            date_released: row.date_released.map(WireTime::new),
            date_created: WireTime::new(row.date_added),
            new_groups: counted().map(|project| project.new_groups).sum(),
            owner: row.owner_id.and_then(|id| self.owners.get(&id)).cloned(),
            commit_count: row.commit_count,
            last_commit: row.last_commit_id.and_then(|id| self.commits.get(&id)).cloned(),
            deploy_count: self.deploy_counts.get(&row.id).copied().unwrap_or_default(),
            last_deploy: self.deploys.get(&row.id).cloned().map(deploy_json),
            authors: authors.map(|one| author(one.name.clone(), one.email.clone(), &self.users)).collect(),
            first_event: counted().filter_map(|p| p.first_event).min().map(WireTime::new),
            last_event: counted().filter_map(|p| p.last_event).max().map(WireTime::new),
            projects: projects.iter().map(|project| self.project(project)).collect(),
            user_agent: row.user_agent,
        }
        .into()
    }

    fn project(&self, row: &store::ReleaseProject) -> wire::ReleaseProject {
        let platforms = self.platforms.iter().filter(|(id, _)| *id == row.project_id);
        wire::ReleaseProject {
            id: row.project_id.get(),
            slug: row.slug.clone(),
            name: row.name.clone(),
            new_groups: row.new_groups,
            platform: row.platform.clone(),
            platforms: platforms.map(|(_, platform)| platform.clone()).collect(),
            has_health_data: false,
        }
    }
}
