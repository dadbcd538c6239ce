//! Teams, and wishes to join them.

mod create;
mod delete;
mod get;
mod list;
mod members;
mod requests;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationTeams>(routes!(list::list_teams, create::create_team));
    r.class::<class::Team>(routes!(get::get_team, update::update_team, delete::delete_team));
    r.class::<class::Team>(routes!(members::list_team_members));
    r.class::<class::MemberTeam>(routes!(requests::list_access_requests));
    r.class::<class::MemberTeam>(routes!(requests::answer_access_request));
}
