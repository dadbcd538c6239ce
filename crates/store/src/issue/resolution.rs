//! Resolving issues in releases and commits: what is asked before, and the rows that are kept.

use mortise_domain::{CommitId, IssueId, OrgId, ProjectId, ReleaseId, RepositoryId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A release of a project.
    pub struct ProjectRelease {
        pub id: ReleaseId,
        pub version: String,
        pub date_added: Time,
        /// When it was published, else when it was added.
        pub date: Time,
    }
}

/// The releases of a project, newest added first.
pub async fn releases(conn: &mut Conn, project: ProjectId) -> Result<Vec<ProjectRelease>> {
    let query = Query::new(
        "SELECT r.id, r.version, r.date_added, COALESCE(r.date_released, r.date_added) AS date FROM release r \
         JOIN release_project p ON p.release_id = r.id WHERE p.project_id = $1 ORDER BY r.date_added DESC, r.id DESC",
    );
    conn.all(query.bind(project)).await
}

/// The release of a project with this version.
pub async fn release(conn: &mut Conn, project: ProjectId, version: &str) -> Result<Option<ProjectRelease>> {
    let query = Query::new(
        "SELECT r.id, r.version, r.date_added, COALESCE(r.date_released, r.date_added) AS date FROM release r \
         JOIN release_project p ON p.release_id = r.id WHERE p.project_id = $1 AND r.version = $2",
    );
    conn.optional(query.bind(project).bind(version)).await
}

/// The version of the newest release that each issue was seen in; issues without are left out.
pub async fn versions_seen(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<(IssueId, String)>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT issue_id, tag_value FROM (SELECT issue_id, tag_value, ROW_NUMBER() OVER (PARTITION BY issue_id \
         ORDER BY last_seen DESC, first_seen DESC, tag_value DESC) AS place FROM issue_tag_value \
         WHERE tag_key = 'release' AND issue_id IN ",
    );
    query.list(issues.iter().copied()).push(") AS ranked WHERE place = 1");
    conn.all(query).await
}

/// The active repository of an organization with this name.
pub async fn repository(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<RepositoryId>> {
    let query = Query::new(
        "SELECT id FROM repository WHERE organization_id = $1 AND name = $2 AND status = 0 ORDER BY id LIMIT 1",
    );
    conn.optional(query.bind(org).bind(name)).await
}

/// The commit of a repository with this hash.
pub async fn commit(conn: &mut Conn, repository: RepositoryId, sha: &str) -> Result<Option<CommitId>> {
    let query = Query::new("SELECT id FROM repository_commit WHERE repository_id = $1 AND sha = $2");
    conn.optional(query.bind(repository).bind(sha)).await
}

/// The newest release of a project that has the commit.
pub async fn release_of_commit(
    conn: &mut Conn,
    project: ProjectId,
    commit: CommitId,
) -> Result<Option<ReleaseId>> {
    let query = Query::new(
        "SELECT r.id FROM release_commit c JOIN release r ON r.id = c.release_id \
         JOIN release_project p ON p.release_id = r.id WHERE c.commit_id = $1 AND p.project_id = $2 \
         ORDER BY COALESCE(r.date_released, r.date_added) DESC, r.id DESC LIMIT 1",
    );
    conn.optional(query.bind(commit).bind(project)).await
}

/// The release that an issue is resolved in or after.
#[derive(Debug, Clone)]
pub struct NewResolution {
    pub issue_id: IssueId,
    /// As in [`mortise_domain::issue::ResolutionKind`].
    pub kind: i64,
    pub release_id: ReleaseId,
    /// With numbered versions: what is newer than this brings the issue back.
    pub current_release_version: Option<String>,
    pub actor_id: Option<UserId>,
    pub date_added: Time,
}

/// Stores how an issue is resolved, in place of an older row.
pub async fn put(tx: &mut Tx, new: &NewResolution) -> Result<()> {
    let query = Query::new(
        "INSERT INTO issue_resolution (issue_id, kind, release_id, current_release_version, actor_id, date_added) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (issue_id) DO UPDATE SET kind = excluded.kind, \
         release_id = excluded.release_id, current_release_version = excluded.current_release_version, \
         actor_id = excluded.actor_id, date_added = excluded.date_added",
    );
    let query = query.bind(new.issue_id).bind(new.kind).bind(new.release_id);
    let query = query.bind(new.current_release_version.as_deref()).bind(new.actor_id);
    tx.execute_one(query.bind(new.date_added)).await
}

/// Forgets the releases that issues are resolved in.
pub async fn delete(tx: &mut Tx, issues: &[IssueId]) -> Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("DELETE FROM issue_resolution WHERE issue_id IN ");
    query.list(issues.iter().copied());
    tx.execute(query).await?;
    Ok(())
}

/// The commit resolves the issues.
pub async fn link_commit(
    tx: &mut Tx,
    issues: &[IssueId],
    commit: CommitId,
    actor: Option<UserId>,
    now: Time,
) -> Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "INSERT INTO issue_commit (issue_id, commit_id, actor_id, date_added) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM issue WHERE id IN ",
    )
    .bind(commit)
    .bind(actor)
    .bind(now);
    query.list(issues.iter().copied()).push(" ON CONFLICT (issue_id, commit_id) DO NOTHING");
    tx.execute(query).await?;
    Ok(())
}
