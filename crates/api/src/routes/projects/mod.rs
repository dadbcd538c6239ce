//! Projects: of the caller, of organizations, of teams; one project and its teams.

mod count;
mod create;
mod delete;
mod get;
mod list;
mod list_of_organization;
mod list_of_team;
mod members;
mod teams;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.list::<class::Project>(routes!(list::list_projects));
    r.class::<class::OrganizationProjects>(routes!(
        list_of_organization::list_organization_projects,
        create::create_organization_project
    ));
    r.class::<class::OrganizationRead>(routes!(count::count_projects));
    r.class::<class::TeamProject>(routes!(list_of_team::list_team_projects, create::create_project));
    r.class::<class::ProjectDetail>(routes!(
        get::get_project,
        update::update_project,
        delete::delete_project
    ));
    r.class::<class::Project>(routes!(members::list_project_members));
    r.class::<class::Project>(routes!(teams::list_project_teams));
    r.class::<class::ProjectSetting>(routes!(teams::add_project_team, teams::remove_project_team));
}
