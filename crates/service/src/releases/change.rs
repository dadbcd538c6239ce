//! One release as clients make, read, change and remove it.

use mortise_domain::{ProjectId, ReleaseId, kind};
use mortise_store::{Conn, project, release as store};
use mortise_wire::{Fields, release as wire};

use super::{
    access::{Place, Reached, reached},
    create::{Deployed, change_release, put_release},
    releases_in,
    sent::{read_change, read_release},
};
use crate::{
    Ctx, Error, Result,
    access::{IdOrSlug, OrgAccess},
};

/// Projects that can be named at once.
const PROJECTS_MAX: usize = 1000;
/// Characters that are kept of what a client calls itself.
const USER_AGENT_CHARS_MAX: usize = 256;
/// Slug or id of a project.
pub(super) type ProjectName = IdOrSlug<kind::Project>;

const UNKNOWN_PROJECTS: &str = "Invalid project slugs";
const NO_PROJECTS: &str = "This list may not be empty.";
const REFERENCED: &str = "This release is referenced by active issues and cannot be removed.";

/// Makes a release, or adds to the one that is there: `{version, ref, url, dateReleased, status, commits, refs}`, in an
/// organization with `projects`, by slug or id. The second value tells whether one of the projects had none with this
/// version before.
pub async fn create_release(
    ctx: &Ctx,
    place: Place<'_>,
    mut fields: Fields,
    user_agent: Option<&str>,
) -> Result<(wire::Release, bool)> {
    let named = match place {
        Place::Organization(_) => read_project_names(&mut fields, 0),
        Place::Project(_) => Vec::new(),
    };
    let mut sent = read_release(fields)?;
    let cut = |text: &str| text.chars().take(USER_AGENT_CHARS_MAX).collect();
    sent.release.user_agent = user_agent.map(cut);
    let projects = {
        let mut conn = ctx.store.read().await?;
        let projects = match place {
            Place::Organization(access) => projects_named(&mut conn, access, &named).await?,
            Place::Project(access) => vec![access.project.id],
        };
        match store::by_version(&mut conn, place.id(), &sent.release.version).await? {
            Some(row) => {
                let others = store::project_ids(&mut conn, place.id(), row.id).await?;
                let is_free = others.is_empty() && !projects.is_empty();
                if !is_free && reached(&mut conn, place.org(), &others).await? != Reached::All {
                    return Err(Error::Forbidden);
                }
            }
            None if projects.is_empty() => return Err(Error::field("projects", NO_PROJECTS)),
            None => {}
        }
        projects
    };
    let to = Deployed { org: place.id(), projects, by: place.member() };
    let (id, is_new) = put_release(ctx, to, sent).await?;
    Ok((shown(ctx, id, None).await?, is_new))
}

/// The names of projects in a body, `min` at least.
pub(super) fn read_project_names(fields: &mut Fields, min: usize) -> Vec<ProjectName> {
    let named = fields.strings("projects").required();
    if named.len() > PROJECTS_MAX {
        fields.error("projects", format!("Ensure this field has no more than {PROJECTS_MAX} elements."));
    }
    if named.len() < min && fields.is_valid() {
        fields.error("projects", NO_PROJECTS);
    }
    named.iter().map(|name| IdOrSlug::parse(name)).collect()
}

/// The projects with these names, which the caller must reach.
pub(super) async fn projects_named(
    conn: &mut Conn,
    access: &OrgAccess,
    named: &[ProjectName],
) -> Result<Vec<ProjectId>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let all = project::of_organization(conn, access.org.id).await?;
    let id = |name: &IdOrSlug<_>| {
        let is_it = |project: &&project::Project| match name {
            IdOrSlug::Id(id) => project.id == *id,
            IdOrSlug::Slug(slug) => project.slug == *slug,
        };
        all.iter().find(is_it).map(|project| project.id)
    };
    let ids: Option<Vec<ProjectId>> = named.iter().map(id).collect();
    let mut ids = ids.ok_or_else(|| Error::field("projects", UNKNOWN_PROJECTS))?;
    ids.sort_unstable();
    ids.dedup();
    if reached(conn, access, &ids).await? == Reached::All { Ok(ids) } else { Err(Error::Forbidden) }
}

/// A release.
pub async fn get_release(ctx: &Ctx, place: Place<'_>, version: &str) -> Result<wire::Release> {
    let mut conn = ctx.store.read().await?;
    let found = place.find(&mut conn, version).await?;
    let shown = releases_in(&mut conn, ctx, vec![found.row], place.project()).await?;
    shown.into_iter().next().ok_or(Error::NoSuchResource)
}

/// Refuses a caller who may not change a release.
pub async fn require_writable(ctx: &Ctx, place: Place<'_>, version: &str) -> Result<()> {
    place.find_writable(&mut *ctx.store.read().await?, version).await.map(drop)
}

/// Changes a release: `{ref, url, dateReleased, status, commits, refs}`. What is not told stays; an empty list of refs
/// takes its commits away.
pub async fn update_release(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
    fields: Fields,
) -> Result<wire::Release> {
    let found = place.find_writable(&mut *ctx.store.read().await?, version).await?;
    let sent = read_change(fields, found.row.version)?;
    change_release(ctx, place.id(), found.row.id, place.member(), sent).await?;
    shown(ctx, found.row.id, None).await
}

/// Removes a release, unless an issue was first seen in it.
pub async fn delete_release(ctx: &Ctx, place: Place<'_>, version: &str) -> Result<()> {
    let found = place.find_writable(&mut *ctx.store.read().await?, version).await?;
    let (org, id) = (place.id(), found.row.id);
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            if store::is_first_of_issue(tx, org, id).await? {
                return Err(Error::invalid(REFERENCED));
            }
            Ok(store::delete(tx, org, id).await?)
        })
    });
    write.await?;
    ctx.ingest().rows_removed();
    Ok(())
}

/// A release that was just stored.
async fn shown(ctx: &Ctx, id: ReleaseId, project: Option<ProjectId>) -> Result<wire::Release> {
    let mut conn = ctx.store.read().await?;
    let rows = store::by_ids(&mut conn, &[id]).await?;
    let shown = releases_in(&mut conn, ctx, rows, project).await?;
    shown.into_iter().next().ok_or(Error::NoSuchResource)
}
