//! How projects are doing, for lists of projects.

use mortise_domain::ProjectId;
use mortise_store::issue::pulse as store;

use super::stats::hour;
use crate::{Ctx, Result};

/// Hours that are shown.
const HOURS: i64 = 24;

/// How a project is doing.
#[derive(Debug, Clone)]
pub struct Pulse {
    /// Which.
    pub project: ProjectId,
    /// Its unresolved issues.
    pub unresolved: i64,
    /// Its events in each of the last 24 hours, oldest first; the last is the running one.
    pub hours: Vec<i64>,
}

/// How these projects are doing, in their order; the caller has made sure that they may be seen.
pub async fn of_projects(ctx: &Ctx, projects: &[ProjectId]) -> Result<Vec<Pulse>> {
    let first = hour(ctx.now()) - (HOURS - 1);
    let mut conn = ctx.store.read().await?;
    let unresolved = store::unresolved(&mut conn, projects).await?;
    let counts = store::hours(&mut conn, projects, first).await?;
    let pulse = |project: &ProjectId| {
        let count_at =
            |at: i64| counts.iter().find(|(id, hour, _)| id == project && *hour == at).map_or(0, |row| row.2);
        Pulse {
            project: *project,
            unresolved: unresolved.iter().find(|(id, _)| id == project).map_or(0, |row| row.1),
            hours: (first..first + HOURS).map(count_at).collect(),
        }
    };
    Ok(projects.iter().map(pulse).collect())
}
