//! Comments of an issue, under `comments/` and their old name `notes/`.

use axum::extract::State;
use mortise_service::{
    Ctx, Error as Refusal,
    access::class,
    issues::notes::{self, Draft},
};
use mortise_wire::activity::Activity;

use super::IssuePath;
use crate::{
    Result,
    edge::{Created, Json, NoContent, Paged},
    extract::{Body, IssueOf, Paging},
};

/// What a comment says.
#[derive(Debug, utoipa::ToSchema)]
#[expect(dead_code, reason = "documents the body, which is read field by field")]
pub(super) struct NoteDraft {
    /// The text.
    text: String,
    /// Who is named in it: `user:7`, `team:3`.
    mentions: Option<Vec<String>>,
    /// What the comment is called in another service.
    external_id: Option<String>,
}

/// The path of a comment.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct NotePath {
    /// Id of the comment.
    note: String,
}

fn draft(body: &Body) -> Result<Draft, Refusal> {
    Ok(Draft::from_fields(body.fields())?)
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/comments/", tag = "Comments", params(IssuePath),
    responses((status = 200, description = "The comments, newest first", body = [Activity])))]
pub(crate) async fn list_notes(
    access: IssueOf<class::GroupNotes>,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<Activity>>> {
    let page = notes::list(&ctx, &access, paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(post, path = "/api/0/issues/{issue}/comments/", tag = "Comments", params(IssuePath),
    request_body = NoteDraft, responses((status = 201, description = "The comment", body = Activity)))]
pub(crate) async fn create_note(
    access: IssueOf<class::GroupNotes>,
    State(ctx): State<Ctx>,
    body: Body,
) -> Result<Created<Activity>> {
    Ok(Created(notes::add(&ctx, &access, &draft(&body)?).await?))
}

#[utoipa::path(put, path = "/api/0/issues/{issue}/comments/{note}/", tag = "Comments", params(IssuePath, NotePath),
    request_body = NoteDraft, responses((status = 200, description = "The comment", body = Activity)))]
pub(crate) async fn update_note(
    access: IssueOf<class::GroupNotes>,
    axum::extract::Path(path): axum::extract::Path<NotePath>,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<Activity>> {
    let body = Body::after(body, notes::require_own(&ctx, &access, &path.note)).await?;
    Ok(Json(notes::edit(&ctx, &access, &path.note, || draft(&body)).await?))
}

#[utoipa::path(delete, path = "/api/0/issues/{issue}/comments/{note}/", tag = "Comments",
    params(IssuePath, NotePath), responses((status = 204, description = "It is gone")))]
pub(crate) async fn delete_note(
    access: IssueOf<class::GroupNotes>,
    axum::extract::Path(path): axum::extract::Path<NotePath>,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    notes::delete(&ctx, &access, &path.note).await?;
    Ok(NoContent)
}
