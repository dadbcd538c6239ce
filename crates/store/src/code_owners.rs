//! Who owns which files of a project, as written in a repository: the file as it is there, and the rules made of it.

use mortise_domain::{
    CodeMappingId, CodeOwnersId, IntegrationId, OrgId, ProjectId, RepositoryId, TeamId, Time, UserId,
};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A file of owners. `schema` is the rules made of it.
    pub struct CodeOwners {
        pub id: CodeOwnersId,
        pub project_id: ProjectId,
        pub code_mapping_id: CodeMappingId,
        pub raw: Option<String>,
        pub schema: Option<Json>,
        /// When the file is fetched again, if it is.
        pub fetch_at: Option<Time>,
        pub date_added: Time,
        pub date_updated: Time,
    }
}

row! {
    /// The name that somebody has on the other side.
    pub struct ActorName {
        pub external_name: String,
        pub user_id: Option<UserId>,
        pub team_id: Option<TeamId>,
    }
}

/// The files of projects, newest first.
pub async fn of_projects(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<CodeOwners>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT * FROM code_owners WHERE project_id IN ");
    query.list(projects.iter().copied()).push(" ORDER BY date_added DESC, id DESC");
    conn.all(query).await
}

row! {
    /// The rules made of a file.
    pub struct Schema {
        pub project_id: ProjectId,
        pub schema: Json,
    }
}

/// The rules made of the files of projects, of newest files first.
pub async fn schemas(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<Schema>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT project_id, schema FROM code_owners WHERE schema IS NOT NULL AND project_id IN ");
    query.list(projects.iter().copied()).push(" ORDER BY date_added DESC, id DESC");
    conn.all(query).await
}

/// One file of a project.
pub async fn find(conn: &mut Conn, project: ProjectId, id: CodeOwnersId) -> Result<Option<CodeOwners>> {
    let query = Query::new("SELECT * FROM code_owners WHERE project_id = $1 AND id = $2");
    conn.optional(query.bind(project).bind(id)).await
}

/// The file that uses a code mapping.
pub async fn of_mapping(conn: &mut Conn, mapping: CodeMappingId) -> Result<Option<CodeOwners>> {
    conn.optional(Query::new("SELECT * FROM code_owners WHERE code_mapping_id = $1").bind(mapping)).await
}

/// Up to `limit` files whose rules may be older than what they were made with.
pub async fn stale(conn: &mut Conn, limit: i64) -> Result<Vec<CodeOwners>> {
    conn.all(Query::new("SELECT * FROM code_owners WHERE is_stale = TRUE ORDER BY id LIMIT $1").bind(limit))
        .await
}

/// Marks the files of an organization that use mappings of an integration: their rules have to be made again.
pub async fn mark_stale(tx: &mut Tx, org: OrgId, integration: IntegrationId) -> Result<()> {
    let query = Query::new(
        "UPDATE code_owners SET is_stale = TRUE WHERE code_mapping_id IN \
         (SELECT id FROM code_mapping WHERE organization_id = $1 AND integration_id = $2)",
    );
    tx.execute(query.bind(org).bind(integration)).await.map(drop)
}

/// Marks the file that uses a mapping.
pub async fn mark_stale_of_mapping(tx: &mut Tx, mapping: CodeMappingId) -> Result<()> {
    let query = Query::new("UPDATE code_owners SET is_stale = TRUE WHERE code_mapping_id = $1");
    tx.execute(query.bind(mapping)).await.map(drop)
}

/// Has the files that use mappings of a repository fetched again, not before `at`.
pub async fn fetch_later(tx: &mut Tx, repository: RepositoryId, at: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE code_owners SET fetch_at = $2 WHERE code_mapping_id IN \
         (SELECT id FROM code_mapping WHERE repository_id = $1)",
    );
    tx.execute(query.bind(repository).bind(at)).await.map(drop)
}

/// Takes up to `limit` files in hand that are to be fetched by now, those that wait longest first. Nobody else takes them
/// until `until`; those that were not fetched by then are taken again.
pub async fn claim_to_fetch(tx: &mut Tx, now: Time, until: Time, limit: i64) -> Result<Vec<CodeOwners>> {
    // What another node took at the same time is not due any more.
    let query = Query::new(
        "UPDATE code_owners SET fetch_at = $2 WHERE fetch_at <= $1 AND id IN \
         (SELECT id FROM code_owners WHERE fetch_at <= $1 ORDER BY fetch_at, id LIMIT $3) RETURNING *",
    );
    tx.all(query.bind(now).bind(until).bind(limit)).await
}

