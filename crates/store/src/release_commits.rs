//! The commits of releases: which, in what order, and the newest of each repository.

use mortise_domain::{CommitId, IssueId, OrgId, ReleaseId, RepositoryId, Time, UserId};

use crate::{Conn, Query, Result, Slice, Tx, dialect, row};

/// Rows added in one statement.
const ROWS_BATCH: usize = 200;

/// Keeps others from setting the commits of a release until the transaction ends; whether it is there.
pub async fn lock(tx: &mut Tx, release: ReleaseId) -> Result<bool> {
    let mut query = Query::new("SELECT id FROM release WHERE id = ");
    query.arg(release).push(dialect::row_lock(tx));
    Ok(tx.optional::<ReleaseId>(query).await?.is_some())
}

/// Gives a release these commits, newest first, in place of those that it has. Each is named once.
pub async fn replace(tx: &mut Tx, release: ReleaseId, commits: &[CommitId]) -> Result<()> {
    tx.execute(Query::new("DELETE FROM release_commit WHERE release_id = $1").bind(release)).await?;
    for (chunk, rows) in commits.chunks(ROWS_BATCH).enumerate() {
        let mut query = Query::new("INSERT INTO release_commit (release_id, commit_id, position) VALUES ");
        for (index, commit) in rows.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(release).push(", ").arg(*commit);
            query.push(", ").arg((chunk * ROWS_BATCH + index) as i64).push(")");
        }
        tx.execute(query).await?;
    }
    let query = Query::new("UPDATE release SET commit_count = $2, last_commit_id = $3 WHERE id = $1");
    tx.execute_one(query.bind(release).bind(commits.len() as i64).bind(commits.first().copied())).await
}

/// Takes all commits from a release; where its repositories are is not known any more.
pub async fn clear(tx: &mut Tx, release: ReleaseId) -> Result<()> {
    replace(tx, release, &[]).await?;
    tx.execute(Query::new("DELETE FROM release_head WHERE release_id = $1").bind(release)).await.map(drop)
}

/// Says which is the newest commit of repositories in a release. Where one is known, it stays unless `replaces`.
pub async fn put_heads(
    tx: &mut Tx,
    release: ReleaseId,
    heads: &[(RepositoryId, CommitId)],
    replaces: bool,
) -> Result<()> {
    for rows in heads.chunks(ROWS_BATCH) {
        let mut query = Query::new("INSERT INTO release_head (release_id, repository_id, commit_id) VALUES ");
        for (index, (repository, commit)) in rows.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(release);
            query.push(", ").arg(*repository).push(", ").arg(*commit).push(")");
        }
        query.push(" ON CONFLICT (release_id, repository_id) DO ");
        query.push(if replaces { "UPDATE SET commit_id = excluded.commit_id" } else { "NOTHING" });
        tx.execute(query).await?;
    }
    Ok(())
}

/// The hash of the newest commit of each repository in a release.
pub async fn heads(conn: &mut Conn, release: ReleaseId) -> Result<Vec<(RepositoryId, String)>> {
    let query = Query::new(
        "SELECT h.repository_id, c.sha FROM release_head h JOIN repository_commit c ON c.id = h.commit_id \
         WHERE h.release_id = $1 ORDER BY h.repository_id",
    );
    conn.all(query.bind(release)).await
}

/// The newest other release that shares a project with this one.
pub async fn previous(conn: &mut Conn, org: OrgId, release: ReleaseId) -> Result<Option<ReleaseId>> {
    let query = Query::new(
        "SELECT r.id FROM release r WHERE r.organization_id = $1 AND r.id <> $2 AND EXISTS \
         (SELECT 1 FROM release_project own JOIN release_project shared ON shared.project_id = own.project_id \
         WHERE own.release_id = $2 AND shared.release_id = r.id) \
         ORDER BY COALESCE(r.date_released, r.date_added) DESC, r.id DESC LIMIT 1",
    );
    conn.optional(query.bind(org).bind(release)).await
}

