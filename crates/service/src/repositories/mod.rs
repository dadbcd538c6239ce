//! Source repositories of organizations: adding them through an integration, their states, their commits. What lies on
//! the other side is asked of the provider's [`mortise_providers::SourceHost`]; which provider it is never matters.
//! Other parts of the server use repositories through [`facade`].

mod change;
mod commits;
mod create;
mod deletion;
pub mod facade;
mod hooks;
mod host;
mod json;
mod link;
mod list;
mod pulls;
mod record;
mod references;
mod unmigratable;

pub use change::{change_repository, remove_repository, require_repository};
pub use commits::list_commits;
pub(crate) use create::NAME_CHARS_MAX;
pub use create::{create_repository, require_person};
pub(crate) use deletion::remove_due;
pub(crate) use hooks::update_hooks_due;
pub(crate) use host::{Host, added};
pub use json::can_add_from;
pub(crate) use json::{pull_request_url, repository_json};
pub use list::{ListRequest, list_repositories, repository_plugins};
pub(crate) use record::record_all;
pub use references::{is_skipped, references};
pub use unmigratable::list_unmigratable;

use mortise_store::repository::{self, Repository};

use crate::{Ctx, Error, Result, access::OrgAccess};

/// The repository that a path names.
async fn find(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<Repository> {
    let id = id.parse().map_err(|_| Error::NoSuchResource)?;
    let found = repository::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
    found.ok_or(Error::NoSuchResource)
}

/// Gives a repository that was to be deleted the names that it had.
fn restore_names(row: &mut Repository) {
    if let Some(name) = row.original_name.take() {
        row.name = name;
        row.external_id = row.original_external_id.take();
    }
}
