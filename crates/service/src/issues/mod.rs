//! Issues and their events: lists with a search language, one issue, what it consists of; and changing them.
//!
//! * [`search`] reads queries, [`scope`] projects, environments and times; [`list`] puts them together.
//! * [`serialize`] writes issues as lists show them with a constant number of statements; everything that shows an
//!   issue, webhooks too, goes through [`list_json`]. [`detail`] adds what one issue shows.
//! * [`activity`], [`events`] and [`tags`] are what an issue consists of.
//! * [`update`] changes issues, one or many: [`resolve`] in the ways there are, [`assign`], [`merge`] and the rest.
//!   [`notes`] are comments, [`delete`] removes. All of them take an [`Act`]: where, by whom, when.

mod act;
pub mod activity;
pub mod actor;
pub mod assign;
pub mod delete;
pub mod detail;
pub mod events;
pub mod list;
pub mod merge;
pub mod notes;
pub mod pulse;
pub mod resolve;
pub mod scope;
pub mod search;
pub mod serialize;
pub mod stats;
mod status;
pub mod tags;
pub mod update;

pub use act::{Act, reason};
pub use serialize::{ListOptions, list_json, permalink, short_id};

use std::collections::HashMap;

use mortise_domain::IssueId;

/// Rows by their issue; the last of each issue.
fn by_issue<T>(rows: Vec<T>, id: impl Fn(&T) -> IssueId) -> HashMap<IssueId, T> {
    rows.into_iter().map(|row| (id(&row), row)).collect()
}
