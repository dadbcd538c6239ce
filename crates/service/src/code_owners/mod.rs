//! Code owners: the file of owners of a repository, uploaded for a project through a code mapping. Its lines become rules
//! ([`syntax`]), with the names of the other side replaced by people and teams of the organization (`directory`). Rules
//! are made again when a mapping or a name changes (`rederive_stale`), and whenever a project's files are listed; a file that a commit
//! touches is fetched anew (`fetch_touched`). Whom the
//! rules name for an event ([`Rules`]) is told by mails of alert rules.

mod associations;
mod change;
mod directory;
mod fetch;
mod job;
mod json;
mod list;
mod matching;
pub mod pattern;
pub mod syntax;

pub use associations::list_associations;
pub use change::{RAW_CHARS_MAX, create_owners, remove_owners, require_owners, update_owners};
pub(crate) use fetch::fetch_touched;
pub(crate) use job::rederive_stale;
pub use json::Shown;
pub use list::list_owners;
pub use matching::{CodeOwner, Rules};

use crate::{Error, Result, access::ProjectAccess, features};

/// Refuses where the organization has no code owners.
pub fn require_feature(access: &ProjectAccess) -> Result<()> {
    if features::has(&access.org.org, "integrations-codeowners") { Ok(()) } else { Err(Error::Forbidden) }
}
