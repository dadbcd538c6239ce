//! Lists of projects: over all organizations, of one, of a team; and which projects a `project=` parameter means.

use mortise_domain::{ProjectId, TeamId, Time};
use mortise_store::{
    Conn, Slice,
    issue::stat,
    project::{self, Project, list::Filter},
};
use mortise_wire::{
    ErrorBody, Page, PageRequest,
    page::KeyOrder,
    project::{ProjectCounts, ProjectSummary, ProjectWithOrganization},
};

use serde_json::json;

use super::json::{Related, Summarized};
use crate::{
    Caller, Ctx, Error, Result,
    access::{OrgAccess, TeamAccess, organizations_of},
    issues::stats::Window,
    organizations::summary_json,
    paging::{TIME_UNIT, range_of, slice},
    search,
};

/// Minutes of an hour.
const HOUR_MINUTES: i64 = 60;
const STATS_PERIOD: &str =
    "Invalid stats_period. Valid choices are '', '1h', '24h', '7d', '14d', '30d', and '90d'";
const IDS_NOT_NUMBERS: &str = "All 'id' values must be integers.";
const NOT_NUMBERS: &str = "Invalid project parameter. Values must be numbers.";
/// The value of `project=` that means every reachable project.
const ALL_PROJECTS: i64 = -1;
/// The same among slugs.
const ALL_PROJECTS_SLUG: &str = "$all";

/// The caller's projects in all organizations, newest first: those of a person's teams, all that an app or a key
/// reaches. `query` knows `id:`, `slug:`, `name:`, `platform:`, `dsn:` and free text.
pub async fn list_all(
    ctx: &Ctx,
    caller: &Caller,
    query: &str,
    request: &PageRequest,
) -> Result<Page<ProjectWithOrganization>> {
    let mut conn = ctx.store.read().await?;
    let orgs = organizations_of(&mut conn, caller).await?;
    let mut filter = Filter { orgs: Some(orgs.iter().map(|org| org.org.id).collect()), ..Filter::default() };
    if orgs.iter().all(|org| org.member.is_some()) {
        filter.teams = Some(orgs.iter().flat_map(own_teams).collect());
    }
    search_everywhere(&mut filter, query);
    let window = request.key_window(KeyOrder::Descending, TIME_UNIT);
    let mut parts = Vec::new();
    for range in window.ranges() {
        parts.push(project::list::by_date(&mut conn, &filter, &range_of(range)).await?);
    }
    let page = window.page(parts, |project| project.date_added.as_microsecond());
    let ids: Vec<ProjectId> = page.rows.iter().map(|project| project.id).collect();
    let related = Related::load(&mut conn, caller, &ids).await?;
    let row = |project: &Project| {
        let org = orgs.iter().find(|org| org.org.id == project.organization_id)?;
        let organization = summary_json(ctx, &org.org, true).ok()?;
        Some(ProjectWithOrganization { project: related.base(org, project), organization })
    };
    Ok(page.replace(|rows| rows.iter().filter_map(row).collect()))
}

fn own_teams(org: &OrgAccess) -> impl Iterator<Item = TeamId> + '_ {
    org.teams.iter().map(|membership| membership.team_id)
}

fn search_everywhere(filter: &mut Filter, query: &str) {
    let terms = search::parse(query);
    filter.text = terms.text;
    for (key, values) in terms.keys {
        match key.as_str() {
            "query" => filter.text = Some(values.join(" ")),
            "id" => filter.ids = Some(search::ids(&values)),
            "slug" => filter.slugs = Some(values),
            "name" => filter.names = Some(values),
            "platform" => filter.platforms = Some(values),
            "dsn" => filter.public_keys = Some(values),
            _ => filter.nothing = true,
        }
    }
}

/// What a list of an organization's projects is asked for.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// The search: `id:`, `slug:`, `team:`, `!team:`, `is_member:` and free text.
    pub query: String,
    /// Names of options to show with each project.
    pub options: Vec<String>,
    /// What to leave out: `latestDeploys`.
    pub collapse: Vec<String>,
    /// The period of counts to show with each project; not with everything at once.
    pub stats_period: Option<String>,
    /// The page; `None` is everything at once.
    pub page: Option<PageRequest>,
}

