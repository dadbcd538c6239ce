//! Commits and pull requests as providers tell of them, and the issues that they name.

use mortise_domain::{CommitId, IssueId, OrgId, RepositoryId, Time};

use crate::{Conn, Query, Result, Tx};

/// A commit that somebody made.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// The hash.
    pub sha: String,
    /// What it says.
    pub message: Option<String>,
    /// A row of [`put_author`].
    pub author: Option<i64>,
    /// When it was made.
    pub date: Time,
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

/// Adds a commit; `None` where the repository has it.
pub async fn insert(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    new: &NewCommit,
) -> Result<Option<CommitId>> {
    let query = Query::new(
        "INSERT INTO repository_commit (organization_id, repository_id, sha, message, author_id, date_added) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository_id, sha) DO NOTHING RETURNING id",
    );
    let query = query.bind(org).bind(repository).bind(&new.sha).bind(new.message.as_deref());
    tx.optional(query.bind(new.author).bind(new.date)).await
}

/// Stores a pull request as it is now. What brought it in stays known.
pub async fn put_pull_request(
    tx: &mut Tx,
    org: OrgId,
    repository: RepositoryId,
    new: &NewPullRequest,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO pull_request (organization_id, repository_id, key, title, message, author_id, \
         merge_commit_sha, date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (repository_id, key) DO UPDATE SET title = excluded.title, message = excluded.message, \
         author_id = excluded.author_id, \
         merge_commit_sha = COALESCE(excluded.merge_commit_sha, pull_request.merge_commit_sha)",
    );
    let query = query.bind(org).bind(repository).bind(&new.key).bind(new.title.as_deref());
    let query = query.bind(new.message.as_deref()).bind(new.author).bind(new.merge_commit_sha.as_deref());
    tx.execute_one(query.bind(new.date)).await
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
