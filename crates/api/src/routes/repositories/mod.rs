//! Source repositories of organizations.

mod detail;
mod list;
mod plugins;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationIntegrationsLoose>(routes!(
        list::list_repositories,
        list::create_repository
    ));
    r.class::<class::OrganizationIntegrations>(routes!(detail::update_repository, detail::remove_repository));
    r.class::<class::Organization>(routes!(detail::list_commits));
    r.class::<class::Organization>(routes!(plugins::list_repository_plugins));
}
