//! Whom mails may reach: about issues, people in teams of their projects; else people of the organization.

use mortise_domain::{OrgId, ProjectId, TeamId, Time, UserId};

use crate::{Conn, Query, Result, row};

row! {
    /// A person in a team of a project who can sign in.
    pub struct Recipient {
        pub project_id: ProjectId,
        pub team_id: TeamId,
        pub user_id: UserId,
        /// When the person last did something; never without a time.
        pub last_active: Option<Time>,
    }
}

/// The people of these projects, by id; once for each of their teams.
pub async fn of_projects(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<Recipient>> {
    if projects.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT p.project_id, p.team_id, u.id AS user_id, u.last_active FROM project_team p \
         JOIN team_member t ON t.team_id = p.team_id JOIN organization_member m ON m.id = t.member_id \
         JOIN user_account u ON u.id = m.user_id \
         WHERE m.invite_status = 0 AND u.is_active = TRUE AND p.project_id IN ",
    );
    query.list(projects.iter().copied()).push(" ORDER BY u.id, p.team_id");
    conn.all(query).await
}

row! {
    /// Somebody of an organization who can sign in.
    pub struct Colleague {
        pub organization_id: OrgId,
        pub user_id: UserId,
        /// A team that the person is in.
        pub team_id: Option<TeamId>,
    }
}

/// Those of these people who are in these organizations, and the people of these teams of theirs, by id; once for each of
/// their teams.
pub async fn of_organizations(
    conn: &mut Conn,
    orgs: &[OrgId],
    people: &[UserId],
    teams: &[TeamId],
) -> Result<Vec<Colleague>> {
    let mut query = Query::new(
        "SELECT m.organization_id, u.id AS user_id, t.team_id FROM organization_member m \
         JOIN user_account u ON u.id = m.user_id LEFT JOIN team_member t ON t.member_id = m.id \
         WHERE m.invite_status = 0 AND u.is_active = TRUE AND m.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" AND (u.id IN ").list(people.iter().copied());
    query.push(" OR t.team_id IN ").list(teams.iter().copied()).push(") ORDER BY u.id, t.team_id");
    conn.all(query).await
}
