//! Projects. This file has the row and its changes; [`list`] finds projects, [`related`] loads what belongs to many of
//! them at once.

pub mod list;
pub mod related;

use mortise_domain::{OrgId, ProjectId, TeamId, Time, UserId};
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

/// The projects with these ids that are not being deleted.
pub async fn by_ids(conn: &mut Conn, ids: &[ProjectId]) -> Result<Vec<Project>> {
    let mut query = Query::new("SELECT * FROM project WHERE status = 0 AND id IN ");
    query.list(ids.iter().copied());
    conn.all(query).await
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

/// The project that has this slug in the organization, whatever its state.
pub async fn holder_of_slug(conn: &mut Conn, org: OrgId, slug: &str) -> Result<Option<Project>> {
    let query = Query::new("SELECT * FROM project WHERE organization_id = $1 AND slug = $2");
    conn.optional(query.bind(org).bind(slug)).await
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

/// Takes a project from a team; whether it had it.
pub async fn remove_team(tx: &mut Tx, project: ProjectId, team: TeamId) -> Result<bool> {
    let query = Query::new("DELETE FROM project_team WHERE project_id = $1 AND team_id = $2");
    Ok(tx.execute(query.bind(project).bind(team)).await? > 0)
}

/// Stores the slug, name, platform and options of a project.
pub async fn update(tx: &mut Tx, project: &Project) -> Result<()> {
    let query =
        Query::new("UPDATE project SET slug = $2, name = $3, platform = $4, options = $5 WHERE id = $1");
    let query = query.bind(project.id).bind(&project.slug).bind(&project.name);
    tx.execute_one(query.bind(project.platform.clone()).bind(&project.options)).await
}

/// Requests for `old_slug` lead to the project from now on.
pub async fn put_redirect(tx: &mut Tx, org: OrgId, old_slug: &str, project: ProjectId) -> Result<()> {
    let query = Query::new(
        "INSERT INTO project_redirect (organization_id, slug, project_id) VALUES ($1, $2, $3) \
         ON CONFLICT (organization_id, slug) DO UPDATE SET project_id = excluded.project_id",
    );
    tx.execute_one(query.bind(org).bind(old_slug).bind(project)).await
}

/// The slug leads nowhere else any more, because a project has it.
pub async fn drop_redirect(tx: &mut Tx, org: OrgId, slug: &str) -> Result<()> {
    let query = Query::new("DELETE FROM project_redirect WHERE organization_id = $1 AND slug = $2");
    tx.execute(query.bind(org).bind(slug)).await?;
    Ok(())
}

/// The project is to be deleted: nobody finds it any more, and its slug is free.
pub async fn schedule_deletion(tx: &mut Tx, id: ProjectId, slug_in_the_meantime: &str) -> Result<()> {
    let query = Query::new("UPDATE project SET status = 2, slug = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(slug_in_the_meantime)).await?;
    tx.execute(Query::new("DELETE FROM project_redirect WHERE project_id = $1").bind(id)).await?;
    Ok(())
}

/// Marks a project for a user, or takes the mark away.
pub async fn set_bookmark(tx: &mut Tx, project: ProjectId, user: UserId, is_bookmarked: bool) -> Result<()> {
    let query = Query::new(if is_bookmarked {
        "INSERT INTO project_bookmark (project_id, user_id) VALUES ($1, $2) ON CONFLICT (project_id, user_id) DO NOTHING"
    } else {
        "DELETE FROM project_bookmark WHERE project_id = $1 AND user_id = $2"
    });
    tx.execute(query.bind(project).bind(user)).await?;
    Ok(())
}

/// The projects that are to be deleted, by id.
pub async fn scheduled_for_deletion(conn: &mut Conn) -> Result<Vec<ProjectId>> {
    conn.all(Query::new("SELECT id FROM project WHERE status = 2 ORDER BY id")).await
}

/// Deletes up to `batch` events, else up to `batch` issues, else the project with whatever else it has; whether
/// something is left.
pub async fn delete_some(tx: &mut Tx, id: ProjectId, batch: i64) -> Result<bool> {
    let parts = [
        "DELETE FROM error_event WHERE id IN (SELECT id FROM error_event WHERE project_id = $1 LIMIT $2)",
        "DELETE FROM issue WHERE id IN (SELECT id FROM issue WHERE project_id = $1 LIMIT $2)",
    ];
    for part in parts {
        if tx.execute(Query::new(part).bind(id).bind(batch)).await? > 0 {
            return Ok(true);
        }
    }
    tx.execute(Query::new("DELETE FROM project WHERE id = $1 AND status = 2").bind(id)).await?;
    Ok(false)
}
