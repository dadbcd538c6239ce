//! The events of issues and projects.

use std::collections::HashMap;

use mortise_domain::{OrgId, ProjectId};
use mortise_store::{
    Conn,
    error_event::{self, ErrorEvent, EventFilter, Scope},
    release, user_report,
};
use mortise_wire::{
    WireTime,
    event::{Event, EventPlace, EventRow, SimpleEvent, raw_json},
    issue::{EventLocation, ListedEvent},
    page::{KeyOrder, Page, PageRequest},
};
use serde_json::{Map, Value, json};

use super::{
    scope::{self, ScopeQuery},
    search,
};
use crate::{
    Ctx, Error, Result,
    access::{IssueAccess, OrgAccess, ProjectAccess},
    paging::{TIME_UNIT, range_of},
    pipeline::parse_event_id,
    releases,
};

const NOT_FOUND: &str = "Event not found";

/// The parameters of a list of events, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct EventListQuery {
    /// `query`.
    pub query: Option<String>,
    /// `environment`, `statsPeriod`, `start`, `end`.
    pub scope: ScopeQuery,
    /// `full=1`: whole events.
    pub full: bool,
}

/// The events of an issue, newest first.
pub async fn list_issue_events(
    ctx: &Ctx,
    access: &IssueAccess,
    query: &EventListQuery,
    page: PageRequest,
) -> Result<Page<ListedEvent>> {
    list(ctx, &access.project.org, Scope::Issue(access.issue.id), query, page).await
}

/// The events of a project, newest first.
pub async fn list_project_events(
    ctx: &Ctx,
    access: &ProjectAccess,
    query: &EventListQuery,
    page: PageRequest,
) -> Result<Page<ListedEvent>> {
    list(ctx, &access.org, Scope::Project(access.project.id), query, page).await
}

async fn list(
    ctx: &Ctx,
    access: &OrgAccess,
    scope: Scope<'_>,
    query: &EventListQuery,
    page: PageRequest,
) -> Result<Page<ListedEvent>> {
    let mut conn = ctx.store.read().await?;
    let (since, until) = scope::window(&query.scope, ctx.now())?;
    let filter = EventFilter {
        environments: scope::environments(&mut conn, access, &query.scope.environments).await?,
        since,
        until,
        tests: search::event_tests(query.query.as_deref().unwrap_or_default())?,
    };
    let window = page.key_window(KeyOrder::Descending, TIME_UNIT);
    let mut parts = Vec::new();
    for range in window.ranges() {
        parts.push(error_event::list(&mut conn, scope, &filter, &range_of(range)).await?);
    }
    let page = window.page(parts, |row| row.timestamp.as_microsecond());
    let shown = page.rows.iter().map(|row| {
        let raw = Raw::of(row)?;
        Ok(match query.full {
            true => ListedEvent::Full(Box::new(Event::new(raw.row(row)))),
            false => ListedEvent::Simple(Box::new(SimpleEvent::new(raw.row(row)))),
        })
    });
    let shown = shown.collect::<Result<Vec<_>>>()?;
    Ok(page.replace(|_| shown))
}

/// An event of an issue with its place in it. `which` is `latest`, `oldest`, `recommended`, `helpful` or an id.
pub async fn issue_event(
    ctx: &Ctx,
    access: &IssueAccess,
    which: &str,
    environments: &[String],
) -> Result<Event> {
    let mut conn = ctx.store.read().await?;
    let environments = scope::environments(&mut conn, &access.project.org, environments).await?;
    let scope = Scope::Issue(access.issue.id);
    let filter = EventFilter { environments, ..EventFilter::default() };
    let row = match which {
        "latest" | "recommended" | "helpful" => error_event::latest(&mut conn, scope, &filter).await?,
        "oldest" => error_event::oldest(&mut conn, scope, &filter).await?,
        id => match parse_event_id(id) {
            Some(id) => error_event::by_event_id(&mut conn, &[access.project.project.id], &id).await?,
            None => None,
        },
    };
    let row = row.filter(|row| row.issue_id == access.issue.id).ok_or_else(|| Error::missing(NOT_FOUND))?;
    placed(&mut conn, ctx, access.project.org.org.id, &row, &filter.environments).await
}

