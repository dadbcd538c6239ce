//! What a caller may do with an issue: what they may do with its project.

use mortise_domain::{IssueId, ScopeSet, ShortId, kind};
use mortise_store::{
    Conn,
    issue::{self, Issue},
    project,
};

use super::{IdOrSlug, OrgAccess, ProjectAccess, organization, project_in};
use crate::{Caller, Ctx, Error, Result};

/// What the caller may do with one issue.
#[derive(Debug, Clone)]
pub struct IssueAccess {
    /// Access to its project.
    pub project: ProjectAccess,
    /// The issue; the survivor where the path named a merged one.
    pub issue: Issue,
}

/// Access to an issue. With an organization the segment is an id or a short id, without one an id. An issue of an
/// organization in which the caller has no business is "not there", like one that does not exist.
pub async fn issue(
    ctx: &Ctx,
    caller: Caller,
    org: Option<&IdOrSlug<kind::Organization>>,
    segment: &str,
    required: ScopeSet,
) -> Result<IssueAccess> {
    if caller.is_anonymous() {
        return Err(Error::NotAuthenticated);
    }
    let mut conn = ctx.store.read().await?;
    let (org, issue) = match org {
        Some(org) => {
            let org = organization::resolve(&mut conn, caller, org).await?;
            let issue = in_organization(&mut conn, &org, segment).await?;
            (org, issue)
        }
        None => anywhere(&mut conn, caller, segment).await?,
    };
    let found = project::by_id(&mut conn, issue.project_id).await?;
    let found = found.filter(|p| p.organization_id == org.org.id).ok_or(Error::NoSuchResource)?;
    let project = project_in(&mut conn, org, found).await?;
    project.require(required)?;
    Ok(IssueAccess { project, issue })
}

async fn anywhere(conn: &mut Conn, caller: Caller, segment: &str) -> Result<(OrgAccess, Issue)> {
    let issue = by_digits(conn, segment).await?.ok_or(Error::NoSuchResource)?;
    let project = project::by_id(conn, issue.project_id).await?.ok_or(Error::NoSuchResource)?;
    match organization::resolve(conn, caller, &IdOrSlug::Id(project.organization_id)).await {
        Ok(org) => Ok((org, issue)),
        Err(Error::Forbidden) => Err(Error::NoSuchResource),
        Err(other) => Err(other),
    }
}

async fn in_organization(conn: &mut Conn, org: &OrgAccess, segment: &str) -> Result<Issue> {
    if let Some(issue) = by_digits(conn, segment).await? {
        return Ok(issue);
    }
    let short: ShortId = segment.parse().map_err(|_| Error::NoSuchResource)?;
    let number = i64::try_from(short.number).map_err(|_| Error::NoSuchResource)?;
    let project =
        project::by_slug(conn, org.org.id, &short.project_slug).await?.ok_or(Error::NoSuchResource)?;
    issue::by_short_id(conn, project.id, number).await?.ok_or(Error::NoSuchResource)
}

async fn by_digits(conn: &mut Conn, segment: &str) -> Result<Option<Issue>> {
    match IdOrSlug::<kind::Issue>::parse(segment) {
        IdOrSlug::Id(id) => Ok(find(conn, id).await?),
        IdOrSlug::Slug(_) => Ok(None),
    }
}

/// The issue with this id, or the one it was merged into.
async fn find(conn: &mut Conn, id: IssueId) -> Result<Option<Issue>> {
    match issue::by_id(conn, id).await? {
        Some(issue) => Ok(Some(issue)),
        None => Ok(issue::merged_into(conn, id).await?),
    }
}
