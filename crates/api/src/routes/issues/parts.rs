//! What an issue consists of besides events and tags. Attachments, similar issues and release health are no part of
//! Mortise: clients that ask get the empty answer.

use axum::extract::State;
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::class,
    apps::components,
    issues::{activity, detail, events},
};
use mortise_wire::{activity::ActivityList, issue::IssueHash, sentry_app::ExternalIssue};
use serde::Serialize;
use serde_json::Value;

use super::IssuePath;
use crate::{
    Result,
    edge::{Empty, Json, Paged},
    extract::{IssueOf, Paging, Segments},
};

#[utoipa::path(get, path = "/api/0/issues/{issue}/hashes/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "The hashes whose events go to the issue", body = [IssueHash])))]
pub(crate) async fn list_hashes(
    access: IssueOf<class::Group>,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<IssueHash>>> {
    let page = detail::list_hashes(&ctx, &access, paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/activities/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "What happened to the issue, newest first", body = ActivityList)))]
pub(crate) async fn list_activities(
    access: IssueOf<class::Group>,
    State(ctx): State<Ctx>,
) -> Result<Json<ActivityList>> {
    Ok(Json(activity::list_activities(&ctx, &access).await?))
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/external-issues/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "Links to items of Sentry Apps", body = [ExternalIssue])))]
pub(crate) async fn list_external_issues(
    access: IssueOf<class::Group>,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<ExternalIssue>>> {
    let page = detail::list_external_issues(&ctx, &access, paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(delete, path = "/api/0/issues/{issue}/external-issues/{link}/", tag = "Issues", params(IssuePath,
        ("link" = String, Path, description = "The id of the link")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such link; an empty body")))]
pub(crate) async fn remove_external_issue(
    access: IssueOf<class::Group>,
    path: Segments,
    State(ctx): State<Ctx>,
) -> Result<Empty> {
    Ok(match components::remove_link(&ctx, &access, path.text("link")?).await? {
        true => Empty(StatusCode::NO_CONTENT),
        false => Empty(StatusCode::NOT_FOUND),
    })
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/user-reports/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "What users wrote", body = [Object])))]
pub(crate) async fn list_user_reports(
    access: IssueOf<class::Group>,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<Value>>> {
    let page = events::list_user_reports(&ctx, &access, paging.request()?).await?;
    Ok(paging.answer(page))
}

/// The release that the issue is in now; release health is not kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CurrentRelease {
    /// Always null.
    #[schema(value_type = Option<Object>)]
    current_release: Option<Value>,
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/current-release/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "No release", body = CurrentRelease)))]
pub(crate) async fn get_current_release(_: IssueOf<class::Group>) -> Json<CurrentRelease> {
    Json(CurrentRelease { current_release: None })
}

/// Nothing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Nothing {}

#[utoipa::path(get, path = "/api/0/issues/{issue}/first-last-release/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "Nothing", body = Nothing)))]
pub(crate) async fn get_first_last_release(_: IssueOf<class::Group>) -> Json<Nothing> {
    Json(Nothing {})
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/attachments/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "None", body = [Object])))]
pub(crate) async fn list_attachments(_: IssueOf<class::Group>) -> Json<[Nothing; 0]> {
    Json([])
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/similar/", tag = "Issues", params(IssuePath),
    responses((status = 200, description = "None", body = [Object])))]
pub(crate) async fn list_similar_issues(_: IssueOf<class::Group>) -> Json<[Nothing; 0]> {
    Json([])
}
