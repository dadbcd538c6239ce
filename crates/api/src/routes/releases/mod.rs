//! Releases of organizations and projects. Each path below a release is served twice: for its organization and for one of its
//! projects.

mod deploys;
mod list;
mod parts;
mod release;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use mortise_service::access::class;
use mortise_wire::release::Release;
use utoipa_axum::routes;

use crate::{Routes, edge::Json};

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationReleases>(routes!(list::list_releases, list::create_release));
    r.class::<class::OrganizationReleases>(routes!(
        release::get_release,
        release::update_release,
        release::delete_release
    ));
    r.class::<class::ProjectReleases>(routes!(list::list_project_releases, list::create_project_release));
    r.class::<class::ProjectReleases>(routes!(
        release::get_project_release,
        release::update_project_release,
        release::delete_project_release
    ));
    r.class::<class::OrganizationReleases>(routes!(deploys::list_deploys, deploys::create_deploy));
    r.class::<class::OrganizationReleases>(routes!(parts::get_previous_release));
    r.class::<class::OrganizationReleases>(routes!(parts::list_commits));
    r.class::<class::OrganizationReleases>(routes!(parts::list_commit_files));
    r.class::<class::OrganizationReleases>(routes!(parts::list_repositories));
    r.class::<class::ProjectReleases>(routes!(parts::list_project_commits));
    r.class::<class::ProjectReleases>(routes!(parts::list_project_commit_files));
    r.class::<class::ProjectReleases>(routes!(parts::list_project_repositories));
}

/// 201 for a release that is new somewhere, 208 for one that was there.
fn made((release, is_new): (Release, bool)) -> Response {
    let status = if is_new { StatusCode::CREATED } else { StatusCode::ALREADY_REPORTED };
    (status, Json(release)).into_response()
}

/// What a client calls itself.
fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT)?.to_str().ok()
}
