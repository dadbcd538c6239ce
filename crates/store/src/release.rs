//! Releases and commits.

use mortise_domain::{
    CommitId, IssueId, OrgId, ProjectId, PullRequestId, ReleaseId, RepositoryId, Time, UserId,
};

use crate::{Conn, Pattern, Query, Result, Slice, Tx, row};

/// Projects added in one statement.
const PROJECTS_BATCH: usize = 200;

row! {
    /// A release. status: 0 open, 1 archived.
    pub struct Release {
        pub id: ReleaseId,
        pub organization_id: OrgId,
        pub version: String,
        pub status: i64,
        pub reference: Option<String>,
        pub url: Option<String>,
        pub owner_id: Option<UserId>,
        pub user_agent: Option<String>,
        pub commit_count: i64,
        pub last_commit_id: Option<CommitId>,
        pub date_added: Time,
        pub date_released: Option<Time>,
    }
}

row! {
    /// A project of a release.
    pub struct ReleaseProject {
        pub release_id: ReleaseId,
        pub project_id: ProjectId,
        pub slug: String,
        pub name: String,
        pub platform: Option<String>,
        pub new_groups: i64,
        pub first_event: Option<Time>,
        pub last_event: Option<Time>,
    }
}

row! {
    /// A commit with its author.
    pub struct Commit {
        pub id: CommitId,
        pub organization_id: OrgId,
        pub sha: String,
        pub message: Option<String>,
        pub date_added: Time,
        pub author_name: Option<String>,
        pub author_email: Option<String>,
        pub repository_id: RepositoryId,
    }
}

row! {
    /// Who made commits of a release.
    pub struct ReleaseAuthor {
        pub release_id: ReleaseId,
        pub name: Option<String>,
        pub email: String,
    }
}

const RELEASE: &str = "SELECT r.id, r.organization_id, r.version, r.status, r.ref AS reference, r.url, r.owner_id, \
    r.user_agent, r.commit_count, r.last_commit_id, r.date_added, r.date_released FROM release r WHERE ";

/// These releases.
pub async fn by_ids(conn: &mut Conn, ids: &[ReleaseId]) -> Result<Vec<Release>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(RELEASE);
    query.push("r.id IN ").list(ids.iter().copied());
    conn.all(query).await
}

/// The release of an organization with this version.
pub async fn by_version(conn: &mut Conn, org: OrgId, version: &str) -> Result<Option<Release>> {
    let mut query = Query::new(RELEASE);
    query.push("r.organization_id = ").arg(org).push(" AND r.version = ").arg(version);
    conn.optional(query).await
}

/// The version of the newest release of each of these projects.
pub async fn newest_versions(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<String>> {
    let mut query = Query::new(
        "SELECT version FROM (SELECT r.version, ROW_NUMBER() OVER (PARTITION BY p.project_id \
         ORDER BY r.date_added DESC, r.id DESC) AS place FROM release r JOIN release_project p ON p.release_id = r.id \
         WHERE p.project_id IN ",
    );
    query.list(projects.iter().copied()).push(") AS ranked WHERE place = 1");
    conn.all(query).await
}

/// The version of the newest release of a project of which events were seen in an environment.
pub async fn newest_version_in(
    conn: &mut Conn,
    project: ProjectId,
    environment: &str,
) -> Result<Option<String>> {
    let query = Query::new(
        "SELECT r.version FROM release_environment s JOIN release r ON r.id = s.release_id \
         JOIN environment e ON e.id = s.environment_id WHERE s.project_id = $1 AND e.name = $2 \
         ORDER BY r.date_added DESC, r.id DESC LIMIT 1",
    );
    conn.optional(query.bind(project).bind(environment)).await
}

/// The projects of these releases, by slug.
pub async fn projects(conn: &mut Conn, ids: &[ReleaseId]) -> Result<Vec<ReleaseProject>> {
    let mut query = Query::new(
        "SELECT rp.release_id, rp.project_id, p.slug, p.name, p.platform, \
         (SELECT COUNT(*) FROM issue i WHERE i.project_id = rp.project_id AND i.first_release_id = rp.release_id \
         AND i.status NOT IN (3, 4, 5)) AS new_groups, rp.first_event, rp.last_event \
         FROM release_project rp JOIN project p ON p.id = rp.project_id WHERE p.status = 0 AND rp.release_id IN ",
    );
    query.list(ids.iter().copied()).push(" ORDER BY p.slug");
    conn.all(query).await
}

/// The platforms that the events of these projects had.
pub async fn platforms(conn: &mut Conn, ids: &[ProjectId]) -> Result<Vec<(ProjectId, String)>> {
    let mut query = Query::new("SELECT project_id, platform FROM project_platform WHERE project_id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY platform");
    conn.all(query).await
}

/// Who made the commits of these releases.
pub async fn authors(conn: &mut Conn, ids: &[ReleaseId]) -> Result<Vec<ReleaseAuthor>> {
    let mut query = Query::new(
        "SELECT DISTINCT rc.release_id, a.name, a.email FROM release_commit rc \
         JOIN repository_commit c ON c.id = rc.commit_id JOIN commit_author a ON a.id = c.author_id WHERE rc.release_id IN ",
    );
    query.list(ids.iter().copied()).push(" ORDER BY a.email");
    conn.all(query).await
}

/// These commits.
pub async fn commits_by_ids(conn: &mut Conn, ids: &[CommitId]) -> Result<Vec<Commit>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT c.id, c.organization_id, c.sha, c.message, c.date_added, a.name AS author_name, a.email AS author_email, \
         c.repository_id FROM repository_commit c LEFT JOIN commit_author a ON a.id = c.author_id WHERE c.id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}

