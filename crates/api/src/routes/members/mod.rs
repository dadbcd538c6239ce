//! Members of organizations, and their places in teams.

mod create;
mod delete;
mod get;
mod list;
mod teams;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Member>(routes!(list::list_members, create::invite_member));
    r.class::<class::MemberDetail>(routes!(get::get_member, update::update_member, delete::remove_member));
    r.class::<class::MemberTeam>(routes!(
        teams::get_team_role,
        teams::join_team,
        teams::set_team_role,
        teams::leave_team
    ));
}
