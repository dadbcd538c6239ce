//! Teams: they own projects, and people join them.

mod json;
mod list;
mod membership;
mod owners;
mod requests;
mod write;

pub(crate) use json::teams_with;
pub use json::{Form, team_json};
pub use list::{list_members, list_own_teams, list_teams};
pub use membership::{Added, add_member, get_member_role, remove_member, set_member_role};
pub(crate) use owners::owners;
pub use requests::{answer_request, list_requests};
pub(crate) use write::free_slug;
pub use write::{create_team, delete_team, get_team, insert_team, update_team};