row! {
    /// A pull request with its author.
    pub struct PullRequest {
        pub id: PullRequestId,
        pub organization_id: OrgId,
        pub key: String,
        pub title: Option<String>,
        pub message: Option<String>,
        pub date_added: Time,
        pub author_name: Option<String>,
        pub author_email: Option<String>,
        pub repository_id: RepositoryId,
        /// The commit that brought it in.
        pub merge_commit_sha: Option<String>,
    }
}

const PULL_REQUEST: &str = "SELECT p.id, p.organization_id, p.key, p.title, p.message, p.date_added, a.name AS author_name, \
    a.email AS author_email, p.repository_id, p.merge_commit_sha FROM pull_request p \
    LEFT JOIN commit_author a ON a.id = p.author_id WHERE ";

/// These pull requests.
pub async fn pull_requests_by_ids(conn: &mut Conn, ids: &[PullRequestId]) -> Result<Vec<PullRequest>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(PULL_REQUEST);
    query.push("p.id IN ").list(ids.iter().copied());
    conn.all(query).await
}

/// The pull requests that these commits of these repositories brought in; of several, the newest comes last.
pub async fn pull_requests(
    conn: &mut Conn,
    repositories: &[RepositoryId],
    shas: &[&str],
) -> Result<Vec<PullRequest>> {
    if repositories.is_empty() || shas.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(PULL_REQUEST);
    query.push("p.repository_id IN ").list(repositories.iter().copied());
    query.push(" AND p.merge_commit_sha IN ").list(shas.iter().copied()).push(" ORDER BY p.id");
    conn.all(query).await
}

row! {
    /// A release that a commit is in.
    pub struct CommitRelease {
        pub commit_id: CommitId,
        pub version: String,
        pub reference: Option<String>,
        pub url: Option<String>,
        pub date_added: Time,
        pub date_released: Option<Time>,
    }
}

/// The releases that these commits are in, oldest first.
pub async fn of_commits(conn: &mut Conn, ids: &[CommitId]) -> Result<Vec<CommitRelease>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT rc.commit_id, r.version, r.ref AS reference, r.url, r.date_added, r.date_released \
         FROM release_commit rc JOIN release r ON r.id = rc.release_id WHERE rc.commit_id IN ",
    );
    query.list(ids.iter().copied()).push(" ORDER BY r.date_added, r.id");
    conn.all(query).await
}

/// What is told of a release; what is not told stays as it is.
#[derive(Debug, Clone, Default)]
pub struct NewRelease {
    /// Unique in the organization.
    pub version: String,
    /// As in [`Release`].
    pub status: Option<i64>,
    /// The commit or branch it was built from.
    pub reference: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it was published.
    pub date_released: Option<Time>,
    /// Who published it.
    pub owner: Option<UserId>,
    /// What made it; of one that is there it stays.
    pub user_agent: Option<String>,
}

/// Makes a release of projects, or adds to the one that is there. The second value tells whether one of the projects had
/// none with this version before.
pub async fn put(
    tx: &mut Tx,
    org: OrgId,
    projects: &[ProjectId],
    new: &NewRelease,
    now: Time,
) -> Result<(ReleaseId, bool)> {
    let query = Query::new(
        "INSERT INTO release (organization_id, version, status, ref, url, data, user_agent, commit_count, date_added, \
         date_released, owner_id) VALUES ($1, $2, COALESCE(CAST($3 AS BIGINT), 0), $4, $5, '{}', $6, 0, $7, $8, $9) \
         ON CONFLICT (organization_id, version) DO UPDATE SET \
         status = COALESCE(CAST($3 AS BIGINT), release.status), \
         ref = COALESCE(excluded.ref, release.ref), url = COALESCE(excluded.url, release.url), \
         date_released = COALESCE(excluded.date_released, release.date_released), \
         owner_id = COALESCE(excluded.owner_id, release.owner_id) RETURNING id",
    );
    let query = query.bind(org).bind(&new.version).bind(new.status).bind(new.reference.clone());
    let query = query.bind(new.url.clone()).bind(new.user_agent.clone()).bind(now);
    let release: ReleaseId = tx.one(query.bind(new.date_released).bind(new.owner)).await?;
    let mut added = 0;
    for rows in projects.chunks(PROJECTS_BATCH) {
        let mut query = Query::new("INSERT INTO release_project (release_id, project_id) VALUES ");
        for (index, project) in rows.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(release);
            query.push(", ").arg(*project).push(")");
        }
        query.push(" ON CONFLICT (project_id, release_id) DO NOTHING");
        added += tx.execute(query).await?;
    }
    Ok((release, added > 0))
}

