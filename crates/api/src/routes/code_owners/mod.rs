//! Code owners of projects.

mod associations;
mod detail;
mod list;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Project>(routes!(list::list_owners, list::create_owners));
    r.class::<class::Project>(routes!(detail::update_owners, detail::remove_owners));
    r.class::<class::OrganizationIntegrationsLoose>(routes!(associations::list_associations));
}
