//! What handlers take: access values that are the permission, bodies, query parameters, pages.

mod access;
mod body;
mod paging;
mod query;

pub(crate) use body::whole;

pub use access::{Anyone, Asker, IssueOf, Org, ProjectOf, Segments, TeamOf};
pub use body::{API_BODY_BYTES_MAX, Body, JsonBody};
pub use paging::Paging;
pub use query::Query;
