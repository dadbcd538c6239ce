//! Lists of issues: searched, named one by one, or found directly by an event id or a short id.

use mortise_domain::{IssueId, ShortId, Time};
use mortise_store::{
    Conn,
    error_event::{self, EventFilter},
    issue::{
        self, Issue,
        search::{Search, Sort},
    },
};
use mortise_wire::{
    issue as wire,
    page::{KeyOrder, Page, PageRequest},
};

use super::{
    scope::{self, Scope, ScopeQuery},
    search::{self, Surroundings},
    serialize::{ListOptions, list_json},
    stats::{Window, hour},
};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, ProjectAccess},
    paging::{ID_UNIT, TIME_UNIT, range_of},
    pipeline,
};

pub use mortise_store::issue::search::HITS_MAX;

/// What an organization's list shows when no query is sent.
const DEFAULT_QUERY: &str = "is:unresolved issue.priority:[high, medium]";
/// What a project's list shows when no query is sent.
const DEFAULT_PROJECT_QUERY: &str = "is:unresolved";
/// Hashes that may be looked up at once.
const HASHES_MAX: usize = 100;
/// Issues that may be named at once.
const NAMED_MAX: usize = 1_000;
/// Hours that count as recent for the order by trend, and how many before them it compares with.
const TREND_HOURS: (i64, i64) = (24, 168);
const INVALID_STATS_PERIOD: &str = "Invalid stats_period. Valid choices are '', '24h', and '14d'";

/// The parameters of a list, as they were sent.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// `query`; `None` when absent, which is not the same as empty.
    pub query: Option<String>,
    /// `project`, `environment`, `statsPeriod`, `start`, `end`.
    pub scope: ScopeQuery,
    /// `groupStatsPeriod`.
    pub group_stats_period: Option<String>,
    /// `sort`.
    pub sort: Option<String>,
    /// `shortIdLookup=1`.
    pub short_id_lookup: bool,
    /// `group` and `id`, repeated.
    pub named: Vec<String>,
    /// `hashes`, repeated; of a project's list only.
    pub hashes: Vec<String>,
    /// `expand`, repeated.
    pub expand: Vec<String>,
    /// `collapse`, repeated.
    pub collapse: Vec<String>,
}

impl ListQuery {
    fn collapses(&self, what: &str) -> bool {
        self.collapse.iter().any(|value| value == what)
    }
}

/// A list of issues.
#[derive(Debug)]
pub enum Listed {
    /// A page of what was found, and how many there are (capped).
    Page(Page<wire::Issue>, i64),
    /// The one issue that was meant.
    Direct(Box<wire::Issue>),
    /// The issues that were named.
    Named(Vec<wire::Issue>),
}

/// Issues across the projects of an organization that the caller reaches.
pub async fn list_issues(
    ctx: &Ctx,
    access: &OrgAccess,
    query: &ListQuery,
    page: PageRequest,
) -> Result<Listed> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await?;
    let scope = scope::read(&mut conn, access, now, &query.scope).await?;
    let stats = match query.group_stats_period.as_deref() {
        None | Some("24h") => Some(Window::day(now)),
        Some("14d") => Some(Window::fortnight(now)),
        Some("auto") => Some(Window::fitting(now, scope.since, scope.until)),
        Some("") => None,
        Some(_) => return Err(Error::invalid(INVALID_STATS_PERIOD)),
    };
    let list = List { ctx, access, query, scope, stats, now };
    list.answer(&mut conn, DEFAULT_QUERY, page).await
}

/// Issues of a project. `statsPeriod` is the period of the counts here.
pub async fn list_project_issues(
    ctx: &Ctx,
    access: &ProjectAccess,
    query: &ListQuery,
    page: PageRequest,
) -> Result<Listed> {
    let now = ctx.now();
    let stats = match query.scope.stats_period.as_deref() {
        None | Some("24h") => Some(Window::day(now)),
        Some("14d") => Some(Window::fortnight(now)),
        Some("") => None,
        Some(_) => return Err(Error::invalid(INVALID_STATS_PERIOD)),
    };
    let mut conn = ctx.store.read().await?;
    let environments = scope::environments(&mut conn, &access.org, &query.scope.environments).await?;
    let scope = Scope { projects: vec![access.project.id], environments, since: None, until: None };
    let list = List { ctx, access: &access.org, query, scope, stats, now };
    if !query.hashes.is_empty() {
        return list.of_hashes(&mut conn).await;
    }
    list.answer(&mut conn, DEFAULT_PROJECT_QUERY, page).await
}

/// A list that is being put together.
struct List<'a> {
    ctx: &'a Ctx,
    access: &'a OrgAccess,
    query: &'a ListQuery,
    scope: Scope,
    stats: Option<Window>,
    now: Time,
}

