//! Repositories of an organization: the list, and adding some through an integration.

use askama::Template;

use super::{Pager, Select, Shell, State};

/// The repositories of an organization.
#[derive(Debug, Clone, Template)]
#[template(path = "repositories.html")]
pub struct RepositoriesPage {
    pub shell: Shell,
    /// What is searched for.
    pub search: String,
    pub integration: Select,
    pub state: Select,
    pub rows: Vec<RepositoryRow>,
    pub pager: Pager,
    /// Whether the list is narrowed by the form above it.
    pub is_narrowed: bool,
    pub may_add: bool,
    pub may_write: bool,
    pub may_delete: bool,
}

/// A repository.
#[derive(Debug, Clone)]
pub struct RepositoryRow {
    pub id: String,
    pub name: String,
    /// Its page on the other side; empty when none is known.
    pub url: String,
    /// The provider, and the integration where there is one.
    pub place: String,
    pub state: State,
    pub stage: Stage,
}

/// What can be done with a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is in use.
    Active,
    /// Somebody hid it.
    Hidden,
    /// It is going to be deleted, and can still be kept.
    Leaving,
    /// It is being deleted now.
    Gone,
}

/// Adding repositories through an integration.
#[derive(Debug, Clone, Template)]
#[template(path = "new_repository.html")]
pub struct NewRepositoryPage {
    pub shell: Shell,
    /// The integrations that have repositories to add; nothing is chosen at first where there are several.
    pub integrations: Select,
    /// Whether there is any.
    pub has_integrations: bool,
    /// The id of the chosen one; empty for none.
    pub chosen: String,
    pub search: String,
    /// What the other side has and is not here yet.
    pub found: Vec<FoundRow>,
    /// Whether more were found than are shown.
    pub is_cut: bool,
    /// Why the other side could not be asked; empty when it was.
    pub error: String,
}

/// A repository on the other side.
#[derive(Debug, Clone)]
pub struct FoundRow {
    pub name: String,
    pub identifier: String,
    /// The branch that counts; empty when it is not known.
    pub branch: String,
}
