//! Environments of organizations and projects. They come into being with the first event that names them; all that
//! people do is hide them. Events without an environment have the one called `""`, which lists leave out.

use mortise_store::environment as store;
pub use mortise_store::environment::Visibility;
use mortise_wire::{
    Fields,
    environment::{Environment, ProjectEnvironment},
};

use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    projects::{self, Named, Unnamed},
};

/// What stands for the environment without name in a path.
const UNNAMED_IN_PATH: &str = "none";
const BAD_VISIBILITY: &str = "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']";

/// Reads the `visibility` parameter.
pub fn visibility(text: Option<&str>) -> Result<Visibility> {
    match text {
        None | Some("visible") => Ok(Visibility::Visible),
        Some("hidden") => Ok(Visibility::Hidden),
        Some("all") => Ok(Visibility::All),
        Some(_) => Err(Error::invalid(BAD_VISIBILITY)),
    }
}

/// The environments of the projects that a query names; see [`projects::selected`].
pub async fn of_organization(
    ctx: &Ctx,
    access: &OrgAccess,
    named: &Named,
    visibility: Visibility,
) -> Result<Vec<Environment>> {
    let mut conn = ctx.store.read().await?;
    let projects = projects::selected(&mut conn, access, named, Unnamed::Reachable).await?;
    let rows = store::of_projects(&mut conn, access.org.id, &projects, visibility).await?;
    Ok(rows.into_iter().map(|row| Environment { id: row.id.to_string(), name: row.name }).collect())
}

/// The environments of a project.
pub async fn of_project(
    ctx: &Ctx,
    access: &ProjectAccess,
    visibility: Visibility,
) -> Result<Vec<ProjectEnvironment>> {
    let rows = store::of_project(&mut *ctx.store.read().await?, access.project.id, visibility).await?;
    Ok(rows.into_iter().filter(|row| !row.name.is_empty()).map(to_wire).collect())
}

fn to_wire(row: store::ProjectEnvironment) -> ProjectEnvironment {
    ProjectEnvironment { id: row.id.to_string(), name: row.name, is_hidden: row.is_hidden }
}

async fn find(ctx: &Ctx, access: &ProjectAccess, segment: &str) -> Result<store::ProjectEnvironment> {
    let name = if segment == UNNAMED_IN_PATH { "" } else { segment };
    let found = store::named(&mut *ctx.store.read().await?, access.project.id, name).await?;
    found.ok_or(Error::NoSuchResource)
}

/// One environment of a project.
pub async fn get(ctx: &Ctx, access: &ProjectAccess, segment: &str) -> Result<ProjectEnvironment> {
    Ok(to_wire(find(ctx, access, segment).await?))
}

/// Shows or hides an environment of a project: `{isHidden}`.
pub async fn update(
    ctx: &Ctx,
    access: &ProjectAccess,
    segment: &str,
    mut fields: Fields,
) -> Result<ProjectEnvironment> {
    let mut row = find(ctx, access, segment).await?;
    let is_hidden = fields.bool("isHidden").required();
    fields.finish()?;
    row.is_hidden = is_hidden;
    let (project, id) = (access.project.id, row.id);
    ctx.store
        .write(move |tx| {
            Box::pin(async move { Ok::<_, Error>(store::set_hidden(tx, project, id, is_hidden).await?) })
        })
        .await?;
    Ok(to_wire(row))
}
