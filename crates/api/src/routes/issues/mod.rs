//! Issues and their events. Each path below an issue is served four times: under `/issues/` and its old name `/groups/`,
//! each with and without the organization in front.

mod bulk;
mod detail;
mod events;
mod list;
mod locate;
mod notes;
mod parts;
mod project_events;
mod tags;
mod update;

use mortise_service::access::{Permission, class};
use utoipa_axum::{router::UtoipaMethodRouter, routes};

pub(super) use list::scope;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationEvent>(routes!(list::list_issues, bulk::update_issues, bulk::delete_issues))
        .alias("/api/0/organizations/{org}/groups/");
    r.class::<class::ProjectEvent>(routes!(
        list::list_project_issues,
        bulk::update_project_issues,
        bulk::delete_project_issues
    ))
    .alias("/api/0/projects/{org}/{proj}/groups/");
    below(r, "", routes!(detail::get_issue, update::update_issue, update::delete_issue));
    below(r, "events/", routes!(events::list_issue_events));
    below(r, "events/{event}/", routes!(events::get_issue_event));
    below(r, "tags/", routes!(tags::list_tags));
    below(r, "tags/{key}/", routes!(tags::get_tag));
    below(r, "tags/{key}/values/", routes!(tags::list_tag_values));
    below(r, "hashes/", routes!(parts::list_hashes));
    below(r, "activities/", routes!(parts::list_activities));
    below(r, "external-issues/", routes!(parts::list_external_issues));
    below(r, "external-issues/{link}/", routes!(parts::remove_external_issue));
    below(r, "user-reports/", routes!(parts::list_user_reports));
    below(r, "attachments/", routes!(parts::list_attachments));
    below(r, "similar/", routes!(parts::list_similar_issues));
    below(r, "current-release/", routes!(parts::get_current_release));
    below(r, "first-last-release/", routes!(parts::get_first_last_release));
    let comments = routes!(notes::list_notes, notes::create_note);
    below_as::<class::GroupNotes>(r, &["comments/", "notes/"], comments);
    let comment = routes!(notes::update_note, notes::delete_note);
    below_as::<class::GroupNotes>(r, &["comments/{note}/", "notes/{note}/"], comment);
    r.class::<class::OrganizationEvent>(routes!(locate::locate_short_id));
    r.class::<class::OrganizationEvent>(routes!(locate::locate_event));
    r.class::<class::ProjectEvent>(routes!(project_events::list_project_events));
    r.class::<class::ProjectEvent>(routes!(project_events::get_project_event));
    r.class::<class::ProjectEvent>(routes!(project_events::get_project_event_json));
}

/// What stands before the path below an issue; handlers name the first one.
const ISSUE: [&str; 4] = [
    "/api/0/issues/{issue}/",
    "/api/0/groups/{issue}/",
    "/api/0/organizations/{org}/issues/{issue}/",
    "/api/0/organizations/{org}/groups/{issue}/",
];

/// Registers handlers of `/api/0/issues/{issue}/<rest>` and their aliases.
fn below(r: &mut Routes, rest: &str, handlers: UtoipaMethodRouter<mortise_service::Ctx>) {
    below_as::<class::Group>(r, &[rest], handlers);
}

/// The same for another class, and for further names of the rest.
fn below_as<P: Permission>(
    r: &mut Routes,
    rests: &[&str],
    handlers: UtoipaMethodRouter<mortise_service::Ctx>,
) {
    let paths = rests.iter().flat_map(|rest| ISSUE.iter().map(move |issue| format!("{issue}{rest}")));
    let registered = r.class::<P>(handlers);
    paths.skip(1).fold(registered, |registered, path| registered.alias(&path));
}

/// The path of an issue.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents the path; the extractor reads it")]
struct IssuePath {
    /// Id of the issue; below an organization also its short id.
    issue: String,
}
