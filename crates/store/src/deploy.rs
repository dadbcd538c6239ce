//! Deploys: a release was brought to an environment.

use mortise_domain::{DeployId, EnvironmentId, OrgId, ProjectId, ReleaseId, Time};

use crate::{Conn, Query, Result, Slice, Tx, row};

/// Projects of which something is stored in one statement.
const PROJECTS_BATCH: usize = 200;

row! {
    /// A deploy.
    pub struct Deploy {
        pub id: DeployId,
        pub release_id: ReleaseId,
        /// The name of the environment.
        pub environment: String,
        pub name: Option<String>,
        pub url: Option<String>,
        pub date_started: Option<Time>,
        pub date_finished: Time,
    }
}

/// What is told of a deploy.
#[derive(Debug, Clone)]
pub struct NewDeploy {
    /// Where to.
    pub environment: EnvironmentId,
    /// What people read.
    pub name: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it began.
    pub date_started: Option<Time>,
    /// When it was done.
    pub date_finished: Time,
}

const DEPLOY: &str = "SELECT d.id, d.release_id, e.name AS environment, d.name, d.url, d.date_started, \
    d.date_finished FROM deploy d JOIN environment e ON e.id = d.environment_id WHERE d.organization_id = ";

/// Stores that projects of a release were brought to an environment.
pub async fn insert(
    tx: &mut Tx,
    org: OrgId,
    release: ReleaseId,
    projects: &[ProjectId],
    new: &NewDeploy,
) -> Result<DeployId> {
    let query = Query::new(
        "INSERT INTO deploy (organization_id, release_id, environment_id, name, url, date_started, date_finished) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    );
    let query = query.bind(org).bind(release).bind(new.environment).bind(new.name.clone());
    let query = query.bind(new.url.clone()).bind(new.date_started).bind(new.date_finished);
    let id: DeployId = tx.one(query).await?;
    for rows in projects.chunks(PROJECTS_BATCH) {
        let mut query = Query::new(
            "INSERT INTO release_environment (project_id, environment_id, release_id, last_deploy_id) VALUES ",
        );
        for (index, project) in rows.iter().enumerate() {
            query.push(if index == 0 { "(" } else { ", (" }).arg(*project).push(", ").arg(new.environment);
            query.push(", ").arg(release).push(", ").arg(id).push(")");
        }
        query.push(
            " ON CONFLICT (project_id, environment_id, release_id) \
             DO UPDATE SET last_deploy_id = excluded.last_deploy_id",
        );
        tx.execute(query).await?;
    }
    Ok(id)
}

/// A deploy of an organization.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: DeployId) -> Result<Option<Deploy>> {
    let mut query = Query::new(DEPLOY);
    query.arg(org).push(" AND d.id = ").arg(id);
    conn.optional(query).await
}

/// The deploys of a release, those that were done last first.
pub async fn list(conn: &mut Conn, org: OrgId, release: ReleaseId, slice: Slice) -> Result<Vec<Deploy>> {
    let mut query = Query::new(DEPLOY);
    query.arg(org).push(" AND d.release_id = ").arg(release);
    query.push(" ORDER BY d.date_finished DESC, d.id DESC").slice(slice);
    conn.all(query).await
}

/// The deploy of each of these releases that was stored last.
pub async fn newest(conn: &mut Conn, org: OrgId, releases: &[ReleaseId]) -> Result<Vec<Deploy>> {
    let mut query = Query::new(DEPLOY);
    query.arg(org).push(" AND d.id IN (SELECT MAX(id) FROM deploy WHERE release_id IN ");
    query.list(releases.iter().copied()).push(" GROUP BY release_id)");
    conn.all(query).await
}

/// How many deploys each of these releases has.
pub async fn counts(conn: &mut Conn, org: OrgId, releases: &[ReleaseId]) -> Result<Vec<(ReleaseId, i64)>> {
    let mut query = Query::new("SELECT release_id, COUNT(*) FROM deploy WHERE organization_id = ");
    query.arg(org).push(" AND release_id IN ").list(releases.iter().copied()).push(" GROUP BY release_id");
    conn.all(query).await
}

row! {
    /// The newest deploy of a project to an environment.
    pub struct LatestDeploy {
        pub project_id: ProjectId,
        pub environment: String,
        pub version: String,
        pub date_finished: Time,
    }
}

/// The newest deploy of each of these projects to each environment, by its name.
pub async fn latest(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<LatestDeploy>> {
    let mut query = Query::new(
        "SELECT project_id, environment, version, date_finished FROM (SELECT s.project_id, e.name AS environment, \
         r.version, d.date_finished, ROW_NUMBER() OVER (PARTITION BY s.project_id, s.environment_id \
         ORDER BY d.date_finished DESC, d.id DESC) AS place FROM release_environment s \
         JOIN deploy d ON d.id = s.last_deploy_id JOIN release r ON r.id = s.release_id \
         JOIN environment e ON e.id = s.environment_id WHERE s.project_id IN ",
    );
    query.list(projects.iter().copied()).push(") AS placed WHERE place = 1 ORDER BY environment");
    conn.all(query).await
}
