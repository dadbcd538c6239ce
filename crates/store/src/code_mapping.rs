//! Code mappings: where the path of a stack trace lies in a repository. A mapping that code owners use cannot be removed
//! by hand; when its integration or repository goes, its code owners go with it.

use mortise_domain::{CodeMappingId, IntegrationId, OrgId, OrgIntegrationId, ProjectId, RepositoryId, Time};

use crate::{Conn, Query, Result, Slice, Tx, row};

row! {
    /// A code mapping with the names of what it joins.
    pub struct CodeMapping {
        pub id: CodeMappingId,
        pub organization_id: OrgId,
        pub project_id: ProjectId,
        pub project_slug: String,
        pub repository_id: RepositoryId,
        pub repository_name: String,
        pub organization_integration_id: OrgIntegrationId,
        pub integration_id: IntegrationId,
        /// The provider of the integration.
        pub provider: String,
        pub stack_root: String,
        pub source_root: String,
        pub default_branch: Option<String>,
        pub automatically_generated: bool,
        pub date_updated: Time,
    }
}

/// What a code mapping says.
#[derive(Debug, Clone)]
pub struct NewCodeMapping {
    /// Whose.
    pub organization: OrgId,
    /// The project whose stack traces it is for.
    pub project: ProjectId,
    /// The repository that holds the files.
    pub repository: RepositoryId,
    /// The organization's row of the integration.
    pub org_integration: OrgIntegrationId,
    /// The integration.
    pub integration: IntegrationId,
    /// What paths of stack traces begin with; may be empty.
    pub stack_root: String,
    /// What is put in its place; may be empty.
    pub source_root: String,
    /// The branch where files are looked for.
    pub default_branch: Option<String>,
    /// Whether the server found it by itself.
    pub is_automatic: bool,
}

const COLUMNS: &str = "SELECT m.id, m.organization_id, m.project_id, p.slug AS project_slug, m.repository_id, \
     r.name AS repository_name, m.organization_integration_id, m.integration_id, i.provider, m.stack_root, \
     m.source_root, m.default_branch, m.automatically_generated, m.date_updated \
     FROM code_mapping m JOIN project p ON p.id = m.project_id JOIN repository r ON r.id = m.repository_id \
     JOIN integration i ON i.id = m.integration_id WHERE ";

/// The mappings of an organization's integration, by id.
pub async fn of_integration(
    conn: &mut Conn,
    org: OrgId,
    integration: IntegrationId,
    slice: Slice,
) -> Result<Vec<CodeMapping>> {
    let mut query = Query::new(COLUMNS);
    query.push("m.organization_id = ").arg(org).push(" AND m.integration_id = ").arg(integration);
    query.push(" ORDER BY m.id").slice(slice);
    conn.all(query).await
}

/// The mappings of projects, by id.
pub async fn of_projects(
    conn: &mut Conn,
    org: OrgId,
    projects: &[ProjectId],
    slice: Slice,
) -> Result<Vec<CodeMapping>> {
    let mut query = Query::new(COLUMNS);
    query.push("m.organization_id = ").arg(org).push(" AND m.project_id IN ").list(projects.iter().copied());
    query.push(" ORDER BY m.id").slice(slice);
    conn.all(query).await
}

/// One mapping of an organization.
pub async fn find(conn: &mut Conn, org: OrgId, id: CodeMappingId) -> Result<Option<CodeMapping>> {
    let mut query = Query::new(COLUMNS);
    query.push("m.organization_id = ").arg(org).push(" AND m.id = ").arg(id);
    conn.optional(query).await
}

/// These mappings.
pub async fn by_ids(conn: &mut Conn, ids: &[CodeMappingId]) -> Result<Vec<CodeMapping>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(COLUMNS);
    query.push("m.id IN ").list(ids.iter().copied()).push(" ORDER BY m.id");
    conn.all(query).await
}

/// The mapping of a project for the beginning of a path.
pub async fn by_root(conn: &mut Conn, project: ProjectId, stack_root: &str) -> Result<Option<CodeMapping>> {
    let mut query = Query::new(COLUMNS);
    query.push("m.project_id = ").arg(project).push(" AND m.stack_root = ").arg(stack_root);
    conn.optional(query).await
}

/// Adds a mapping. A second one for the same project and beginning of a path is a conflict.
pub async fn insert(tx: &mut Tx, new: &NewCodeMapping, now: Time) -> Result<CodeMappingId> {
    let query = Query::new(
        "INSERT INTO code_mapping (organization_id, project_id, repository_id, organization_integration_id, \
         integration_id, stack_root, source_root, default_branch, automatically_generated, date_added, date_updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id",
    );
    let query = query.bind(new.organization).bind(new.project).bind(new.repository).bind(new.org_integration);
    let query = query.bind(new.integration).bind(&new.stack_root).bind(&new.source_root);
    let query = query.bind(new.default_branch.clone()).bind(new.is_automatic);
    tx.one(query.bind(now)).await
}

/// Replaces what a mapping says.
pub async fn update(tx: &mut Tx, id: CodeMappingId, new: &NewCodeMapping, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE code_mapping SET project_id = $2, repository_id = $3, organization_integration_id = $4, \
         integration_id = $5, stack_root = $6, source_root = $7, default_branch = $8, \
         automatically_generated = $9, date_updated = $10 WHERE id = $1",
    );
    let query = query.bind(id).bind(new.project).bind(new.repository).bind(new.org_integration);
    let query = query.bind(new.integration).bind(&new.stack_root).bind(&new.source_root);
    let query = query.bind(new.default_branch.clone()).bind(new.is_automatic);
    tx.execute_one(query.bind(now)).await
}

/// Removes a mapping unless code owners use it; whether it was removed.
pub async fn delete_unused(tx: &mut Tx, id: CodeMappingId) -> Result<bool> {
    let query = Query::new(
        "DELETE FROM code_mapping WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM code_owners o WHERE o.code_mapping_id = $1)",
    );
    Ok(tx.execute(query.bind(id)).await? == 1)
}

/// Removes the mappings into a repository with their code owners.
pub async fn delete_of_repository(tx: &mut Tx, repository: RepositoryId) -> Result<()> {
    let query = Query::new("DELETE FROM code_mapping WHERE repository_id = $1");
    tx.execute(query.bind(repository)).await.map(drop)
}

/// Removes the mappings of an organization's integration with their code owners.
pub async fn delete_of_integration(tx: &mut Tx, row: OrgIntegrationId) -> Result<()> {
    let query = Query::new("DELETE FROM code_mapping WHERE organization_integration_id = $1");
    tx.execute(query.bind(row)).await.map(drop)
}
