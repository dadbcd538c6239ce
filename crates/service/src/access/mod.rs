//! Access: a value that proves what a caller may do with an object. It is made from the caller and the path's segment
//! and nowhere else; use cases take it instead of a caller and an id.
//!
//! The first stage (does the token hold any scope of the class) needs no object and happens at the edge. The second
//! stage is here: what the caller may do in the object's organization.

pub mod class;
mod issue;
mod organization;
mod project;
mod team;

pub use class::{Class, Permission};
pub use issue::{IssueAccess, issue};
pub(crate) use organization::scope_options;
pub use organization::{
    OrgAccess, operator, organization, organization_by_id, organization_by_id_in_any_state,
    organization_in_any_state, organization_of, organizations_of,
};
pub use project::{ProjectAccess, project, project_in};
pub use team::{TeamAccess, team};

use mortise_domain::Id;

/// A path segment: digits are an id, everything else a slug. Slugs are never all digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdOrSlug<T> {
    /// An id.
    Id(Id<T>),
    /// A slug.
    Slug(String),
}

impl<T> IdOrSlug<T> {
    /// Reads a segment. Digits beyond 64 bits are an id that no row has.
    pub fn parse(segment: &str) -> Self {
        if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Id(Id::new(segment.parse().unwrap_or(-1)))
        } else {
            Self::Slug(segment.to_owned())
        }
    }
}
