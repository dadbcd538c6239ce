//! Lists of releases.

use mortise_domain::ProjectId;
use mortise_store::{
    Conn,
    release::{self as store, Filter, Order},
};
use mortise_wire::{Page, PageRequest, release as wire};

use super::{releases_in, sent::status};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    issues::scope::{self, ScopeQuery},
    paging::slice,
};

/// The state that is listed when none is asked for.
const STATUS: &str = "open";
const BAD_STATUS: &str = "invalid value for status";
const BAD_SORT: &str = "invalid sort";
/// What a list may be asked to be ordered by. All but the first would need what is not kept here, and mean the first.
const SORTS: [&str; 10] = [
    "date",
    "build",
    "semver",
    "adoption",
    "sessions",
    "users",
    "crash_free_sessions",
    "crash_free_users",
    "sessions_24h",
    "users_24h",
];

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Only versions that contain this.
    pub query: String,
    /// `open`, which is what an absent one means, `archived`, or empty for all.
    pub status: Option<String>,
    /// The order; empty for the newest first.
    pub sort: String,
    /// Projects, environments, a window of time.
    pub scope: ScopeQuery,
}

/// The releases of an organization in projects that the caller reaches, newest first.
pub async fn list_releases(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &ListQuery,
    request: PageRequest,
) -> Result<Page<wire::Release>> {
    let status = match wanted.status.as_deref().unwrap_or(STATUS) {
        "" => None,
        word => Some(status(word).ok_or_else(|| Error::invalid(BAD_STATUS))?),
    };
    if !wanted.sort.is_empty() && !SORTS.contains(&wanted.sort.as_str()) {
        return Err(Error::invalid(BAD_SORT));
    }
    let mut conn = ctx.store.read().await?;
    let within = scope::read(&mut conn, access, ctx.now(), &wanted.scope).await?;
    let filter = Filter {
        projects: &within.projects,
        environments: &within.environments,
        status,
        text: &wanted.query,
        since: within.since,
        until: within.until,
    };
    let listed = Listed { order: Order::Added, project: None, request };
    listed.page(&mut conn, ctx, access, &filter).await
}

/// The open releases of a project, the ones published last first. Issues and events are counted in the project. An
/// environment that the organization does not have has none.
pub async fn list_of_project(
    ctx: &Ctx,
    access: &ProjectAccess,
    query: &str,
    environment: Option<&str>,
    request: PageRequest,
) -> Result<Page<wire::Release>> {
    let environments: Vec<String> = environment.map(str::to_owned).into_iter().collect();
    let filter = Filter {
        projects: &[access.project.id],
        environments: &environments,
        status: status(STATUS),
        text: query,
        since: None,
        until: None,
    };
    let mut conn = ctx.store.read().await?;
    let listed = Listed { order: Order::Published, project: Some(access.project.id), request };
    listed.page(&mut conn, ctx, &access.org, &filter).await
}

/// How a list is shown.
struct Listed {
    order: Order,
    /// The project in which issues and events are counted.
    project: Option<ProjectId>,
    request: PageRequest,
}

impl Listed {
    async fn page(
        self,
        conn: &mut Conn,
        ctx: &Ctx,
        access: &OrgAccess,
        filter: &Filter<'_>,
    ) -> Result<Page<wire::Release>> {
        let window = self.request.offset_window()?;
        let rows = store::list(conn, access.org.id, filter, self.order, slice(&window)).await?;
        let page = window.page(rows);
        let shown = releases_in(conn, ctx, page.rows.clone(), self.project).await?;
        Ok(page.replace(|_| shown))
    }
}
