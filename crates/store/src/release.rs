//! Releases and commits.

use mortise_domain::{CommitId, OrgId, ProjectId, PullRequestId, ReleaseId, RepositoryId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

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
        "SELECT c.id, c.sha, c.message, c.date_added, a.name AS author_name, a.email AS author_email, \
         c.repository_id FROM repository_commit c LEFT JOIN commit_author a ON a.id = c.author_id WHERE c.id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}

row! {
    /// A pull request with its author.
    pub struct PullRequest {
        pub id: PullRequestId,
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

const PULL_REQUEST: &str = "SELECT p.id, p.key, p.title, p.message, p.date_added, a.name AS author_name, \
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
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// Unique in the organization.
    pub version: String,
    /// The commit or branch it was built from.
    pub reference: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it was published.
    pub date_released: Option<Time>,
    /// Who published it.
    pub owner: Option<UserId>,
}

/// Makes a release of a project, or adds to the one that is there. The second value tells whether the project had none
/// with this version before.
pub async fn put(
    tx: &mut Tx,
    org: OrgId,
    project: ProjectId,
    new: &NewRelease,
    now: Time,
) -> Result<(ReleaseId, bool)> {
    let query = Query::new(
        "INSERT INTO release (organization_id, version, status, ref, url, data, commit_count, date_added, \
         date_released, owner_id) VALUES ($1, $2, 0, $3, $4, '{}', 0, $5, $6, $7) \
         ON CONFLICT (organization_id, version) DO UPDATE SET \
         ref = COALESCE(excluded.ref, release.ref), url = COALESCE(excluded.url, release.url), \
         date_released = COALESCE(excluded.date_released, release.date_released), \
         owner_id = COALESCE(excluded.owner_id, release.owner_id) RETURNING id",
    );
    let query = query.bind(org).bind(&new.version).bind(new.reference.clone()).bind(new.url.clone());
    let release: ReleaseId = tx.one(query.bind(now).bind(new.date_released).bind(new.owner)).await?;
    let query = Query::new(
        "INSERT INTO release_project (release_id, project_id) VALUES ($1, $2) \
         ON CONFLICT (project_id, release_id) DO NOTHING",
    );
    let added = tx.execute(query.bind(release).bind(project)).await?;
    Ok((release, added == 1))
}
