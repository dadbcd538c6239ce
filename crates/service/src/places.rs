//! Where a person belongs, and where a visit of an organization starts.

use mortise_store::{place, project};

pub use mortise_store::place::Place;

use crate::{Caller, Ctx, Result, access::OrgAccess};

/// The organizations of the caller, by name; none for whoever is no person.
pub async fn of_caller(ctx: &Ctx, caller: &Caller) -> Result<Vec<Place>> {
    match caller.user_id() {
        Some(user) => Ok(place::of_user(&mut *ctx.store.read().await?, user).await?),
        None => Ok(Vec::new()),
    }
}

/// What there is to look at in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Some project has received an event.
    Issues,
    /// No project that the caller reaches has received an event; the newest one has this slug.
    Waiting(String),
    /// There is no project that the caller reaches.
    NoProject,
}

/// Where a visit of the organization starts.
pub async fn start_of(ctx: &Ctx, access: &OrgAccess) -> Result<Start> {
    let mut conn = ctx.store.read().await?;
    let reachable = access.reachable_projects(&mut conn).await?;
    let projects = project::of_organization(&mut conn, access.org.id).await?;
    let projects: Vec<_> = projects.into_iter().filter(|project| reachable.contains(&project.id)).collect();
    if projects.iter().any(|project| project.first_event.is_some()) {
        return Ok(Start::Issues);
    }
    let newest = projects.into_iter().max_by_key(|project| project.id);
    Ok(newest.map_or(Start::NoProject, |project| Start::Waiting(project.slug)))
}
