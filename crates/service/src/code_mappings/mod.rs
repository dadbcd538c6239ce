//! Code mappings: where the path of a stack trace lies in a repository, and what is made of them: links from frames to
//! their source, the file of owners in the repository, mappings that are worked out from an address or from the files of
//! repositories. The rules about paths are pure: [`frame`], [`roots`], [`mod@derive`].

mod bulk;
mod change;
pub mod derive;
mod derived;
pub mod frame;
mod input;
mod json;
mod link;
mod list;
mod parse;
mod remote;
pub mod roots;

pub use bulk::{MAPPINGS_MAX, put_code_mappings};
pub use change::{create_code_mapping, remove_code_mapping, require_code_mapping, update_code_mapping};
pub use derived::{create_derived_mapping, list_derived_mappings, require_derivable};
pub(crate) use input::camel;
pub use input::{BRANCH_CHARS_MAX, ROOT_CHARS_MAX};
pub(crate) use json::code_mapping_json;
pub use link::{LinkRequest, find_stacktrace_link};
pub use list::{Selection, get_code_mapping, list_code_mappings};
pub use parse::parse_repository_path;
pub use remote::get_remote_owners;
pub(crate) use remote::owners_file;

use mortise_store::code_mapping::{self, CodeMapping};

use crate::{Ctx, Error, Result, access::OrgAccess};

/// The mapping that a path names.
async fn find(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<CodeMapping> {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let found = code_mapping::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
    found.ok_or(Error::NotFound)
}
