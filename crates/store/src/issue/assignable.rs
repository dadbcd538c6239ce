//! Who can work on the issues of projects: people who are in a team of the project, and its teams.

use mortise_domain::{ProjectId, TeamId, UserId};

use crate::{Conn, Query, Result};

/// Which of these people are in a team of which of these projects.
pub async fn people(
    conn: &mut Conn,
    projects: &[ProjectId],
    users: &[UserId],
) -> Result<Vec<(ProjectId, UserId)>> {
    let mut query = Query::new(
        "SELECT DISTINCT p.project_id, m.user_id FROM organization_member m \
         JOIN team_member t ON t.member_id = m.id JOIN project_team p ON p.team_id = t.team_id \
         WHERE m.invite_status = 0 AND p.project_id IN ",
    );
    query.list(projects.iter().copied()).push(" AND m.user_id IN ").list(users.iter().copied());
    conn.all(query).await
}

/// Which of these teams have which of these projects.
pub async fn teams(
    conn: &mut Conn,
    projects: &[ProjectId],
    teams: &[TeamId],
) -> Result<Vec<(ProjectId, TeamId)>> {
    let mut query = Query::new("SELECT project_id, team_id FROM project_team WHERE project_id IN ");
    query.list(projects.iter().copied()).push(" AND team_id IN ").list(teams.iter().copied());
    conn.all(query).await
}
