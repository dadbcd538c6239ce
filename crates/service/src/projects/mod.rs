//! Projects: finding, making, changing and removing them, and their JSON in every form.
//!
//! A project's `options` column is one flat JSON object. Keys of [`mortise_wire::project::ProjectSettings`] and
//! [`mortise_wire::project::ProjectKept`] hold what owners changed; what is not there has its default. Keys with a
//! colon (`filters:releases`) are the options that clients read and write by name; see [`options`].

mod create;
mod detail;
mod json;
mod list;
pub mod options;
mod settings;
mod teams;
mod update;

pub use create::{NewProject, create_project, create_project_and_team, create_project_in, may_create_in};
pub use detail::{delete_project, detail, remove_scheduled};
pub use json::{base, summaries, with_teams};
pub use list::{ListRequest, Named, Unnamed, count, list_all, list_of_organization, list_of_team, selected};
pub use settings::{kept_of, settings_of};
pub use teams::{add_team, list_members, list_teams, remove_team};
pub use update::update;

use mortise_domain::{Scope, ScopeSet};
use mortise_store::project::Project;
use serde_json::{Value, json};

/// What lets somebody see a project.
pub const READ: ScopeSet = ScopeSet::of(&[Scope::ProjectRead, Scope::ProjectWrite, Scope::ProjectAdmin]);
/// What lets somebody change a project.
pub(crate) const WRITE: ScopeSet = ScopeSet::of(&[Scope::ProjectWrite, Scope::ProjectAdmin]);

/// What the audit log keeps of a project.
fn audit_data(project: &Project) -> Value {
    json!({
        "id": project.id.get(), "slug": project.slug, "name": project.name, "platform": project.platform,
        "public": project.is_public,
    })
}
