//! Crash dumps and attachments on their own: there is nothing here that could read them, and their senders are told.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use mortise_wire::envelope::IngestErrorBody;

/// Refuses a minidump.
#[utoipa::path(post, path = "/api/{project}/minidump/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project")),
    responses((status = 404, description = "Not supported", body = IngestErrorBody)))]
pub(crate) async fn post_minidump() -> Response {
    refuse("minidumps are not supported")
}

/// Refuses a crash report of the Unreal Engine.
#[utoipa::path(post, path = "/api/{project}/unreal/{key}/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("key" = String, Path, description = "The public key")),
    responses((status = 404, description = "Not supported", body = IngestErrorBody)))]
pub(crate) async fn post_unreal() -> Response {
    refuse("crash reports of the Unreal Engine are not supported")
}

/// Refuses attachments that come on their own.
#[utoipa::path(post, path = "/api/{project}/events/{event_id}/attachments/", tag = "Ingestion",
    params(("project" = String, Path, description = "The number of the project"),
        ("event_id" = String, Path, description = "The event")),
    responses((status = 404, description = "Not supported", body = IngestErrorBody)))]
pub(crate) async fn post_attachments() -> Response {
    refuse("attachments are not supported")
}

fn refuse(text: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(IngestErrorBody::new(&text))).into_response()
}