impl List<'_> {
    async fn answer(&self, conn: &mut Conn, default: &str, page: PageRequest) -> Result<Listed> {
        if !self.query.named.is_empty() {
            return self.named(conn).await;
        }
        let text = self.query.query.as_deref().unwrap_or(default).trim();
        if let Some(issue) = self.direct(conn, text).await? {
            return Ok(Listed::Direct(Box::new(issue)));
        }
        self.searched(conn, text, page).await
    }

    async fn searched(&self, conn: &mut Conn, text: &str, page: PageRequest) -> Result<Listed> {
        let wanted = search::read(text, self.now)?;
        let viewer_teams: Vec<_> = self.access.teams.iter().map(|membership| membership.team_id).collect();
        let around = Surroundings {
            org: self.access.org.id,
            viewer: self.access.caller.user_id(),
            viewer_teams: &viewer_teams,
            projects: &self.scope.projects,
        };
        let terms = search::resolve(conn, around, wanted).await?;
        let search = Search {
            projects: self.scope.projects.clone(),
            environments: self.scope.environments.clone(),
            since: self.scope.since,
            until: self.scope.until,
            terms,
        };
        let (sort, unit) = self.sort()?;
        let window = page.key_window(KeyOrder::Descending, unit);
        let mut parts = Vec::new();
        for range in window.ranges() {
            parts.push(issue::search::find(conn, &search, sort, &range_of(range)).await?);
        }
        let hits = issue::search::hits(conn, &search).await?;
        let page = window.page(parts, |found| found.key);
        let issues: Vec<Issue> = page.rows.iter().map(|found| found.issue.clone()).collect();
        let tests = search::of_terms(&search.terms);
        let filtered = (!tests.is_empty()).then(|| EventFilter { tests, ..self.events() });
        let shown = self.json(conn, &issues, filtered).await?;
        Ok(Listed::Page(page.replace(|_| shown), hits))
    }

    fn sort(&self) -> Result<(Sort, i64)> {
        let this_hour = hour(self.now);
        Ok(match self.query.sort.as_deref().unwrap_or("date") {
            "" | "date" => (Sort::Date, TIME_UNIT),
            "new" => (Sort::New, TIME_UNIT),
            "inbox" => (Sort::Inbox, TIME_UNIT),
            "freq" => (Sort::Frequency(self.scope.since.map(hour)), ID_UNIT),
            "user" => (Sort::Users, ID_UNIT),
            "trends" => {
                let recent = this_hour - TREND_HOURS.0;
                (Sort::Trends { recent, before: recent - TREND_HOURS.1 }, ID_UNIT)
            }
            other => return Err(Error::invalid(format!("Sort key '{other}' not supported."))),
        })
    }

    /// The issue that a query means when it is nothing but an event id or a short id.
    async fn direct(&self, conn: &mut Conn, text: &str) -> Result<Option<wire::Issue>> {
        if let Some(event_id) = pipeline::parse_event_id(text) {
            let event = error_event::by_event_id(conn, &self.scope.projects, &event_id).await?;
            let Some(event) = event else { return Ok(None) };
            let Some(issue) = issue::by_id(conn, event.issue_id).await? else { return Ok(None) };
            let mut shown = self.json(conn, &[issue], None).await?;
            return Ok(shown.pop().map(|mut issue| {
                issue.expanded.matching_event_id = Some(event_id);
                issue
            }));
        }
        if !self.query.short_id_lookup {
            return Ok(None);
        }
        let Ok(short) = text.parse::<ShortId>() else { return Ok(None) };
        let Some(issue) = by_short_id(conn, self.access, &short).await? else { return Ok(None) };
        Ok(self.json(conn, &[issue], None).await?.pop())
    }

    /// The issues named by `group` or `id`, in that order, without those that are out of reach.
    async fn named(&self, conn: &mut Conn) -> Result<Listed> {
        let ids: Vec<IssueId> = self
            .query
            .named
            .iter()
            .take(NAMED_MAX)
            .map(|text| text.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| Error::invalid("Group ids must be integers"))?;
        Ok(Listed::Named(self.those(conn, &ids).await?))
    }

    async fn of_hashes(&self, conn: &mut Conn) -> Result<Listed> {
        if self.query.hashes.len() > HASHES_MAX {
            return Err(Error::invalid("Too many issues found with the given hashes"));
        }
        let mut ids = Vec::new();
        for project in &self.scope.projects {
            ids.extend(issue::ids_of_hashes(conn, *project, &self.query.hashes).await?);
        }
        Ok(Listed::Named(self.those(conn, &ids).await?))
    }

    async fn those(&self, conn: &mut Conn, ids: &[IssueId]) -> Result<Vec<wire::Issue>> {
        let mut issues = issue::by_ids(conn, ids).await?;
        issues.retain(|issue| self.scope.projects.contains(&issue.project_id));
        issues.sort_by_key(|issue| ids.iter().position(|id| *id == issue.id));
        self.json(conn, &issues, None).await
    }

    /// The events that the counts are about.
    fn events(&self) -> EventFilter {
        EventFilter {
            environments: self.scope.environments.clone(),
            since: self.scope.since,
            until: self.scope.until,
            tests: Vec::new(),
        }
    }

    async fn json(
        &self,
        conn: &mut Conn,
        issues: &[Issue],
        filtered: Option<EventFilter>,
    ) -> Result<Vec<wire::Issue>> {
        let options = ListOptions {
            stats: self.stats.filter(|_| !self.query.collapses("stats")),
            events: self.events(),
            lifetime: !self.query.collapses("lifetime"),
            filtered: (!self.query.collapses("filtered")).then_some(filtered),
            expand: self.query.expand.clone(),
        };
        list_json(conn, self.ctx, self.access.caller.user_id(), issues, &options).await
    }
}

/// The issue with a short id, in a project that the caller reaches.
pub(super) async fn by_short_id(
    conn: &mut Conn,
    access: &OrgAccess,
    short: &ShortId,
) -> Result<Option<Issue>> {
    let project = mortise_store::project::by_slug(conn, access.org.id, &short.project_slug).await?;
    let (Some(project), Ok(number)) = (project, i64::try_from(short.number)) else { return Ok(None) };
    if !access.reachable_projects(conn).await?.contains(&project.id) {
        return Ok(None);
    }
    Ok(issue::by_short_id(conn, project.id, number).await?)
}
