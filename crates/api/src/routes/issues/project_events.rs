//! The events of a project.

use axum::extract::{Path, State};
use mortise_service::{Ctx, access::class, issues::events};
use mortise_wire::{event::Event, issue::ListedEvent};
use serde_json::{Map, Value};

use super::events::{EventPath, event_list_query};
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{Paging, ProjectOf, Query},
};

/// The path of a project.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents the path; the extractor reads it")]
struct ProjectPath {
    /// Slug or id of the organization.
    org: String,
    /// Slug or id of the project.
    proj: String,
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/events/", tag = "Events", params(ProjectPath,
    ("query" = Option<String>, Query, description = "Words that must all hold"),
    ("full" = Option<bool>, Query, description = "Whole events")),
    responses((status = 200, description = "The events, newest first", body = [ListedEvent])))]
pub(crate) async fn list_project_events(
    access: ProjectOf<class::ProjectEvent>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<ListedEvent>>> {
    let wanted = event_list_query(&query);
    let page = events::list_project_events(&ctx, &access, &wanted, paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/events/{event}/", tag = "Events", params(ProjectPath,
    ("event" = String, Path, description = "Id of the event")),
    responses((status = 200, description = "The event", body = Event)))]
pub(crate) async fn get_project_event(
    access: ProjectOf<class::ProjectEvent>,
    Path(path): Path<EventPath>,
    State(ctx): State<Ctx>,
) -> Result<Json<Event>> {
    Ok(Json(events::project_event(&ctx, &access, &path.event).await?))
}

#[utoipa::path(get, path = "/api/0/projects/{org}/{proj}/events/{event}/json/", tag = "Events", params(ProjectPath,
    ("event" = String, Path, description = "Id of the event")),
    responses((status = 200, description = "The event as it was stored", body = Object)))]
pub(crate) async fn get_project_event_json(
    access: ProjectOf<class::ProjectEvent>,
    Path(path): Path<EventPath>,
    State(ctx): State<Ctx>,
) -> Result<Json<Map<String, Value>>> {
    Ok(Json(events::project_event_json(&ctx, &access, &path.event).await?))
}
