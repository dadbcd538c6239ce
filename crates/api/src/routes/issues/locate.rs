//! Finding an issue or an event by a name that is unique in its organization.

use axum::extract::{Path, State};
use mortise_service::{
    Ctx,
    access::class,
    issues::{detail, events},
};
use mortise_wire::issue::{EventLocation, ShortIdLocation};
use serde::Deserialize;

use super::events::EventPath;
use crate::{Result, edge::Json, extract::Org};

/// The short id of a path.
#[derive(Debug, Deserialize)]
pub(crate) struct ShortIdPath {
    short: String,
}

#[utoipa::path(get, path = "/api/0/organizations/{org}/shortids/{short}/", tag = "Issues", params(
    ("org" = String, Path, description = "Slug or id of the organization"),
    ("short" = String, Path, description = "A short id, such as `WEB-1A`")),
    responses((status = 200, description = "Where the issue is", body = ShortIdLocation)))]
pub(crate) async fn locate_short_id(
    access: Org<class::OrganizationEvent>,
    Path(path): Path<ShortIdPath>,
    State(ctx): State<Ctx>,
) -> Result<Json<ShortIdLocation>> {
    Ok(Json(detail::locate_short_id(&ctx, &access, &path.short).await?))
}

#[utoipa::path(get, path = "/api/0/organizations/{org}/eventids/{event}/", tag = "Events", params(
    ("org" = String, Path, description = "Slug or id of the organization"),
    ("event" = String, Path, description = "Id of the event")),
    responses((status = 200, description = "Where the event is", body = EventLocation)))]
pub(crate) async fn locate_event(
    access: Org<class::OrganizationEvent>,
    Path(path): Path<EventPath>,
    State(ctx): State<Ctx>,
) -> Result<Json<EventLocation>> {
    Ok(Json(events::locate_event(&ctx, &access, &path.event).await?))
}
