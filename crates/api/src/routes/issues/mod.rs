//! Issues and their events. Each path below an issue is served four times: under `/issues/` and its old name `/groups/`,
//! each with and without the organization in front.

mod detail;
mod events;
mod list;
mod locate;
mod parts;
mod project_events;
mod tags;

use mortise_service::access::class;
use utoipa_axum::{router::UtoipaMethodRouter, routes};

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationEvent>(routes!(list::list_issues))
        .alias("/api/0/organizations/{org}/groups/");
    r.class::<class::ProjectEvent>(routes!(list::list_project_issues))
        .alias("/api/0/projects/{org}/{proj}/groups/");
    below(r, "", routes!(detail::get_issue));
    below(r, "events/", routes!(events::list_issue_events));
    below(r, "events/{event}/", routes!(events::get_issue_event));
    below(r, "tags/", routes!(tags::list_tags));
    below(r, "tags/{key}/", routes!(tags::get_tag));
    below(r, "tags/{key}/values/", routes!(tags::list_tag_values));
    below(r, "hashes/", routes!(parts::list_hashes));
    below(r, "activities/", routes!(parts::list_activities));
    below(r, "external-issues/", routes!(parts::list_external_issues));
    below(r, "user-reports/", routes!(parts::list_user_reports));
    below(r, "attachments/", routes!(parts::list_attachments));
    below(r, "similar/", routes!(parts::list_similar_issues));
    below(r, "current-release/", routes!(parts::get_current_release));
    below(r, "first-last-release/", routes!(parts::get_first_last_release));
    r.class::<class::OrganizationEvent>(routes!(locate::locate_short_id));
    r.class::<class::OrganizationEvent>(routes!(locate::locate_event));
    r.class::<class::ProjectEvent>(routes!(project_events::list_project_events));
    r.class::<class::ProjectEvent>(routes!(project_events::get_project_event));
    r.class::<class::ProjectEvent>(routes!(project_events::get_project_event_json));
}

/// Registers handlers of `/api/0/issues/{issue}/<rest>` and their aliases.
fn below(r: &mut Routes, rest: &str, handlers: UtoipaMethodRouter<mortise_service::Ctx>) {
    r.class::<class::Group>(handlers)
        .alias(&format!("/api/0/groups/{{issue}}/{rest}"))
        .alias(&format!("/api/0/organizations/{{org}}/issues/{{issue}}/{rest}"))
        .alias(&format!("/api/0/organizations/{{org}}/groups/{{issue}}/{rest}"));
}

/// The path of an issue.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents the path; the extractor reads it")]
struct IssuePath {
    /// Id of the issue; below an organization also its short id.
    issue: String,
}
