//! What belongs to many projects at once, one statement each.

use mortise_domain::{ProjectId, TeamId, UserId};

use crate::{Conn, Query, Result, row};

row! {
    /// A team of a project.
    pub struct TeamOfProject {
        pub project_id: ProjectId,
        pub team_id: TeamId,
        pub slug: String,
        pub name: String,
    }
}

fn of(sql: &'static str, projects: &[ProjectId], tail: &'static str) -> Query {
    let mut query = Query::new(sql);
    query.list(projects.iter().copied()).push(tail);
    query
}

/// The teams of the projects, by slug.
pub async fn teams(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<TeamOfProject>> {
    conn.all(of(
        "SELECT pt.project_id, t.id AS team_id, t.slug, t.name FROM project_team pt JOIN team t ON t.id = pt.team_id \
         WHERE pt.project_id IN ",
        projects,
        " ORDER BY t.slug",
    ))
    .await
}

/// Which of the projects the user has marked.
pub async fn bookmarked(conn: &mut Conn, user: UserId, projects: &[ProjectId]) -> Result<Vec<ProjectId>> {
    let mut query = Query::new("SELECT project_id FROM project_bookmark WHERE user_id = ");
    query.arg(user).push(" AND project_id IN ").list(projects.iter().copied());
    conn.all(query).await
}

/// The platforms of the projects' events, by name.
pub async fn platforms(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, String)>> {
    conn.all(of(
        "SELECT project_id, platform FROM project_platform WHERE project_id IN ",
        projects,
        " ORDER BY platform",
    ))
    .await
}

/// The environments of the projects that are not hidden, by name.
pub async fn environments(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, String)>> {
    conn.all(of(
        "SELECT ep.project_id, e.name FROM environment_project ep JOIN environment e ON e.id = ep.environment_id \
         WHERE (ep.is_hidden IS NULL OR ep.is_hidden = FALSE) AND ep.project_id IN ",
        projects,
        " ORDER BY e.name",
    ))
    .await
}

/// Which of the projects have reports of users.
pub async fn with_user_reports(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<ProjectId>> {
    let sql = "SELECT DISTINCT project_id FROM user_report WHERE project_id IN ";
    conn.all(of(sql, projects, "")).await
}

/// The version of each project's newest release.
pub async fn latest_releases(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, String)>> {
    conn.all(of(
        "SELECT project_id, version FROM (SELECT rp.project_id, r.version, ROW_NUMBER() OVER (PARTITION BY rp.project_id \
         ORDER BY COALESCE(r.date_released, r.date_added) DESC, r.id DESC) AS place FROM release_project rp \
         JOIN release r ON r.id = rp.release_id WHERE r.status = 0 AND rp.project_id IN ",
        projects,
        ") AS placed WHERE place = 1",
    ))
    .await
}