/// Changes a release as it is told; whether it is there.
pub async fn update(tx: &mut Tx, org: OrgId, id: ReleaseId, new: &NewRelease) -> Result<bool> {
    let query = Query::new(
        "UPDATE release SET status = COALESCE($3, status), ref = COALESCE($4, ref), url = COALESCE($5, url), \
         date_released = COALESCE($6, date_released), owner_id = COALESCE($7, owner_id) \
         WHERE organization_id = $1 AND id = $2",
    );
    let query = query.bind(org).bind(id).bind(new.status).bind(new.reference.clone());
    let query = query.bind(new.url.clone()).bind(new.date_released).bind(new.owner);
    Ok(tx.execute(query).await? == 1)
}

/// Whether an issue was first seen in a release.
pub async fn is_first_of_issue(conn: &mut Conn, org: OrgId, id: ReleaseId) -> Result<bool> {
    let query = Query::new(
        "SELECT i.id FROM issue i JOIN release r ON r.id = i.first_release_id WHERE r.organization_id = $1 \
         AND i.first_release_id = $2 AND i.status NOT IN (3, 4, 5) LIMIT 1",
    );
    Ok(conn.optional::<IssueId>(query.bind(org).bind(id)).await?.is_some())
}

/// Removes a release with all that belongs to it.
pub async fn delete(tx: &mut Tx, org: OrgId, id: ReleaseId) -> Result<()> {
    let query = Query::new("DELETE FROM release WHERE organization_id = $1 AND id = $2");
    tx.execute(query.bind(org).bind(id)).await.map(drop)
}

/// Which releases of an organization are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Filter<'f> {
    /// Those of any of these projects.
    pub projects: &'f [ProjectId],
    /// Those that were in one of these environments of the projects; none for all.
    pub environments: &'f [String],
    /// As in [`Release`]; `None` for all.
    pub status: Option<i64>,
    /// Those whose version contains this.
    pub text: &'f str,
    /// Those that were added not before.
    pub since: Option<Time>,
    /// Those that were added not after.
    pub until: Option<Time>,
}

/// What a list of releases is ordered by, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// When they were added.
    Added,
    /// When they were published, else when they were added.
    Published,
}

/// The releases of an organization that a filter lets through.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    filter: &Filter<'_>,
    order: Order,
    slice: Slice,
) -> Result<Vec<Release>> {
    let mut query = Query::new(RELEASE);
    query.push("r.organization_id = ").arg(org);
    query.push(" AND EXISTS (SELECT 1 FROM release_project p WHERE p.release_id = r.id AND p.project_id IN ");
    query.list(filter.projects.iter().copied()).push(")");
    if !filter.environments.is_empty() {
        query.push(
            " AND EXISTS (SELECT 1 FROM release_environment s JOIN environment e ON e.id = s.environment_id \
             WHERE s.release_id = r.id AND s.project_id IN ",
        );
        query.list(filter.projects.iter().copied()).push(" AND e.name IN ").list(filter.environments);
        query.push(")");
    }
    if let Some(status) = filter.status {
        query.push(" AND r.status = ").arg(status);
    }
    if !filter.text.is_empty() {
        query.push(" AND ").matches("r.version", &[Pattern::contains(filter.text)]);
    }
    if let Some(since) = filter.since {
        query.push(" AND r.date_added >= ").arg(since);
    }
    if let Some(until) = filter.until {
        query.push(" AND r.date_added <= ").arg(until);
    }
    query.push(match order {
        Order::Added => " ORDER BY r.date_added DESC, r.id DESC",
        Order::Published => " ORDER BY COALESCE(r.date_released, r.date_added) DESC, r.id DESC",
    });
    query.slice(slice);
    conn.all(query).await
}

/// The active projects of a release.
pub async fn project_ids(conn: &mut Conn, org: OrgId, id: ReleaseId) -> Result<Vec<ProjectId>> {
    let query = Query::new(
        "SELECT p.id FROM release_project rp JOIN project p ON p.id = rp.project_id \
         WHERE p.organization_id = $1 AND p.status = 0 AND rp.release_id = $2 ORDER BY p.id",
    );
    conn.all(query.bind(org).bind(id)).await
}
