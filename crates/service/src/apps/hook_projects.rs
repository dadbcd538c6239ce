//! The projects that an installation hears of. Without any it hears of all; what is about no project is told anyway.

use std::collections::{BTreeSet, HashSet};

use mortise_domain::{HookId, ProjectId};
use mortise_store::{project, service_hook};
use mortise_wire::{
    errors::ErrorBody,
    fields::{Body, Fields, type_name},
    sentry_app as wire,
};
use serde_json::{Value as Json, json};

use super::InstallationAccess;
use crate::{Ctx, Error, Result, access};

/// Projects that a hook can be limited to at most.
const PROJECTS_MAX: usize = 1000;

const NO_HOOK: &str = "Service hook not found for installation";
const UNKNOWN: &str = "One or more project identifier is duplicate, not accessible, or does not exist.";
const OUT_OF_REACH: &str = "Some projects are not accessible";
const AFFECTED: &str = "Some projects affected by this request are not accessible";
const NOT_REMOVABLE: &str = "Cannot remove projects that are not accessible";
const EMPTY: &str = "Projects list cannot be empty";
const NEITHER: &str = "Project identifiers must be either all strings (slugs) or all integers (IDs)";
const MIXED: &str = "Mixed types detected. All project identifiers must be of the same type (either all strings/slugs \
     or all integers/IDs)";

/// The projects that an installation is limited to.
pub async fn list_hook_projects(ctx: &Ctx, access: &InstallationAccess) -> Result<Vec<wire::HookProject>> {
    let mut conn = ctx.store.read().await?;
    let hook = service_hook::of_installation(&mut conn, access.installation.id).await?.ok_or_else(no_hook)?;
    let rows = service_hook::projects_of(&mut conn, hook).await?;
    drop(conn);
    require_reach(ctx, access, rows.iter().map(|row| row.project_id), OUT_OF_REACH).await?;
    Ok(rows.iter().map(to_wire).collect())
}

/// Refuses a caller who does not reach one of these projects.
async fn require_reach(
    ctx: &Ctx,
    access: &InstallationAccess,
    projects: impl Iterator<Item = ProjectId>,
    refusal: &str,
) -> Result<()> {
    let projects: Vec<ProjectId> = projects.collect();
    let org =
        access::organization_by_id(ctx, access.caller.clone(), access.installation.organization_id).await?;
    let mut conn = ctx.store.read().await?;
    let reachable = org.reachable_projects(&mut conn).await?;
    // Those that are gone are nobody's.
    let projects = project::by_ids(&mut conn, &projects).await?;
    let reaches = projects.iter().all(|project| reachable.contains(&project.id));
    if reaches { Ok(()) } else { Err(Error::refused(refusal)) }
}

fn no_hook() -> Error {
    Error::missing(NO_HOOK)
}

fn to_wire(row: &service_hook::HookProject) -> wire::HookProject {
    wire::HookProject { id: row.id.to_string(), project_id: row.project_id.to_string() }
}

/// Projects as a body names them.
#[derive(Debug, PartialEq)]
enum Named {
    Ids(Vec<i64>),
    Slugs(Vec<String>),
}

/// Limits an installation to the projects that the body names, all by id or all by slug.
pub async fn set_hook_projects(
    ctx: &Ctx,
    access: &InstallationAccess,
    body: &Body,
) -> Result<Vec<wire::HookProject>> {
    let named = read(body)?;
    let mut conn = ctx.store.read().await?;
    let hook = service_hook::of_installation(&mut conn, access.installation.id).await?.ok_or_else(no_hook)?;
    let of_org = project::of_organization(&mut conn, access.installation.organization_id).await?;
    drop(conn);
    let (count, found): (usize, BTreeSet<ProjectId>) = match &named {
        Named::Ids(ids) => {
            let ids: HashSet<&i64> = ids.iter().collect();
            (ids.len(), of_org.iter().filter(|it| ids.contains(&it.id.get())).map(|it| it.id).collect())
        }
        Named::Slugs(slugs) => {
            let slugs: HashSet<&String> = slugs.iter().collect();
            (slugs.len(), of_org.iter().filter(|it| slugs.contains(&it.slug)).map(|it| it.id).collect())
        }
    };
    let sent = match &named {
        Named::Ids(ids) => ids.len(),
        Named::Slugs(slugs) => slugs.len(),
    };
    if sent != count || found.len() != count {
        return Err(Error::invalid(UNKNOWN));
    }
    require_reach(ctx, access, found.iter().copied(), AFFECTED).await?;
    let kept = service_hook::projects_of(&mut *ctx.store.read().await?, hook).await?;
    let removed = kept.iter().map(|row| row.project_id).filter(|project| !found.contains(project));
    require_reach(ctx, access, removed, NOT_REMOVABLE).await?;
    write(ctx, hook, found.into_iter().collect()).await?;
    list_hook_projects(ctx, access).await
}

/// Lets an installation hear of all projects again.
pub async fn clear_hook_projects(ctx: &Ctx, access: &InstallationAccess) -> Result<()> {
    let mut conn = ctx.store.read().await?;
    let hook = service_hook::of_installation(&mut conn, access.installation.id).await?.ok_or_else(no_hook)?;
    let rows = service_hook::projects_of(&mut conn, hook).await?;
    drop(conn);
    require_reach(ctx, access, rows.iter().map(|row| row.project_id), OUT_OF_REACH).await?;
    write(ctx, hook, Vec::new()).await
}

async fn write(ctx: &Ctx, hook: HookId, projects: Vec<ProjectId>) -> Result<()> {
    let written = ctx
        .store
        .write(move |tx| Box::pin(async move { service_hook::set_projects(tx, hook, &projects).await }));
    Ok(written.await?)
}

fn read(body: &Body) -> Result<Named> {
    let mut form = Fields::new(body);
    let items = form.any("projects").required();
    let named = named(&items);
    if form.is_valid()
        && let Err(text) = &named
    {
        form.error("projects", text.clone());
    }
    form.finish()?;
    named.map_err(|text| Error::Invalid(ErrorBody::Other(json!({ "projects": [text] }))))
}

fn named(items: &Json) -> Result<Named, String> {
    let Json::Array(items) = items else {
        return Err(mortise_wire::errors::field::not_a_list(type_name(items)));
    };
    if items.len() > PROJECTS_MAX {
        return Err(format!("Ensure this field has no more than {PROJECTS_MAX} elements."));
    }
    let ids = || items.iter().map(Json::as_i64).collect::<Option<Vec<_>>>();
    let slugs = || items.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
    match items.first() {
        None => Err(EMPTY.to_owned()),
        Some(Json::String(_)) => slugs().map(Named::Slugs).ok_or_else(|| MIXED.to_owned()),
        Some(Json::Number(_)) => ids().map(Named::Ids).ok_or_else(|| MIXED.to_owned()),
        Some(_) => Err(NEITHER.to_owned()),
    }
}
