//! Which repositories the code of a project is in.

use mortise_domain::{OrgId, ProjectId, RepositoryId, Time};

use crate::{Bind, Conn, FromRow, Query, Result, Tx, dialect};

/// Links that one statement makes.
const BATCH: usize = 1000;

/// Holds the organization until the transaction ends, so that links that are made at the same time see each other.
pub async fn lock(tx: &mut Tx, org: OrgId) -> Result<()> {
    let lock = dialect::row_lock(tx);
    let mut query = Query::new("SELECT id FROM organization WHERE id = $1").bind(org);
    query.push(lock);
    tx.optional::<OrgId>(query).await?;
    Ok(())
}

/// The active repositories of an organization that no project is linked to, by id with their names.
pub async fn unlinked_repositories(
    conn: &mut Conn,
    org: OrgId,
    among: Option<&[RepositoryId]>,
) -> Result<Vec<(RepositoryId, String)>> {
    let query = Query::new(
        "SELECT id, name FROM repository WHERE status = 0 AND organization_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM project_repository l WHERE l.repository_id = repository.id)",
    );
    among_ids(conn, query.bind(org), among).await
}

/// The active projects of an organization that are linked to no repository, by id with their slugs.
pub async fn unlinked_projects(
    conn: &mut Conn,
    org: OrgId,
    among: Option<&[ProjectId]>,
) -> Result<Vec<(ProjectId, String)>> {
    let query = Query::new(
        "SELECT id, slug FROM project WHERE status = 0 AND organization_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM project_repository l WHERE l.project_id = project.id)",
    );
    among_ids(conn, query.bind(org), among).await
}

/// The rows of a query, by id; only those `among` ids, where there are any.
async fn among_ids<I>(conn: &mut Conn, mut query: Query, among: Option<&[I]>) -> Result<Vec<(I, String)>>
where
    I: Bind + Copy,
    (I, String): FromRow,
{
    if let Some(ids) = among {
        query.push(" AND id IN ").list(ids.iter().copied());
    }
    query.push(" ORDER BY id");
    conn.all(query).await
}

/// Links projects and repositories; how many were not linked before.
pub async fn link(tx: &mut Tx, pairs: &[(ProjectId, RepositoryId)], now: Time) -> Result<u64> {
    let mut made = 0;
    for pairs in pairs.chunks(BATCH) {
        let mut query =
            Query::new("INSERT INTO project_repository (project_id, repository_id, date_added) VALUES ");
        for (index, (project, repository)) in pairs.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(*project);
            query.push(", ").arg(*repository).push(", ").arg(now).push(")");
        }
        query.push(" ON CONFLICT DO NOTHING");
        made += tx.execute(query).await?;
    }
    Ok(made)
}