/// The projects of an organization, by slug: also those that the caller cannot reach, which say so.
pub async fn list_of_organization(
    ctx: &Ctx,
    org: &OrgAccess,
    wanted: &ListRequest,
) -> Result<Page<ProjectSummary>> {
    let period = period(wanted.stats_period.as_deref(), ctx.now())?;
    let mut filter = Filter { orgs: Some(vec![org.org.id]), ..Filter::default() };
    search_organization(&mut filter, org, &wanted.query)?;
    let mut page = match &wanted.page {
        Some(request) => {
            let mut page = page_of(ctx, org, &filter, &wanted.options, request).await?;
            if let Some(period) = period {
                add_stats(ctx, &mut page.rows, period).await?;
            }
            page
        }
        None => {
            let mut conn = ctx.store.read().await?;
            let projects = project::list::by_slug(&mut conn, &filter, Slice::ALL).await?;
            let rows = summarized(&mut conn, org, &projects, &wanted.options).await?;
            let everything = PageRequest { cursor: None, per_page: rows.len() as i64 };
            everything.sequence(rows)
        }
    };
    if wanted.collapse.iter().any(|what| what == "latestDeploys") {
        page.rows.iter_mut().for_each(|row| row.latest_deploys = None);
    }
    Ok(page)
}

fn search_organization(filter: &mut Filter, org: &OrgAccess, query: &str) -> Result<()> {
    let terms = search::parse(query);
    filter.text = terms.text;
    for (key, values) in terms.keys {
        match key.as_str() {
            "query" => filter.text = Some(values.join(" ")),
            "id" => {
                let is_digits = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
                if !values.iter().all(is_digits) {
                    return Err(bad_parameter(IDS_NOT_NUMBERS));
                }
                filter.ids = Some(search::ids(&values));
            }
            "slug" => filter.slugs = Some(values),
            "team" => filter.team_slugs = Some(values),
            "!team" => filter.without_team_slugs = Some(values),
            "is_member" if values.iter().all(|value| value != "false") => {
                filter.teams = Some(own_teams(org).collect());
            }
            "is_member" => filter.without_teams = Some(own_teams(org).collect()),
            _ => filter.nothing = true,
        }
    }
    Ok(())
}

/// Which counts are shown.
#[derive(Debug, Clone, Copy)]
enum Period {
    /// The last hour by minute, up to the running one: epoch seconds / 60.
    Minutes(i64),
    Hours(Window),
}

fn period(text: Option<&str>, now: Time) -> Result<Option<Period>> {
    Ok(Some(match text.unwrap_or_default() {
        "" => return Ok(None),
        "1h" => Period::Minutes(now.as_second().div_euclid(60)),
        "24h" => Period::Hours(Window::day(now)),
        "7d" => Period::Hours(Window::week(now)),
        "14d" => Period::Hours(Window::fortnight(now)),
        "30d" => Period::Hours(Window::month(now)),
        "90d" => Period::Hours(Window::quarter(now)),
        _ => return Err(bad_parameter(STATS_PERIOD)),
    }))
}

async fn add_stats(ctx: &Ctx, rows: &mut [ProjectSummary], period: Period) -> Result<()> {
    let id = |row: &ProjectSummary| row.project.project.id.parse::<i64>().map(ProjectId::new).ok();
    let ids: Vec<ProjectId> = rows.iter().filter_map(id).collect();
    let mut conn = ctx.store.read().await?;
    let counts = match period {
        Period::Minutes(last) => {
            let since = Time::from_second((last - (HOUR_MINUTES - 1)) * 60).unwrap_or(Time::MIN);
            stat::by_minute(&mut conn, &ids, since).await?
        }
        Period::Hours(window) => stat::of_projects(&mut conn, &ids, window.first_hour()).await?,
    };
    for row in rows {
        let own = counts.iter().filter(|(project, ..)| Some(*project) == id(row));
        let own: Vec<(i64, i64)> = own.map(|(_, time, count)| (*time, *count)).collect();
        row.stats = Some(match period {
            Period::Hours(window) => window.series(&own),
            Period::Minutes(last) => {
                let count =
                    |minute| own.iter().find(|(time, _)| *time == minute).map_or(0, |(_, count)| *count);
                (last - (HOUR_MINUTES - 1)..=last).map(|minute| (minute * 60, count(minute))).collect()
            }
        });
    }
    Ok(())
}

/// The form in which this list alone refuses parameters, whichever it is about.
fn bad_parameter(text: &str) -> Error {
    Error::Invalid(ErrorBody::Other(json!({"error": {"params": {"stats_period": {"message": text}}}})))
}

