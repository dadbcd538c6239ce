//! Environments of organizations and projects.

mod get;
mod list_of_organization;
mod list_of_project;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Organization>(routes!(list_of_organization::list_environments));
    r.class::<class::Project>(routes!(list_of_project::list_project_environments));
    r.class::<class::Project>(routes!(get::get_project_environment, update::update_project_environment));
}