/// Says that these files, taken in hand until `until`, need not be fetched any more, but for those touched since.
pub async fn mark_fetched(tx: &mut Tx, ids: &[CodeOwnersId], until: Time) -> Result<()> {
    let mut query =
        Query::new("UPDATE code_owners SET fetch_at = NULL WHERE fetch_at = $1 AND id IN ").bind(until);
    query.list(ids.iter().copied());
    tx.execute(query).await.map(drop)
}

/// Adds a file. A second one for the same code mapping is a conflict.
pub async fn insert(
    tx: &mut Tx,
    project: ProjectId,
    mapping: CodeMappingId,
    raw: &str,
    schema: Option<&Json>,
    now: Time,
) -> Result<CodeOwners> {
    let query = Query::new(
        "INSERT INTO code_owners (project_id, code_mapping_id, raw, schema, is_stale, date_added, \
         date_updated) VALUES ($1, $2, $3, $4, FALSE, $5, $5) RETURNING *",
    );
    let query = query.bind(project).bind(mapping).bind(raw).bind(schema.map(Json::to_string));
    tx.one(query.bind(now)).await
}

/// Replaces a file and its rules.
pub async fn update(tx: &mut Tx, row: &CodeOwners, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE code_owners SET code_mapping_id = $2, raw = $3, schema = $4, is_stale = FALSE, \
         date_updated = $5 WHERE id = $1",
    );
    let query = query.bind(row.id).bind(row.code_mapping_id).bind(row.raw.clone());
    tx.execute_one(query.bind(row.schema.as_ref().map(Json::to_string)).bind(now)).await
}

/// Stores the rules of a file, if the file is still the one that they were made of.
pub async fn set_schema(tx: &mut Tx, row: &CodeOwners, schema: Option<&Json>, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE code_owners SET schema = $3, is_stale = FALSE, date_updated = $4 WHERE id = $1 AND raw = $2",
    );
    let query = query.bind(row.id).bind(row.raw.clone()).bind(schema.map(Json::to_string)).bind(now);
    tx.execute(query).await.map(drop)
}

/// Says that the rules of a file are as good as they get.
pub async fn mark_fresh(tx: &mut Tx, id: CodeOwnersId) -> Result<()> {
    tx.execute(Query::new("UPDATE code_owners SET is_stale = FALSE WHERE id = $1").bind(id)).await.map(drop)
}

/// Removes a file of a project; whether it was there.
pub async fn delete(tx: &mut Tx, project: ProjectId, id: CodeOwnersId) -> Result<bool> {
    let query = Query::new("DELETE FROM code_owners WHERE project_id = $1 AND id = $2");
    Ok(tx.execute(query.bind(project).bind(id)).await? == 1)
}

/// Everybody whose name at these providers is known in an organization.
pub async fn actors(conn: &mut Conn, org: OrgId, providers: &[i64]) -> Result<Vec<ActorName>> {
    let mut query =
        Query::new("SELECT external_name, user_id, team_id FROM external_actor WHERE organization_id = ");
    query.arg(org).push(" AND provider IN ").list(providers.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The addresses of the members of an organization.
pub async fn member_emails(conn: &mut Conn, org: OrgId) -> Result<Vec<(String, UserId)>> {
    let query = Query::new(
        "SELECT e.email, e.user_id FROM user_email e JOIN organization_member m ON m.user_id = e.user_id \
         JOIN user_account u ON u.id = e.user_id WHERE m.organization_id = $1 AND u.is_active = TRUE \
         ORDER BY e.user_id, e.id",
    );
    conn.all(query.bind(org)).await
}

/// Who is in a team of these projects.
pub async fn users_of_projects(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, UserId)>> {
    let mut query = Query::new(
        "SELECT DISTINCT p.project_id, m.user_id FROM organization_member m \
         JOIN team_member t ON t.member_id = m.id JOIN project_team p ON p.team_id = t.team_id \
         WHERE m.user_id IS NOT NULL AND p.project_id IN ",
    );
    query.list(projects.iter().copied());
    conn.all(query).await
}

/// The slugs of these teams.
pub async fn team_slugs(conn: &mut Conn, ids: &[TeamId]) -> Result<Vec<(TeamId, String)>> {
    let mut query = Query::new("SELECT id, slug FROM team WHERE id IN ");
    query.list(ids.iter().copied());
    conn.all(query).await
}
