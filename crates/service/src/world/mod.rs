//! A declared world: people, organizations and what is in them, written down in one JSON document and made in one
//! transaction by the same functions that the API uses. For demonstrations, tests, small set-ups, and the first start.
//!
//! [`World::parse`] reads a document, [`load()`] checks it, makes everything, and tells what was assigned or generated. All
//! of it is made or nothing. What happened to an organization before its apps are installed is not told to them.

mod check;
mod document;
mod load;

pub use check::Problem;
pub use document::{
    App, AppKind, Identity, Integration, Issue, Member, Organization, Person, Project, Repository, Scopes,
    Team, Token, World,
};
pub use load::{Existing, load};

use crate::Error;

/// Why a world was not made. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The document is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Document(Vec<Problem>),
    /// Somebody is there already, and that was not allowed.
    #[error("the database is not empty")]
    NotEmpty,
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<mortise_store::StoreError> for WorldError {
    fn from(error: mortise_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl World {
    /// Reads a document.
    pub fn parse(text: &str) -> Result<Self, WorldError> {
        check::parse(text).map_err(WorldError::Document)
    }
}
