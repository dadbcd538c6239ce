//! Changing and deleting many issues at once: those with these ids, or else those that a query finds.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use mortise_service::{
    Ctx, Error as Refusal,
    access::class,
    issues::{
        delete,
        update::{self, Change, Outcome, Selection},
    },
};

use super::{list, update::IssueChange};
use crate::{
    Result,
    edge::NoContent,
    extract::{Body, Org, ProjectOf, Query},
};

/// The parameters that name issues.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters, which are read one by one")]
struct SelectionParams {
    /// Ids of issues. With any, the other parameters name none.
    id: Option<Vec<i64>>,
    /// `unresolved`, `resolved` or `ignored`.
    status: Option<String>,
    /// Words that must all hold, as in lists. Absent is `is:unresolved`.
    query: Option<String>,
    /// Ids of projects (organizations only).
    project: Option<Vec<i64>>,
    /// Names of environments.
    environment: Option<Vec<String>>,
}

fn selection(query: &Query) -> Selection {
    let one = |name: &str| query.one(name).map(str::to_owned);
    Selection {
        ids: query.all("id").map(str::to_owned).collect(),
        status: one("status"),
        query: one("query"),
        scope: list::scope(query),
    }
}

fn change_of(body: &Body) -> Result<Change, Refusal> {
    Ok(Change::from_fields(body.fields())?)
}

fn answer(outcome: Outcome) -> Response {
    match outcome {
        Outcome::Changed(keys) => crate::edge::Json(keys).into_response(),
        Outcome::Nothing | Outcome::Discarded => NoContent.into_response(),
    }
}

#[utoipa::path(put, path = "/api/0/organizations/{org}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"), SelectionParams),
    request_body = IssueChange, responses(
    (status = 200, description = "What is different now", body = Object),
    (status = 204, description = "No such issue, or discarded")))]
pub(crate) async fn update_issues(
    access: Org<class::OrganizationEvent>,
    query: Query,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Response> {
    let outcome = update::bulk_update(&ctx, &access, &selection(&query), || change_of(&body)).await?;
    Ok(answer(outcome))
}

#[utoipa::path(put, path = "/api/0/projects/{org}/{proj}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"),
    ("proj" = String, Path, description = "Slug or id of the project"), SelectionParams),
    request_body = IssueChange, responses(
    (status = 200, description = "What is different now", body = Object),
    (status = 204, description = "No such issue, or discarded")))]
pub(crate) async fn update_project_issues(
    access: ProjectOf<class::ProjectEvent>,
    query: Query,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Response> {
    let selection = selection(&query);
    let outcome = update::bulk_update_project(&ctx, &access, &selection, || change_of(&body)).await?;
    Ok(answer(outcome))
}

#[utoipa::path(delete, path = "/api/0/organizations/{org}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"), SelectionParams),
    responses((status = 204, description = "Out of sight; their events are removed in the background")))]
pub(crate) async fn delete_issues(
    access: Org<class::OrganizationEvent>,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    delete::delete_issues(&ctx, &access, &selection(&query)).await?;
    Ok(NoContent)
}

#[utoipa::path(delete, path = "/api/0/projects/{org}/{proj}/issues/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"),
    ("proj" = String, Path, description = "Slug or id of the project"), SelectionParams),
    responses((status = 204, description = "Out of sight; their events are removed in the background")))]
pub(crate) async fn delete_project_issues(
    access: ProjectOf<class::ProjectEvent>,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    delete::delete_project_issues(&ctx, &access, &selection(&query)).await?;
    Ok(NoContent)
}
