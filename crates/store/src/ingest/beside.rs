//! The rows beside an event that most events find already there: releases, environments, platforms. Their callers
//! remember them for a while, so these statements are rare.

use mortise_domain::{OrgId, ProjectId, ReleaseId, Time};

use crate::{Query, Result, Tx};

/// Makes sure that the organization has a release with this version and that the project is part of it.
pub async fn ensure_release(
    tx: &mut Tx,
    org: OrgId,
    project: ProjectId,
    version: &str,
    seen: Time,
) -> Result<ReleaseId> {
    let query = Query::new(
        "INSERT INTO release (organization_id, version, status, data, commit_count, date_added) \
         VALUES ($1, $2, 0, '{}', 0, $3) ON CONFLICT (organization_id, version) DO NOTHING",
    );
    tx.execute(query.bind(org).bind(version).bind(seen)).await?;
    let query = Query::new("SELECT id FROM release WHERE organization_id = $1 AND version = $2");
    let release: ReleaseId = tx.one(query.bind(org).bind(version)).await?;
    let query = Query::new(
        "INSERT INTO release_project (release_id, project_id, first_event, last_event) \
         VALUES ($1, $2, $3, $3) ON CONFLICT (project_id, release_id) DO UPDATE SET \
         first_event = CASE WHEN release_project.first_event < excluded.first_event \
          THEN release_project.first_event ELSE excluded.first_event END, \
         last_event = CASE WHEN release_project.last_event > excluded.last_event \
          THEN release_project.last_event ELSE excluded.last_event END",
    );
    tx.execute(query.bind(release).bind(project).bind(seen)).await?;
    Ok(release)
}

/// Makes sure that the project knows when it had its first event.
pub async fn ensure_first_event(tx: &mut Tx, project: ProjectId, seen: Time) -> Result<()> {
    let query = Query::new("UPDATE project SET first_event = $2 WHERE id = $1 AND first_event IS NULL");
    tx.execute(query.bind(project).bind(seen)).await?;
    Ok(())
}

/// Makes sure that the project has an environment with this name; `""` is that of events without one.
pub async fn ensure_environment(tx: &mut Tx, org: OrgId, project: ProjectId, name: &str) -> Result<()> {
    let query = Query::new(
        "INSERT INTO environment (organization_id, name) VALUES ($1, $2) \
         ON CONFLICT (organization_id, name) DO NOTHING",
    );
    tx.execute(query.bind(org).bind(name)).await?;
    let query = Query::new(
        "INSERT INTO environment_project (environment_id, project_id) SELECT id, $2 FROM environment \
         WHERE organization_id = $1 AND name = $3 ON CONFLICT (project_id, environment_id) DO NOTHING",
    );
    tx.execute(query.bind(org).bind(project).bind(name)).await?;
    Ok(())
}

/// Makes sure that it is known that a release was seen in an environment of the project; nothing if either is gone.
pub async fn ensure_release_environment(
    tx: &mut Tx,
    org: OrgId,
    project: ProjectId,
    release: ReleaseId,
    environment: &str,
) -> Result<()> {
    let query = Query::new(
        "INSERT INTO release_environment (project_id, environment_id, release_id) SELECT $2, e.id, r.id \
         FROM environment e, release r WHERE e.organization_id = $1 AND e.name = $4 AND r.id = $3 ON CONFLICT (project_id, environment_id, release_id) DO NOTHING",
    );
    tx.execute(query.bind(org).bind(project).bind(release).bind(environment)).await?;
    Ok(())
}

/// Makes sure that the platform is among those of the project, and gives it to a project that has named none.
pub async fn ensure_platform(tx: &mut Tx, project: ProjectId, platform: &str) -> Result<()> {
    let query = Query::new(
        "INSERT INTO project_platform (project_id, platform) VALUES ($1, $2) \
         ON CONFLICT (project_id, platform) DO NOTHING",
    );
    if tx.execute(query.bind(project).bind(platform)).await? > 0 {
        let query = Query::new("UPDATE project SET platform = $2 WHERE id = $1 AND platform IS NULL");
        tx.execute(query.bind(project).bind(platform)).await?;
    }
    Ok(())
}
