//! Which releases a caller may see, and change: those of projects that the caller reaches.

use mortise_domain::{OrgId, ProjectId, UserId};
use mortise_store::{
    Conn,
    release::{self as store, Release},
};

use crate::{
    Error, Result,
    access::{OrgAccess, ProjectAccess},
};

/// Where a release is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// In an organization.
    Organization(&'a OrgAccess),
    /// Among those of a project.
    Project(&'a ProjectAccess),
}

impl<'a> Place<'a> {
    pub(super) fn org(self) -> &'a OrgAccess {
        match self {
            Place::Organization(access) => access,
            Place::Project(access) => &access.org,
        }
    }

    pub(super) fn id(self) -> OrgId {
        self.org().org.id
    }

    pub(super) fn project(self) -> Option<ProjectId> {
        match self {
            Place::Organization(_) => None,
            Place::Project(access) => Some(access.project.id),
        }
    }

    /// The member who asks, if it is one.
    pub(super) fn member(self) -> Option<UserId> {
        self.org().member.as_ref()?.user_id
    }

    /// The release with a version. One of which the caller reaches no project is not there.
    pub(super) async fn find(self, conn: &mut Conn, version: &str) -> Result<Found> {
        let row = store::by_version(conn, self.id(), version).await?.ok_or(Error::NoSuchResource)?;
        let projects = store::project_ids(conn, self.id(), row.id).await?;
        let reached = reached(conn, self.org(), &projects).await?;
        let is_here = self.project().is_none_or(|project| projects.contains(&project));
        if !is_here || reached == Reached::None {
            return Err(Error::NoSuchResource);
        }
        Ok(Found { row, projects, reached })
    }

    /// [`Place::find`] for a caller who changes it: who does not reach all of its projects is refused.
    pub(super) async fn find_writable(self, conn: &mut Conn, version: &str) -> Result<Found> {
        let found = self.find(conn, version).await?;
        if found.reached == Reached::All { Ok(found) } else { Err(Error::Forbidden) }
    }
}

/// A release that the caller may see.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: Release,
    /// Its active projects.
    pub(super) projects: Vec<ProjectId>,
    reached: Reached,
}

/// How many of some projects a caller reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    All,
    Some,
    None,
}

/// How many of these projects the caller reaches.
pub(super) async fn reached(conn: &mut Conn, access: &OrgAccess, projects: &[ProjectId]) -> Result<Reached> {
    if access.reaches_all {
        return Ok(Reached::All);
    }
    let own = access.own_projects(conn).await?;
    Ok(match projects.iter().filter(|project| own.contains(project)).count() {
        0 => Reached::None,
        count if count == projects.len() => Reached::All,
        _ => Reached::Some,
    })
}
