//! Entries of the directory that are documentation only.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use mortise_service::{Ctx, access::class, doc_integrations as docs};
use mortise_wire::doc_integration::DocIntegration;
use utoipa_axum::routes;

use crate::{
    Result, Routes,
    edge::{Json, NoContent, Paged},
    extract::{Anyone, Body, Paging, Query},
    routes::{photo, segment::DocSegment},
};

type Caller = Anyone<class::DocIntegrations>;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::DocIntegrations>(routes!(list_doc_integrations, create_doc_integration));
    r.class::<class::DocIntegrations>(routes!(
        get_doc_integration,
        update_doc_integration,
        remove_doc_integration
    ));
    r.class::<class::DocIntegrations>(routes!(get_avatar, set_avatar));
    r.plain(routes!(get_photo));
}

/// The entries; drafts for superusers only.
#[utoipa::path(get, path = "/api/0/doc-integrations/", tag = "Integrations",
    responses((status = 200, description = "The entries", body = [DocIntegration])))]
pub(crate) async fn list_doc_integrations(
    caller: Caller,
    State(ctx): State<Ctx>,
    paging: Paging,
) -> Result<Paged<Vec<DocIntegration>>> {
    Ok(paging.answer(docs::list_doc_integrations(&ctx, &caller, paging.request()?).await?))
}

/// Adds an entry as a draft, for superusers: `name`, `author`, `description`, `url`, `popularity`, `features`,
/// `resources`.
#[utoipa::path(post, path = "/api/0/doc-integrations/", tag = "Integrations", request_body = Object,
    responses((status = 201, description = "The entry", body = DocIntegration)))]
pub(crate) async fn create_doc_integration(
    caller: Caller,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<(StatusCode, Json<DocIntegration>)> {
    docs::require_writer(&caller)?;
    let made = docs::create_doc_integration(&ctx, &caller, body?.json()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One entry.
#[utoipa::path(get, path = "/api/0/doc-integrations/{doc}/", tag = "Integrations",
    params(("doc" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The entry", body = DocIntegration)))]
pub(crate) async fn get_doc_integration(
    caller: Caller,
    DocSegment(doc): DocSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<DocIntegration>> {
    Ok(Json(docs::get_doc_integration(&ctx, &caller, &doc).await?))
}

/// Changes all of an entry but its slug, for superusers. `is_draft: false` publishes it.
#[utoipa::path(put, path = "/api/0/doc-integrations/{doc}/", tag = "Integrations", request_body = Object,
    params(("doc" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The entry", body = DocIntegration)))]
pub(crate) async fn update_doc_integration(
    caller: Caller,
    DocSegment(doc): DocSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<DocIntegration>> {
    docs::require_writer(&caller)?;
    let body = Body::after(body, docs::get_doc_integration(&ctx, &caller, &doc)).await?;
    Ok(Json(docs::update_doc_integration(&ctx, &caller, &doc, body.json()).await?))
}

/// Removes an entry, for superusers.
#[utoipa::path(delete, path = "/api/0/doc-integrations/{doc}/", tag = "Integrations",
    params(("doc" = String, Path, description = "Id or slug")),
    responses((status = 204, description = "Removed")))]
pub(crate) async fn remove_doc_integration(
    caller: Caller,
    DocSegment(doc): DocSegment,
    State(ctx): State<Ctx>,
) -> Result<NoContent> {
    docs::remove_doc_integration(&ctx, &caller, &doc).await?;
    Ok(NoContent)
}

/// One entry, as without `avatar/`.
#[utoipa::path(get, path = "/api/0/doc-integrations/{doc}/avatar/", tag = "Integrations",
    params(("doc" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The entry with its picture", body = DocIntegration)))]
pub(crate) async fn get_avatar(
    caller: Caller,
    DocSegment(doc): DocSegment,
    State(ctx): State<Ctx>,
) -> Result<Json<DocIntegration>> {
    Ok(Json(docs::get_doc_integration(&ctx, &caller, &doc).await?))
}

/// Uploads a picture, for superusers: `avatar_photo` is a GIF, JPEG or PNG in base64, `avatar_type` is `upload`.
#[utoipa::path(put, path = "/api/0/doc-integrations/{doc}/avatar/", tag = "Integrations", request_body = Object,
    params(("doc" = String, Path, description = "Id or slug")),
    responses((status = 200, description = "The entry with its picture", body = DocIntegration),
        (status = 413, description = "The photo is larger than 5,000,000 bytes")))]
pub(crate) async fn set_avatar(
    caller: Caller,
    DocSegment(doc): DocSegment,
    State(ctx): State<Ctx>,
    body: Result<Body>,
) -> Result<Json<DocIntegration>> {
    docs::require_writer(&caller)?;
    let body = Body::after(body, docs::get_doc_integration(&ctx, &caller, &doc)).await?;
    Ok(Json(docs::set_avatar(&ctx, &caller, &doc, &body.0).await?))
}

/// The picture for browsers: anybody may see it.
#[utoipa::path(get, path = "/doc-integration-avatar/{ident}/", tag = "Integrations",
    params(("ident" = String, Path, description = "`avatarUuid`"),
        ("s" = Option<i64>, Query, description = "Pixels; the nearest size there is")),
    responses((status = 200, description = "The picture as PNG"), (status = 404, description = "There is none")))]
pub(crate) async fn get_photo(
    Path(ident): Path<String>,
    query: Query,
    headers: HeaderMap,
    State(ctx): State<Ctx>,
) -> Result<Response> {
    photo::answer(&query, &headers, |side| docs::doc_integration_photo(&ctx, &ident, side)).await
}
