//! The events of an issue.

use axum::extract::{Path, State};
use mortise_service::{
    Ctx,
    access::class,
    issues::events::{self, EventListQuery},
};
use mortise_wire::{event::Event, issue::ListedEvent};
use serde::Deserialize;

use super::{IssuePath, scope};
use crate::{
    Result,
    edge::{Json, Paged},
    extract::{IssueOf, Paging, Query},
};

/// The parameters of a list of events.
pub(super) fn event_list_query(query: &Query) -> EventListQuery {
    EventListQuery {
        query: query.one("query").map(str::to_owned),
        scope: scope(query),
        full: query.is_on("full"),
    }
}

/// The event of a path.
#[derive(Debug, Deserialize)]
pub(crate) struct EventPath {
    pub(super) event: String,
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/events/", tag = "Events", params(IssuePath,
    ("query" = Option<String>, Query, description = "Words that must all hold"),
    ("environment" = Option<Vec<String>>, Query, description = "Names of environments"),
    ("full" = Option<bool>, Query, description = "Whole events")),
    responses((status = 200, description = "The events, newest first", body = [ListedEvent])))]
pub(crate) async fn list_issue_events(
    access: IssueOf<class::Group>,
    query: Query,
    paging: Paging,
    State(ctx): State<Ctx>,
) -> Result<Paged<Vec<ListedEvent>>> {
    let wanted = event_list_query(&query);
    let page = events::list_issue_events(&ctx, &access, &wanted, paging.request()?).await?;
    Ok(paging.answer(page))
}

#[utoipa::path(get, path = "/api/0/issues/{issue}/events/{event}/", tag = "Events", params(IssuePath,
    ("event" = String, Path, description = "An id, `latest`, `oldest` or `recommended`"),
    ("environment" = Option<Vec<String>>, Query, description = "Names of environments")),
    responses((status = 200, description = "The event", body = Event)))]
pub(crate) async fn get_issue_event(
    access: IssueOf<class::Group>,
    Path(path): Path<EventPath>,
    query: Query,
    State(ctx): State<Ctx>,
) -> Result<Json<Event>> {
    let environments: Vec<String> = query.all("environment").map(str::to_owned).collect();
    Ok(Json(events::issue_event(&ctx, &access, &path.event, &environments).await?))
}
