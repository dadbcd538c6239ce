//! Projects.

use mortise_domain::{OrgId, ProjectId, TeamId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A project.
    pub struct Project {
        pub id: ProjectId,
        pub organization_id: OrgId,
        pub slug: String,
        pub name: String,
        pub platform: Option<String>,
        pub status: i64,
        pub first_event: Option<Time>,
        pub is_public: bool,
        pub options: Json,
        pub last_short_id: i64,
        pub date_added: Time,
    }
}

/// The project with this id, unless it is being deleted.
pub async fn by_id(conn: &mut Conn, id: ProjectId) -> Result<Option<Project>> {
    conn.optional(Query::new("SELECT * FROM project WHERE id = $1 AND status = 0").bind(id)).await
}

/// The project with this slug in the organization.
pub async fn by_slug(conn: &mut Conn, org: OrgId, slug: &str) -> Result<Option<Project>> {
    let query = Query::new("SELECT * FROM project WHERE organization_id = $1 AND slug = $2 AND status = 0");
    conn.optional(query.bind(org).bind(slug)).await
}

/// The slug that a project has now, found by one it had before.
pub async fn renamed_to(conn: &mut Conn, org: OrgId, old_slug: &str) -> Result<Option<String>> {
    let query = Query::new(
        "SELECT p.slug FROM project_redirect r JOIN project p ON p.id = r.project_id \
         WHERE r.organization_id = $1 AND r.slug = $2 AND p.status = 0",
    );
    conn.optional(query.bind(org).bind(old_slug)).await
}

/// The active projects of an organization, by slug.
pub async fn of_organization(conn: &mut Conn, org: OrgId) -> Result<Vec<Project>> {
    conn.all(
        Query::new("SELECT * FROM project WHERE organization_id = $1 AND status = 0 ORDER BY slug").bind(org),
    )
    .await
}

/// The ids of the active projects that any of the teams has.
pub async fn ids_of_teams(conn: &mut Conn, teams: &[TeamId]) -> Result<Vec<ProjectId>> {
    if teams.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT DISTINCT p.id FROM project p JOIN project_team t ON t.project_id = p.id WHERE p.status = 0 AND t.team_id IN ",
    );
    query.list(teams.iter().copied()).push(" ORDER BY p.id");
    conn.all(query).await
}

/// Creates an active project.
pub async fn insert(
    tx: &mut Tx,
    org: OrgId,
    slug: &str,
    name: &str,
    platform: Option<&str>,
    now: Time,
) -> Result<Project> {
    let query = Query::new(
        "INSERT INTO project (organization_id, slug, name, platform, status, is_public, options, last_short_id, date_added) \
         VALUES ($1, $2, $3, $4, 0, FALSE, '{}', 0, $5) RETURNING *",
    );
    tx.one(query.bind(org).bind(slug).bind(name).bind(platform).bind(now)).await
}

/// Gives a team a project; nothing where it has it.
pub async fn add_team(tx: &mut Tx, project: ProjectId, team: TeamId) -> Result<()> {
    let query = Query::new(
        "INSERT INTO project_team (project_id, team_id) VALUES ($1, $2) ON CONFLICT (project_id, team_id) DO NOTHING",
    );
    tx.execute(query.bind(project).bind(team)).await?;
    Ok(())
}
