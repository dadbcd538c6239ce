//! Deploys of releases.

use mortise_domain::ProjectId;
use mortise_store::{
    deploy::{self as store, Deploy, NewDeploy},
    environment, release_commits,
};
use mortise_wire::{Fields, Page, PageRequest, release as wire};

use super::{
    access::Place,
    change::{projects_named, read_project_names},
};
use crate::{Ctx, Error, Result, paging::slice, pipeline::is_environment};

/// Longest name of a deploy and of an environment.
const NAME_CHARS_MAX: usize = 64;
const BAD_ENVIRONMENT: &str = "Invalid value for environment";

/// A deploy as clients see it.
pub(super) fn deploy_json(row: Deploy) -> wire::Deploy {
    wire::Deploy {
        id: row.id.to_string(),
        environment: row.environment,
        date_started: row.date_started.map(Into::into),
        date_finished: row.date_finished.into(),
        name: row.name,
        url: row.url,
    }
}

/// The deploys of a release, those that were done last first.
pub async fn list_deploys(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
    request: PageRequest,
) -> Result<Page<wire::Deploy>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let release = place.find(&mut conn, version).await?.row.id;
    let rows = store::list(&mut conn, place.id(), release, slice(&window)).await?;
    Ok(window.page(rows).map(deploy_json))
}

/// Stores that a release was brought to an environment: `{environment, name, url, dateStarted, dateFinished, projects}`.
/// Without projects it is all of the release; without an end it is done now.
pub async fn create_deploy(
    ctx: &Ctx,
    place: Place<'_>,
    version: &str,
    mut fields: Fields,
) -> Result<wire::Deploy> {
    let found = place.find_writable(&mut *ctx.store.read().await?, version).await?;
    let known = |name: String| match is_environment(&name) {
        true => Ok(name),
        false => Err(BAD_ENVIRONMENT.to_owned()),
    };
    let environment = fields.string("environment").max(NAME_CHARS_MAX).and_then(known).required();
    let name = fields.string("name").max(NAME_CHARS_MAX).allow_blank().nullable().flatten();
    let url = fields.url("url").allow_blank().nullable().flatten();
    let date_started = fields.time("dateStarted").nullable().flatten();
    let date_finished = fields.time("dateFinished").nullable().flatten();
    let named = fields.has("projects").then(|| read_project_names(&mut fields, 1));
    fields.finish()?;
    let projects = match named {
        Some(named) => {
            let ids = projects_named(&mut *ctx.store.read().await?, place.org(), &named).await?;
            require_within(&ids, &found.projects, version)?;
            ids
        }
        None => found.projects,
    };
    let (org, release, now) = (place.id(), found.row.id, ctx.now());
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (name, url) = (filled(name), filled(url));
    let date_finished = date_finished.unwrap_or(now);
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            if !release_commits::lock(tx, release).await? {
                return Err(Error::NoSuchResource);
            }
            let environment = environment::ensure(tx, org, &projects, &environment).await?;
            let new = NewDeploy { environment, name, url, date_started, date_finished };
            let id = store::insert(tx, org, release, &projects, &new).await?;
            store::by_id(tx, org, id).await?.ok_or(Error::NoSuchResource)
        })
    });
    write.await.map(deploy_json)
}

/// Refuses projects that are not of the release.
fn require_within(projects: &[ProjectId], of_release: &[ProjectId], version: &str) -> Result<()> {
    if projects.iter().all(|project| of_release.contains(project)) {
        return Ok(());
    }
    Err(Error::field("projects", format!("Invalid projects for release {version}")))
}