/// The newest release with commits, this one included, that shares a project with it and is no younger.
pub async fn newest_with_commits(
    conn: &mut Conn,
    org: OrgId,
    release: ReleaseId,
    date: Time,
) -> Result<Option<ReleaseId>> {
    let query = Query::new(
        "SELECT r.id FROM release r WHERE r.organization_id = $1 AND r.last_commit_id IS NOT NULL \
         AND COALESCE(r.date_released, r.date_added) <= $3 AND EXISTS \
         (SELECT 1 FROM release_project own JOIN release_project shared ON shared.project_id = own.project_id \
         WHERE own.release_id = $2 AND shared.release_id = r.id) \
         ORDER BY COALESCE(r.date_released, r.date_added) DESC, r.id DESC LIMIT 1",
    );
    conn.optional(query.bind(org).bind(release).bind(date)).await
}

/// The commits of a release in their order; of one repository, where one is named.
pub async fn list(
    conn: &mut Conn,
    org: OrgId,
    release: ReleaseId,
    repository: Option<RepositoryId>,
    slice: Slice,
) -> Result<Vec<CommitId>> {
    let mut query = Query::new(
        "SELECT c.id FROM release_commit rc JOIN repository_commit c ON c.id = rc.commit_id WHERE c.organization_id = ",
    );
    query.arg(org).push(" AND rc.release_id = ").arg(release);
    if let Some(repository) = repository {
        query.push(" AND c.repository_id = ").arg(repository);
    }
    query.push(" ORDER BY rc.position, c.id").slice(slice);
    conn.all(query).await
}

row! {
    /// A file that a commit touched.
    pub struct CommitFile {
        pub id: i64,
        pub filename: String,
        /// As in [`mortise_domain::ChangeKind`].
        pub kind: String,
        pub message: Option<String>,
        pub author_name: Option<String>,
        pub author_email: Option<String>,
        /// The name of its repository.
        pub repository: String,
    }
}

/// The files that the commits of a release touched, by path; of one repository, where one is named.
pub async fn files(
    conn: &mut Conn,
    org: OrgId,
    release: ReleaseId,
    repository: Option<RepositoryId>,
    slice: Slice,
) -> Result<Vec<CommitFile>> {
    let mut query = Query::new(
        "SELECT f.id, f.filename, f.kind, c.message, a.name AS author_name, a.email AS author_email, \
         r.name AS repository FROM release_commit rc JOIN repository_commit c ON c.id = rc.commit_id \
         JOIN commit_file f ON f.commit_id = c.id JOIN repository r ON r.id = c.repository_id \
         LEFT JOIN commit_author a ON a.id = c.author_id WHERE c.organization_id = ",
    );
    query.arg(org).push(" AND rc.release_id = ").arg(release);
    if let Some(repository) = repository {
        query.push(" AND c.repository_id = ").arg(repository);
    }
    query.push(" ORDER BY f.filename, f.id").slice(slice);
    conn.all(query).await
}

row! {
    /// An issue that a release resolves.
    pub struct Resolved {
        pub issue_id: IssueId,
        /// Who made the commit, or opened the pull request.
        pub actor_id: Option<UserId>,
    }
}

/// The issues that the commits of a release resolve, and those that pull requests fix which they brought in; those of its
/// newest commits first. Some may be named more than once.
pub async fn resolved(conn: &mut Conn, release: ReleaseId) -> Result<Vec<Resolved>> {
    let query = Query::new(
        "SELECT both_kinds.issue_id, both_kinds.actor_id FROM (SELECT i.issue_id, i.actor_id, c.position \
         FROM release_commit c JOIN issue_commit i ON i.commit_id = c.commit_id WHERE c.release_id = $1 \
         UNION ALL SELECT i.issue_id, i.actor_id, c.position FROM release_commit c \
         JOIN repository_commit r ON r.id = c.commit_id \
         JOIN pull_request p ON p.repository_id = r.repository_id AND p.merge_commit_sha = r.sha \
         JOIN issue_pull_request i ON i.pull_request_id = p.id WHERE c.release_id = $1) AS both_kinds \
         ORDER BY both_kinds.position, both_kinds.issue_id",
    );
    conn.all(query.bind(release)).await
}