/// An event of a project with its place in its issue.
pub async fn project_event(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Result<Event> {
    let mut conn = ctx.store.read().await?;
    let row = in_project(&mut conn, access.project.id, id).await?;
    placed(&mut conn, ctx, access.org.org.id, &row, &[]).await
}

/// An event of a project as it was stored.
pub async fn project_event_json(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Result<Map<String, Value>> {
    let mut conn = ctx.store.read().await?;
    let row = in_project(&mut conn, access.project.id, id).await?;
    Ok(raw_json(Raw::of(&row)?.row(&row)))
}

async fn in_project(conn: &mut Conn, project: ProjectId, id: &str) -> Result<ErrorEvent> {
    let missing = || Error::missing(NOT_FOUND);
    let id = parse_event_id(id).ok_or_else(missing)?;
    error_event::by_event_id(conn, &[project], &id).await?.ok_or_else(missing)
}

/// Finds an event by its id in the projects that the caller reaches.
pub async fn locate_event(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<EventLocation> {
    let id = parse_event_id(id).ok_or(Error::NoSuchResource)?;
    let mut conn = ctx.store.read().await?;
    let projects = access.reachable_projects(&mut conn).await?;
    let row = error_event::by_event_id(&mut conn, &projects, &id).await?.ok_or(Error::NoSuchResource)?;
    let project = mortise_store::project::by_id(&mut conn, row.project_id).await?;
    Ok(EventLocation {
        organization_slug: access.org.slug.clone(),
        project_slug: project.ok_or(Error::NoSuchResource)?.slug,
        group_id: row.issue_id.to_string(),
        event: Event::new(Raw::of(&row)?.row(&row)),
        event_id: row.event_id,
    })
}

async fn placed(
    conn: &mut Conn,
    ctx: &Ctx,
    org: OrgId,
    row: &ErrorEvent,
    environments: &[String],
) -> Result<Event> {
    let raw = Raw::of(row)?;
    let version = raw.object.get("release").and_then(Value::as_str);
    let release = match version {
        Some(version) => release::by_version(conn, org, version).await?,
        None => None,
    };
    let release = releases::releases(conn, ctx, release.into_iter().collect()).await?.into_values().next();
    let neighbours = error_event::neighbours(conn, row, environments).await?;
    let report = user_report::of_event(conn, row.project_id, &row.event_id).await?;
    Ok(Event::new(raw.row(row)).at(EventPlace {
        release,
        user_report: report.as_ref().map(report_json),
        sdk_updates: Vec::new(),
        resolved_with: Vec::new(),
        next_event_id: neighbours.next,
        previous_event_id: neighbours.previous,
    }))
}

/// What users wrote about the events of an issue, newest first.
pub async fn list_user_reports(ctx: &Ctx, access: &IssueAccess, page: PageRequest) -> Result<Page<Value>> {
    let mut conn = ctx.store.read().await?;
    let reports = user_report::of_issue(&mut conn, access.issue.id).await?;
    Ok(page.sequence(reports.iter().map(report_json).collect()))
}

fn report_json(report: &user_report::UserReport) -> Value {
    json!({
        "id": report.id.to_string(),
        "eventID": report.event_id,
        "name": report.name,
        "email": report.email,
        "comments": report.comments,
        "dateCreated": WireTime::new(report.date_added),
        "user": null,
        "event": {"id": report.event_id, "eventID": report.event_id},
    })
}

/// An event with everything that is stored of it.
pub(crate) struct WholeEvent {
    row: ErrorEvent,
    raw: Raw,
}

impl WholeEvent {
    /// As answers and webhooks are made of it.
    pub(crate) fn row(&self) -> EventRow<'_> {
        self.raw.row(&self.row)
    }
}

/// Events by project and id, by both, in one statement.
pub(crate) async fn whole_events(
    conn: &mut Conn,
    wanted: &[(ProjectId, String)],
) -> Result<HashMap<(ProjectId, String), WholeEvent>> {
    let rows = error_event::by_event_ids(conn, wanted).await?;
    let whole = |row: ErrorEvent| {
        let raw = Raw::of(&row)?;
        Ok(((row.project_id, row.event_id.clone()), WholeEvent { row, raw }))
    };
    rows.into_iter().map(whole).collect()
}

/// An unpacked event.
pub(super) struct Raw {
    object: Map<String, Value>,
    size: i64,
}

impl Raw {
    pub(super) fn of(row: &ErrorEvent) -> Result<Self> {
        match row.unpack()? {
            (Value::Object(object), size) => Ok(Self { object, size }),
            _ => Err(Error::Internal(format!("event {} is no object", row.event_id))),
        }
    }

    pub(super) fn row<'a>(&'a self, row: &'a ErrorEvent) -> EventRow<'a> {
        EventRow {
            event_id: &row.event_id,
            group_id: row.issue_id.get(),
            project_id: row.project_id.get(),
            size: self.size,
            date_created: WireTime::new(row.timestamp),
            date_received: WireTime::new(row.received),
            raw: &self.object,
        }
    }
}
