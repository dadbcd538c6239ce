//! What a caller may do with a project.

use mortise_domain::{ScopeSet, TeamId, kind};
use mortise_store::{
    Conn,
    project::{self, Project},
    team,
};

use super::{IdOrSlug, OrgAccess, organization};
use crate::{Caller, Ctx, Error, Result};

/// What the caller may do with one project.
#[derive(Debug, Clone)]
pub struct ProjectAccess {
    /// Access to its organization.
    pub org: OrgAccess,
    /// The project.
    pub project: Project,
    /// Its teams.
    pub team_ids: Vec<TeamId>,
    /// What may be done with it: organization scopes and those of team roles.
    pub scopes: ScopeSet,
}

impl ProjectAccess {
    /// Refuses a caller who holds none of `scopes` on the project.
    pub fn require(&self, scopes: ScopeSet) -> Result<()> {
        if self.scopes.intersects(scopes) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

/// Access to the project that the path names, for a caller who needs any of `required`.
pub async fn project(
    ctx: &Ctx,
    caller: Caller,
    org: &IdOrSlug<kind::Organization>,
    segment: &IdOrSlug<kind::Project>,
    required: ScopeSet,
) -> Result<ProjectAccess> {
    let mut conn = ctx.store.read().await?;
    let org = organization::resolve(&mut conn, caller, org).await?;
    let found = match segment {
        IdOrSlug::Id(id) => project::by_id(&mut conn, *id).await?.filter(|p| p.organization_id == org.org.id),
        IdOrSlug::Slug(slug) => project::by_slug(&mut conn, org.org.id, slug).await?,
    };
    let Some(found) = found else {
        return Err(match segment {
            IdOrSlug::Slug(slug) => match project::renamed_to(&mut conn, org.org.id, slug).await? {
                Some(slug) => Error::Moved { slug },
                None => Error::NoSuchResource,
            },
            IdOrSlug::Id(_) => Error::NoSuchResource,
        });
    };
    let access = project_in(&mut conn, org, found).await?;
    access.require(required)?;
    Ok(access)
}

/// Access to a project of an organization; refuses a caller who does not reach it.
pub async fn project_in(conn: &mut Conn, org: OrgAccess, project: Project) -> Result<ProjectAccess> {
    let team_ids = team::ids_of_project(conn, project.id).await?;
    if !org.reaches(&team_ids) {
        return Err(Error::Forbidden);
    }
    let scopes = org.scopes_on(&team_ids);
    Ok(ProjectAccess { org, project, team_ids, scopes })
}
