//! Hooks of projects: addresses that are told of its events. The hooks through which apps listen are rows of the same table
//! with an installation; see [`crate::sentry_app`].

use mortise_domain::{HookId, InstallationId, OrgId, ProjectId, Time, UserId};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Slice, Tx, row};

/// How many of a hook's deliveries are counted at most.
const COUNTED_MAX: i64 = 100_000;
/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;

row! {
    /// A hook of a project. `status` is 0 while it is active, 1 when it is disabled.
    pub struct ProjectHook {
        pub id: HookId,
        pub guid: String,
        pub project_id: ProjectId,
        pub organization_id: OrgId,
        pub url: String,
        /// Sealed; bound to `service_hook.secret:<guid>`.
        pub secret: Vec<u8>,
        pub events: Json,
        pub status: i64,
        pub date_added: Time,
    }
}

const COLUMNS: &str = "SELECT id, guid, project_id, organization_id, url, secret, events, status, date_added \
     FROM service_hook WHERE installation_id IS NULL AND project_id IS NOT NULL";

/// What a new hook needs; the fields are those of [`ProjectHook`].
#[derive(Debug, Clone)]
pub struct NewProjectHook {
    pub guid: String,
    pub actor: UserId,
    pub project_id: ProjectId,
    pub organization_id: OrgId,
    pub url: String,
    pub secret: Vec<u8>,
    pub events: Vec<String>,
    pub status: i64,
}

/// Creates a hook of a project.
pub async fn insert(tx: &mut Tx, new: &NewProjectHook, now: Time) -> Result<ProjectHook> {
    let query = Query::new(
        "INSERT INTO service_hook (guid, actor_id, project_id, organization_id, url, secret, events, status, version, \
         date_added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) \
         RETURNING id, guid, project_id, organization_id, url, secret, events, status, date_added",
    );
    let query = query.bind(&new.guid).bind(new.actor).bind(new.project_id).bind(new.organization_id);
    let query = query.bind(&new.url).bind(new.secret.as_slice()).bind(&Json::from(new.events.clone()));
    tx.one(query.bind(new.status).bind(now)).await
}

/// The hooks of a project, newest first: all, or those with a status.
pub async fn list(
    conn: &mut Conn,
    project: ProjectId,
    status: Option<i64>,
    slice: Slice,
) -> Result<Vec<ProjectHook>> {
    let mut query = Query::new(COLUMNS);
    query.push(" AND project_id = ").arg(project);
    if let Some(status) = status {
        query.push(" AND status = ").arg(status);
    }
    query.push(" ORDER BY id DESC").slice(slice);
    conn.all(query).await
}

/// How many hooks a project has.
pub async fn count(conn: &mut Conn, project: ProjectId) -> Result<i64> {
    let query = Query::new("SELECT COUNT(*) FROM service_hook WHERE project_id = $1");
    conn.one(query.bind(project)).await
}

/// A hook of a project by its name in addresses.
pub async fn by_guid(conn: &mut Conn, project: ProjectId, guid: &str) -> Result<Option<ProjectHook>> {
    let mut query = Query::new(COLUMNS);
    query.push(" AND project_id = ").arg(project).push(" AND guid = ").arg(guid);
    conn.optional(query).await
}

/// The hooks with these ids.
pub async fn by_ids(conn: &mut Conn, ids: &[HookId]) -> Result<Vec<ProjectHook>> {
    let mut query = Query::new(COLUMNS);
    query.push(" AND id IN ").list(ids.iter().copied());
    conn.all(query).await
}

/// The active hooks of these projects: their ids and events.
pub async fn listening(conn: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(HookId, ProjectId, Json)>> {
    let mut query = Query::new(
        "SELECT id, project_id, events FROM service_hook WHERE installation_id IS NULL AND status = 0 \
         AND project_id IN ",
    );
    query.list(projects.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// Stores what of a hook can change.
pub async fn update(tx: &mut Tx, hook: &ProjectHook) -> Result<()> {
    let query = Query::new("UPDATE service_hook SET url = $2, events = $3, status = $4 WHERE id = $1");
    tx.execute_one(query.bind(hook.id).bind(&hook.url).bind(&hook.events).bind(hook.status)).await
}

/// Removes a hook.
pub async fn delete(tx: &mut Tx, id: HookId) -> Result<()> {
    tx.execute_one(Query::new("DELETE FROM service_hook WHERE id = $1").bind(id)).await
}

/// How many of the newest deliveries to a subscriber began in each slot of this length, as pairs of slot and count.
pub async fn fired(
    conn: &mut Conn,
    subscriber: &str,
    resolution_s: i64,
    (first, last): (i64, i64),
) -> Result<Vec<(i64, i64)>> {
    let query = Query::new(
        "SELECT slot, COUNT(*) FROM (SELECT created_at / $2 AS slot FROM delivery WHERE subscriber = $1 \
         ORDER BY id DESC LIMIT $3) AS newest WHERE slot >= $4 AND slot <= $5 GROUP BY slot",
    );
    let query = query.bind(subscriber).bind(resolution_s * SECOND_US).bind(COUNTED_MAX);
    conn.all(query.bind(first).bind(last)).await
}

/// The hook through which the app of an installation listens.
pub async fn of_installation(conn: &mut Conn, installation: InstallationId) -> Result<Option<HookId>> {
    let query = Query::new("SELECT id FROM service_hook WHERE installation_id = $1 ORDER BY id LIMIT 1");
    conn.optional(query.bind(installation)).await
}

row! {
    /// A project that a hook is limited to.
    pub struct HookProject {
        pub id: i64,
        pub project_id: ProjectId,
    }
}

/// The projects that a hook is limited to, by id.
pub async fn projects_of(conn: &mut Conn, hook: HookId) -> Result<Vec<HookProject>> {
    let query = Query::new(
        "SELECT id, project_id FROM service_hook_project WHERE service_hook_id = $1 ORDER BY project_id",
    );
    conn.all(query.bind(hook)).await
}

/// Limits a hook to these projects; none lifts the limit. What it was limited to before and still is keeps its row.
pub async fn set_projects(tx: &mut Tx, hook: HookId, projects: &[ProjectId]) -> Result<()> {
    let mut query = Query::new("DELETE FROM service_hook_project WHERE service_hook_id = ");
    // No project is -1: the list is never empty.
    let kept = projects.iter().copied().chain([ProjectId::new(-1)]);
    query.arg(hook).push(" AND NOT project_id IN ").list(kept);
    tx.execute(query).await?;
    if projects.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("INSERT INTO service_hook_project (service_hook_id, project_id) VALUES ");
    for (position, project) in projects.iter().enumerate() {
        query.push(if position == 0 { "(" } else { ", (" });
        query.arg(hook).push(", ").arg(*project).push(")");
    }
    query.push(" ON CONFLICT (service_hook_id, project_id) DO NOTHING");
    tx.execute(query).await?;
    Ok(())
}

/// Which installations in these organizations are limited to which projects; one that is not named hears of all.
pub async fn limits(conn: &mut Conn, orgs: &[OrgId]) -> Result<Vec<(InstallationId, ProjectId)>> {
    let mut query = Query::new(
        "SELECT h.installation_id, p.project_id FROM service_hook h \
         JOIN service_hook_project p ON p.service_hook_id = h.id \
         WHERE h.installation_id IS NOT NULL AND h.organization_id IN ",
    );
    query.list(orgs.iter().copied());
    conn.all(query).await
}
