//! Teams and who is in them.

use mortise_domain::{MemberId, OrgId, ProjectId, TeamId, Time};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A team.
    pub struct Team {
        pub id: TeamId,
        pub organization_id: OrgId,
        pub slug: String,
        pub name: String,
        pub date_added: Time,
    }
}

/// The team with this id in the organization.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: TeamId) -> Result<Option<Team>> {
    let query = Query::new("SELECT * FROM team WHERE organization_id = $1 AND id = $2");
    conn.optional(query.bind(org).bind(id)).await
}

/// The team with this slug in the organization.
pub async fn by_slug(conn: &mut Conn, org: OrgId, slug: &str) -> Result<Option<Team>> {
    let query = Query::new("SELECT * FROM team WHERE organization_id = $1 AND slug = $2");
    conn.optional(query.bind(org).bind(slug)).await
}

/// The teams of a project.
pub async fn ids_of_project(conn: &mut Conn, project: ProjectId) -> Result<Vec<TeamId>> {
    let query = Query::new("SELECT team_id FROM project_team WHERE project_id = $1 ORDER BY team_id");
    conn.all(query.bind(project)).await
}

/// Creates a team.
pub async fn insert(tx: &mut Tx, org: OrgId, slug: &str, name: &str, now: Time) -> Result<Team> {
    let query = Query::new(
        "INSERT INTO team (organization_id, slug, name, date_added) VALUES ($1, $2, $3, $4) RETURNING *",
    );
    tx.one(query.bind(org).bind(slug).bind(name).bind(now)).await
}

/// Puts a member into a team, or changes the role there.
pub async fn put_member(tx: &mut Tx, team: TeamId, member: MemberId, role: Option<&str>) -> Result<()> {
    let query = Query::new(
        "INSERT INTO team_member (team_id, member_id, role) VALUES ($1, $2, $3) \
         ON CONFLICT (team_id, member_id) DO UPDATE SET role = excluded.role",
    );
    tx.execute_one(query.bind(team).bind(member).bind(role)).await
}
