//! Issue alert rules.

mod collection;
mod combined;
mod configuration;
mod history;
mod preview;
mod rule;
mod snooze;
mod task;
mod try_out;

use mortise_service::{access::class, rules::Shown};
use utoipa_axum::routes;

use crate::{Routes, extract::Query};

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::ProjectAlertRule>(routes!(collection::list_rules, collection::create_rule));
    r.class::<class::ProjectAlertRule>(routes!(configuration::get_rule_configuration));
    r.class::<class::ProjectAlertRule>(routes!(try_out::try_rule_actions))
        .alias("/api/0/projects/{org}/{proj}/rules/actions/");
    r.class::<class::ProjectAlertRule>(routes!(preview::preview_rule));
    r.class::<class::ProjectSetting>(routes!(task::get_rule_task))
        .alias("/api/0/projects/{org}/{proj}/alert-rule-task/{task}/");
    r.class::<class::ProjectAlertRule>(routes!(rule::get_rule, rule::update_rule, rule::delete_rule));
    r.class::<class::ProjectAlertRule>(routes!(rule::enable_rule));
    r.class::<class::ProjectAlertRule>(routes!(snooze::snooze_rule, snooze::unsnooze_rule));
    r.class::<class::ProjectAlertRule>(routes!(history::get_rule_history));
    r.class::<class::ProjectAlertRule>(routes!(history::get_rule_stats));
    r.class::<class::OrganizationAlertRule>(routes!(combined::list_combined_rules));
}

/// What `expand` asks for.
fn shown(query: &Query) -> Shown {
    Shown { last_triggered: query.all("expand").any(|word| word == "lastTriggered") }
}
