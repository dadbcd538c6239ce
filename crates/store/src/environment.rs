//! Environments: names that events carry, shared by the projects of an organization. The name `""` stands for events
//! without one.

use mortise_domain::{EnvironmentId, OrgId, ProjectId};

use crate::{Conn, Query, Result, Tx, row};

/// Projects added in one statement.
const PROJECTS_BATCH: usize = 200;

row! {
    /// An environment of an organization.
    pub struct Environment {
        pub id: EnvironmentId,
        pub name: String,
    }
}

row! {
    /// An environment of a project.
    pub struct ProjectEnvironment {
        pub id: EnvironmentId,
        pub name: String,
        pub is_hidden: bool,
    }
}

/// Which environments of a project are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Not hidden.
    Visible,
    /// Hidden.
    Hidden,
    /// Both.
    All,
}

impl Visibility {
    fn condition(self) -> &'static str {
        match self {
            Visibility::Visible => " AND COALESCE(ep.is_hidden, FALSE) = FALSE",
            Visibility::Hidden => " AND ep.is_hidden = TRUE",
            Visibility::All => "",
        }
    }
}

/// The named environments of these projects, by name.
pub async fn of_projects(
    conn: &mut Conn,
    org: OrgId,
    projects: &[ProjectId],
    visibility: Visibility,
) -> Result<Vec<Environment>> {
    let mut query =
        Query::new("SELECT e.id, e.name FROM environment e WHERE e.name <> '' AND e.organization_id = ");
    query.arg(org);
    query.push(" AND EXISTS (SELECT 1 FROM environment_project ep WHERE ep.environment_id = e.id");
    query.push(visibility.condition()).push(" AND ep.project_id IN ").list(projects.iter().copied());
    query.push(") ORDER BY e.name");
    conn.all(query).await
}

/// The environments of a project, by name.
pub async fn of_project(
    conn: &mut Conn,
    project: ProjectId,
    visibility: Visibility,
) -> Result<Vec<ProjectEnvironment>> {
    let mut query = Query::new(
        "SELECT e.id, e.name, COALESCE(ep.is_hidden, FALSE) AS is_hidden FROM environment e \
         JOIN environment_project ep ON ep.environment_id = e.id WHERE ep.project_id = ",
    );
    query.arg(project).push(visibility.condition()).push(" ORDER BY e.name");
    conn.all(query).await
}

/// The environment of a project with this name.
pub async fn named(conn: &mut Conn, project: ProjectId, name: &str) -> Result<Option<ProjectEnvironment>> {
    let query = Query::new(
        "SELECT e.id, e.name, COALESCE(ep.is_hidden, FALSE) AS is_hidden FROM environment e \
         JOIN environment_project ep ON ep.environment_id = e.id WHERE ep.project_id = $1 AND e.name = $2",
    );
    conn.optional(query.bind(project).bind(name)).await
}

/// Shows or hides an environment in a project.
pub async fn set_hidden(
    tx: &mut Tx,
    project: ProjectId,
    environment: EnvironmentId,
    is_hidden: bool,
) -> Result<()> {
    let query = Query::new(
        "UPDATE environment_project SET is_hidden = $3 WHERE project_id = $1 AND environment_id = $2",
    );
    tx.execute_one(query.bind(project).bind(environment).bind(is_hidden)).await
}

/// Makes sure that projects have an environment with this name.
pub async fn ensure(tx: &mut Tx, org: OrgId, projects: &[ProjectId], name: &str) -> Result<EnvironmentId> {
    let query = Query::new(
        "INSERT INTO environment (organization_id, name) VALUES ($1, $2) \
         ON CONFLICT (organization_id, name) DO UPDATE SET name = excluded.name RETURNING id",
    );
    let id: EnvironmentId = tx.one(query.bind(org).bind(name)).await?;
    for rows in projects.chunks(PROJECTS_BATCH) {
        let mut query = Query::new("INSERT INTO environment_project (environment_id, project_id) VALUES ");
        for (index, project) in rows.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(id).push(", ").arg(*project).push(")");
        }
        query.push(" ON CONFLICT (project_id, environment_id) DO NOTHING");
        tx.execute(query).await?;
    }
    Ok(id)
}

/// Those of these names that an organization has.
pub async fn existing(conn: &mut Conn, org: OrgId, names: &[String]) -> Result<Vec<String>> {
    let mut query =
        Query::new("SELECT name FROM environment WHERE organization_id = $1 AND name IN ").bind(org);
    query.list(names);
    conn.all(query).await
}

/// The environment of an organization with this name.
pub async fn id_of(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<EnvironmentId>> {
    let query = Query::new("SELECT id FROM environment WHERE organization_id = $1 AND name = $2");
    conn.optional(query.bind(org).bind(name)).await
}