/// The projects of a team, by slug.
pub async fn list_of_team(
    ctx: &Ctx,
    access: &TeamAccess,
    request: &PageRequest,
) -> Result<Page<ProjectSummary>> {
    let filter = Filter { teams: Some(vec![access.team.id]), ..Filter::default() };
    page_of(ctx, &access.org, &filter, &[], request).await
}

async fn page_of(
    ctx: &Ctx,
    org: &OrgAccess,
    filter: &Filter,
    options: &[String],
    request: &PageRequest,
) -> Result<Page<ProjectSummary>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let page = window.page(project::list::by_slug(&mut conn, filter, slice(&window)).await?);
    let rows = summarized(&mut conn, org, &page.rows, options).await?;
    Ok(page.replace(|_| rows))
}

async fn summarized(
    conn: &mut Conn,
    org: &OrgAccess,
    projects: &[Project],
    options: &[String],
) -> Result<Vec<ProjectSummary>> {
    let ids: Vec<ProjectId> = projects.iter().map(|project| project.id).collect();
    Ok(Summarized::load(conn, &org.caller, &ids).await?.rows(org, projects, options))
}

/// How many projects an organization has, and how many of them are the caller's.
pub async fn count(ctx: &Ctx, org: &OrgAccess) -> Result<ProjectCounts> {
    let mut conn = ctx.store.read().await?;
    let all = Filter { orgs: Some(vec![org.org.id]), ..Filter::default() };
    let own = Filter { teams: Some(own_teams(org).collect()), ..all.clone() };
    Ok(ProjectCounts {
        all_projects: project::list::count(&mut conn, &all).await?,
        my_projects: project::list::count(&mut conn, &own).await?,
    })
}

/// What `project=` means when it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// The projects of a member's teams; all reachable ones for superusers and for callers who are no people.
    Own,
    /// All reachable projects.
    Reachable,
}

/// Projects as a query names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The values of `project=`: ids, `-1` for all that are reachable.
    pub ids: Vec<String>,
    /// The values of `projectSlug=`: slugs, `$all` for all that are reachable. They count before ids, which may only say
    /// the same.
    pub slugs: Vec<String>,
}

impl Named {
    /// Those with these ids.
    pub fn ids(ids: Vec<String>) -> Self {
        Self { ids, slugs: Vec::new() }
    }
}

/// The projects that a query means. One that is unknown or out of reach is refused.
pub async fn selected(
    conn: &mut Conn,
    org: &OrgAccess,
    named: &Named,
    unnamed: Unnamed,
) -> Result<Vec<ProjectId>> {
    let id = |value: &String| value.trim().parse::<i64>().map_err(|_| Error::invalid(NOT_NUMBERS));
    let ids = named.ids.iter().map(id).collect::<Result<Vec<i64>>>()?;
    let slugs: Vec<&str> = named.slugs.iter().map(String::as_str).filter(|slug| !slug.is_empty()).collect();
    let has_own = org.member.is_some() && !org.caller.is_superuser();
    let is_unnamed = ids.is_empty() && slugs.is_empty();
    if is_unnamed && unnamed == Unnamed::Own && has_own {
        return org.own_projects(conn).await;
    }
    let reachable = org.reachable_projects(conn).await?;
    let all = if slugs.is_empty() { ids.contains(&ALL_PROJECTS) } else { slugs.contains(&ALL_PROJECTS_SLUG) };
    if is_unnamed || all {
        return Ok(reachable);
    }
    let mut wanted: Vec<ProjectId> = ids.into_iter().map(ProjectId::new).collect();
    sort(&mut wanted);
    if !slugs.is_empty() {
        let projects = project::of_organization(conn, org.org.id).await?;
        let of_slug = |slug: &&str| projects.iter().find(|project| project.slug == *slug).map(|it| it.id);
        let found: Option<Vec<ProjectId>> = slugs.iter().map(of_slug).collect();
        let mut found = found.ok_or(Error::Forbidden)?;
        sort(&mut found);
        if !wanted.is_empty() && wanted != found {
            return Err(Error::Forbidden);
        }
        wanted = found;
    }
    if wanted.iter().all(|id| reachable.contains(id)) { Ok(wanted) } else { Err(Error::Forbidden) }
}

fn sort(ids: &mut Vec<ProjectId>) {
    ids.sort_unstable();
    ids.dedup();
}
