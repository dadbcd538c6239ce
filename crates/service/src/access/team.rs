//! What a caller may do with a team.

use mortise_domain::{ScopeSet, kind};
use mortise_store::team::{self, Team};

use super::{IdOrSlug, OrgAccess, organization};
use crate::{Caller, Ctx, Error, Result};

/// What the caller may do with one team.
#[derive(Debug, Clone)]
pub struct TeamAccess {
    /// Access to its organization.
    pub org: OrgAccess,
    /// The team.
    pub team: Team,
    /// What may be done with it: organization scopes and those of the caller's role in it.
    pub scopes: ScopeSet,
}

/// Access to the team that the path names, for a caller who needs any of `required`.
pub async fn team(
    ctx: &Ctx,
    caller: Caller,
    org: &IdOrSlug<kind::Organization>,
    segment: &IdOrSlug<kind::Team>,
    required: ScopeSet,
) -> Result<TeamAccess> {
    let mut conn = ctx.store.read().await?;
    let org = organization::resolve(&mut conn, caller, org).await?;
    let found = match segment {
        IdOrSlug::Id(id) => team::by_id(&mut conn, org.org.id, *id).await?,
        IdOrSlug::Slug(slug) => team::by_slug(&mut conn, org.org.id, slug).await?,
    };
    let team = found.ok_or(Error::NoSuchResource)?;
    let scopes = org.scopes_on(&[team.id]);
    if !org.reaches(&[team.id]) || !scopes.intersects(required) {
        return Err(Error::Forbidden);
    }
    Ok(TeamAccess { org, team, scopes })
}
