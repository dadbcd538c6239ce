//! Code mappings, and what is made of them for the frames of a project.

mod bulk;
mod derived;
mod detail;
mod link;
mod list;
mod parse;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationIntegrationsLoose>(routes!(
        list::list_code_mappings,
        list::create_code_mapping
    ));
    r.class::<class::OrganizationCodeMappings>(routes!(bulk::put_code_mappings));
    r.class::<class::OrganizationIntegrationsLoose>(routes!(
        detail::update_code_mapping,
        detail::remove_code_mapping
    ));
    r.class::<class::OrganizationIntegrations>(routes!(detail::get_remote_owners));
    r.class::<class::OrganizationIntegrationsLoose>(routes!(
        derived::list_derived_mappings,
        derived::create_derived_mapping
    ));
    r.class::<class::Project>(routes!(link::find_stacktrace_link));
    r.class::<class::Project>(routes!(link::get_stacktrace_coverage));
    r.class::<class::ProjectPathParsing>(routes!(parse::parse_repository_path));
}
