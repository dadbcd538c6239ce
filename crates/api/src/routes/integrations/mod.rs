//! First-party integrations: the catalog and what an organization has of it.

mod catalog;
mod detail;
mod list;
mod remote;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Organization>(routes!(catalog::list_providers));
    r.class::<class::OrganizationIntegrations>(routes!(list::list_integrations));
    r.class::<class::OrganizationIntegrations>(routes!(
        detail::get_integration,
        detail::update_integration,
        detail::remove_integration
    ));
    r.class::<class::OrganizationIntegrations>(routes!(remote::list_remote_repositories));
    r.class::<class::OrganizationIntegrations>(routes!(remote::migrate_issues));
    r.class::<class::OrganizationIntegrations>(routes!(remote::migrate_opsgenie));
    r.class::<class::OrganizationIntegrations>(routes!(remote::list_functions, remote::change_function));
}
