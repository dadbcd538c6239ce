//! Metric alert rules and their incidents.

mod incidents;
mod of_organization;
mod of_project;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationAlertRule>(routes!(
        of_organization::list_metric_rules,
        of_organization::create_metric_rule
    ));
    r.class::<class::OrganizationAlertRule>(routes!(of_organization::list_available_actions));
    r.class::<class::OrganizationAlertRule>(routes!(
        of_organization::get_metric_rule,
        of_organization::update_metric_rule,
        of_organization::delete_metric_rule
    ));
    r.class::<class::OrganizationAlertRule>(routes!(incidents::list_incidents));
    r.class::<class::OrganizationAlertRule>(routes!(incidents::get_incident, incidents::close_incident));
    r.class::<class::ProjectAlertRule>(routes!(
        of_project::list_project_metric_rules,
        of_project::create_project_metric_rule
    ));
    r.class::<class::ProjectAlertRule>(routes!(
        of_project::get_project_metric_rule,
        of_project::update_project_metric_rule,
        of_project::delete_project_metric_rule
    ));
}
