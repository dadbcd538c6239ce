//! Organizations.

mod create;
mod detail;
mod list;
mod region;
mod user_teams;
mod users;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(Gate::Authenticated, routes!(list::list_organizations, create::create_organization));
    r.class::<class::Organization>(routes!(
        detail::get_organization,
        detail::update_organization,
        detail::delete_organization
    ));
    r.class::<class::OrganizationRead>(routes!(region::get_organization_region));
    r.class::<class::Organization>(routes!(users::list_organization_users));
    r.class::<class::OrganizationRead>(routes!(user_teams::list_user_teams));
}
