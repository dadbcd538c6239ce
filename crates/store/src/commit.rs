//! Commits and pull requests as providers tell of them, and the issues that they name.

use mortise_domain::{CommitId, FileChange, IssueId, OrgId, PullRequestId, RepositoryId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

/// Files added in one statement.
const FILES_BATCH: usize = 200;

/// A commit that somebody made.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// The hash.
    pub sha: String,
    /// What it says.
    pub message: Option<String>,
    /// A row of [`put_author`].
    pub author: Option<i64>,
    /// When it was made, if that is known.
    pub date: Option<Time>,
}

/// A pull request as it is now.
#[derive(Debug, Clone)]
pub struct NewPullRequest {
    /// The number on the other side.
    pub key: String,
    /// Its title.
    pub title: Option<String>,
    /// Its description.
    pub message: Option<String>,
    /// A row of [`put_author`].
    pub author: Option<i64>,
    /// The commit that brought it in; `None` while it is open.
    pub merge_commit_sha: Option<String>,
    /// When it was opened.
    pub date: Time,
}

/// Who made commits: the row of an address. A name replaces the one that is there.
pub async fn put_author(tx: &mut Tx, org: OrgId, email: &str, name: Option<&str>) -> Result<i64> {
    let query = Query::new(
        "INSERT INTO commit_author (organization_id, email, name) VALUES ($1, $2, $3) \
         ON CONFLICT (organization_id, email) DO UPDATE SET name = COALESCE(excluded.name, commit_author.name) \
         RETURNING id",
    );
    tx.one(query.bind(org).bind(email).bind(name)).await
}

row! {
    /// A commit that a repository has.
    pub struct Known {
        pub id: CommitId,
        pub message: Option<String>,
    }
}

/// The commit of a repository with this hash.
pub async fn known(conn: &mut Conn, repository: RepositoryId, sha: &str) -> Result<Option<Known>> {
    let query = Query::new("SELECT id, message FROM repository_commit WHERE repository_id = $1 AND sha = $2");
    conn.optional(query.bind(repository).bind(sha)).await
}

/// Adds a commit, or tells more of the one that is there: what is not told stays. `now` is when it was made where
/// nobody says.
pub async fn put(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    new: &NewCommit,
    now: Time,
) -> Result<CommitId> {
    let query = Query::new(
        "INSERT INTO repository_commit (organization_id, repository_id, sha, message, author_id, date_added) \
         VALUES ($1, $2, $3, $4, $5, COALESCE(CAST($6 AS BIGINT), $7)) ON CONFLICT (repository_id, sha) DO UPDATE SET \
         message = COALESCE(excluded.message, repository_commit.message), \
         author_id = COALESCE(excluded.author_id, repository_commit.author_id), \
         date_added = COALESCE(CAST($6 AS BIGINT), repository_commit.date_added) RETURNING id",
    );
    let query = query.bind(org).bind(repository).bind(&new.sha).bind(new.message.as_deref());
    tx.one(query.bind(new.author).bind(new.date).bind(now)).await
}

/// Adds files that a commit touched; those that it has stay. How many are new.
pub async fn add_files(tx: &mut Tx, commit: CommitId, files: &[FileChange]) -> Result<u64> {
    let mut added = 0;
    for rows in files.chunks(FILES_BATCH) {
        let mut query = Query::new("INSERT INTO commit_file (commit_id, filename, kind) VALUES ");
        for (position, file) in rows.iter().enumerate() {
            query.push(if position == 0 { "(" } else { ", (" }).arg(commit);
            query.push(", ").arg(file.path.as_str()).push(", ").arg(file.kind.letter()).push(")");
        }
        query.push(" ON CONFLICT (commit_id, filename) DO NOTHING");
        added += tx.execute(query).await?;
    }
    Ok(added)
}

/// Forgets that a commit resolves other issues than these; which they were.
pub async fn keep_links(tx: &mut Tx, commit: CommitId, issues: &[IssueId]) -> Result<Vec<IssueId>> {
    let mut query = Query::new("DELETE FROM issue_commit WHERE commit_id = ");
    query.arg(commit);
    if !issues.is_empty() {
        query.push(" AND issue_id NOT IN ").list(issues.iter().copied());
    }
    query.push(" RETURNING issue_id");
    tx.all(query).await
}

/// Stores a pull request as it is now. What brought it in stays known.
pub async fn put_pull_request(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    new: &NewPullRequest,
) -> Result<PullRequestId> {
    let query = Query::new(
        "INSERT INTO pull_request (organization_id, repository_id, key, title, message, author_id, \
         merge_commit_sha, date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (repository_id, key) DO UPDATE SET title = excluded.title, message = excluded.message, \
         author_id = excluded.author_id, \
         merge_commit_sha = COALESCE(excluded.merge_commit_sha, pull_request.merge_commit_sha) RETURNING id",
    );
    let query = query.bind(org).bind(repository).bind(&new.key).bind(new.title.as_deref());
    let query = query.bind(new.message.as_deref()).bind(new.author).bind(new.merge_commit_sha.as_deref());
    tx.one(query.bind(new.date)).await
}

/// A pull request says that it fixes these issues; those of which it did not say so before.
pub async fn link_pull_request(
    tx: &mut Tx,
    pull: PullRequestId,
    issues: &[IssueId],
    actor: Option<UserId>,
    now: Time,
) -> Result<Vec<IssueId>> {
    let mut query = Query::new(
        "INSERT INTO issue_pull_request (issue_id, pull_request_id, actor_id, date_added) \
         SELECT id, CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM issue WHERE id IN ",
    )
    .bind(pull)
    .bind(actor)
    .bind(now);
    query.list(issues.iter().copied());
    query.push(" ON CONFLICT (issue_id, pull_request_id) DO NOTHING RETURNING issue_id");
    tx.all(query).await
}

/// Forgets that a pull request fixes other issues than these.
pub async fn keep_pull_links(tx: &mut Tx, pull: PullRequestId, issues: &[IssueId]) -> Result<()> {
    let mut query = Query::new("DELETE FROM issue_pull_request WHERE pull_request_id = ");
    query.arg(pull);
    if !issues.is_empty() {
        query.push(" AND issue_id NOT IN ").list(issues.iter().copied());
    }
    tx.execute(query).await.map(drop)
}

/// The issues of an organization with these short ids: slug of the project and number.
pub async fn named_issues(conn: &mut Conn, org: OrgId, names: &[(String, i64)]) -> Result<Vec<IssueId>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT i.id FROM issue i JOIN project p ON p.id = i.project_id WHERE p.status = 0 AND p.organization_id = ",
    );
    query.arg(org).push(" AND (1 = 0");
    for (slug, number) in names {
        query.push(" OR (p.slug = ").arg(slug.as_str()).push(" AND i.short_id = ").arg(*number).push(")");
    }
    query.push(") ORDER BY i.id");
    conn.all(query).await
}
