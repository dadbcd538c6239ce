//! The issue list: a search in a tab, sorted, narrowed to a project and environment, page by page.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use mortise_service::{
    Ctx, Error,
    access::{OrgAccess, Permission, class},
    environments::{self, Visibility},
    issues::{
        list::{ListQuery, Listed, list_issues},
        scope::ScopeQuery,
    },
    places::{self, Start},
    projects::{self, Named},
    wire::{issue as wire, page::Page},
};

use super::{access_to, issue_words, paging};
use crate::{
    charts,
    edge::{Outcome, Pairs, Refused, Signed, Visit, go, page_with},
    routes::{self as to, path},
    view::{
        Avatar, Choice, Count, Level, Link, Pager, Priority, Section, Select, When,
        issue_list::{EmptyList, IssueListPage, IssueRow},
    },
};

/// Tabs: the word in the address, the text, the term that is put before the search.
const TABS: [(&str, &str, &str); 4] = [
    ("unresolved", "Unresolved", "is:unresolved"),
    ("resolved", "Resolved", "is:resolved"),
    ("archived", "Archived", "is:archived"),
    ("all", "All", ""),
];
/// Terms of a search that choose a status themselves, and the tab they mean.
const STATUS_TERMS: [(&str, &str); 4] = [
    ("is:unresolved", "unresolved"),
    ("is:resolved", "resolved"),
    ("is:archived", "archived"),
    ("is:ignored", "archived"),
];
/// Orders: the word in the address, the text.
const SORTS: [(&str, &str); 5] = [
    ("date", "Last seen"),
    ("new", "First seen"),
    ("freq", "Events"),
    ("user", "Users"),
    ("trends", "Trending"),
];
/// Spans of the small charts: the word in the address, the text.
const SPANS: [(&str, &str); 2] = [("24h", "24 h"), ("14d", "14 d")];
/// `project=` of every reachable project.
const ALL_PROJECTS: &str = "-1";

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::issues, get(list))
}

/// What the address asks for.
struct Asked {
    tab: &'static (&'static str, &'static str, &'static str),
    sort: &'static str,
    span: &'static (&'static str, &'static str),
    query: String,
    project: String,
    environment: String,
}

impl Asked {
    fn of(params: &Pairs) -> Self {
        let query = params.get("query").trim().to_owned();
        let in_query =
            STATUS_TERMS.iter().find(|(term, _)| query.split_whitespace().any(|word| word == *term));
        let tab = in_query.map_or(params.get("tab"), |(_, tab)| tab);
        Self {
            tab: TABS.iter().find(|(word, ..)| *word == tab).unwrap_or(&TABS[0]),
            sort: SORTS
                .iter()
                .map(|(word, _)| *word)
                .find(|word| *word == params.get("sort"))
                .unwrap_or(SORTS[0].0),
            span: SPANS.iter().find(|(word, _)| *word == params.get("span")).unwrap_or(&SPANS[0]),
            query,
            project: params.get("project").to_owned(),
            environment: params.get("environment").to_owned(),
        }
    }

    /// The search as the use case reads it.
    fn list_query(&self) -> ListQuery {
        let has_status =
            STATUS_TERMS.iter().any(|(term, _)| self.query.split_whitespace().any(|word| word == *term));
        let query = if has_status { self.query.clone() } else { format!("{} {}", self.tab.2, self.query) };
        let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        ListQuery {
            query: Some(query.trim().to_owned()),
            scope: ScopeQuery {
                projects: Named::ids(one(if self.project.is_empty() { ALL_PROJECTS } else { &self.project })),
                environments: one(&self.environment),
                ..ScopeQuery::default()
            },
            group_stats_period: Some(self.span.0.to_owned()),
            sort: Some(self.sort.to_owned()),
            short_id_lookup: true,
            ..ListQuery::default()
        }
    }
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationEvent::CLASS, "GET").await?;
    let mut asked = Asked::of(&visit.query);
    let mut query = asked.list_query();
    // An event id or short id alone means that one thing, whatever the tab.
    if asked.query.split_whitespace().count() == 1 && !asked.query.contains(':') {
        query.query = Some(asked.query.clone());
        match list_issues(&ctx, &access, &query, paging::request(&visit, "1")?).await {
            Ok(Listed::Direct(issue)) => return Ok(go(&direct(&access, &issue))),
            Ok(_) | Err(Error::Invalid(_)) => query = asked.list_query(),
            Err(error) => return Err(error.into()),
        }
    }
    let request = paging::request(&visit, paging::ROWS)?;
    let (page, error) = match list_issues(&ctx, &access, &query, request).await {
        Ok(Listed::Page(page, hits)) => (Some((page, hits)), String::new()),
        Ok(Listed::Direct(issue)) => return Ok(go(&direct(&access, &issue))),
        Ok(Listed::Named(_)) => (None, String::new()),
        Err(error @ Error::Invalid(_)) => (None, Refused::of(error)?.text()),
        Err(error) => return Err(error.into()),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    asked.query = visit.query.get("query").to_owned();
    let shown = show(&visit, &ctx, &access, &asked, page).await?;
    page_with(status, &IssueListPage { query_error: error, ..shown })
}

fn direct(access: &OrgAccess, issue: &wire::Issue) -> String {
    match &issue.expanded.matching_event_id {
        Some(event) => to::event(&access.org.slug, &issue.id, event),
        None => to::issue(&access.org.slug, &issue.id),
    }
}

async fn show(
    visit: &Visit,
    ctx: &Ctx,
    access: &OrgAccess,
    asked: &Asked,
    page: Option<(Page<wire::Issue>, i64)>,
) -> Outcome<IssueListPage> {
    let path = to::issues(&access.org.slug);
    let (project, environment) = selects(ctx, access, asked).await?;
    let (rows, pager) = match &page {
        Some((page, hits)) => {
            let summary = format!("{} of {hits}", page.rows.len());
            (
                page.rows.iter().map(|issue| row(visit, issue, asked.span)).collect(),
                paging::pager(visit, page, &summary),
            )
        }
        None => (Vec::new(), Pager::default()),
    };
    Ok(IssueListPage {
        shell: visit.org_shell(access, "Issues", Section::Issues).await?,
        query: asked.query.clone(),
        query_error: String::new(),
        tabs: tabs(visit, asked, &path),
        sort: select("sort", "Sort by", &SORTS, asked.sort),
        project,
        environment,
        spans: spans(visit, asked, &path),
        span_label: asked.span.1,
        empty: if rows.is_empty() { empty(ctx, access, asked).await? } else { EmptyList::NoMatch },
        rows,
        pager,
        keep: vec![("tab", asked.tab.0.to_owned()), ("span", asked.span.0.to_owned())],
    })
}

/// A tab drops a status that the search itself chose, else it would have no effect.
fn tabs(visit: &Visit, asked: &Asked, path: &str) -> Vec<Link> {
    let words =
        asked.query.split_whitespace().filter(|word| STATUS_TERMS.iter().all(|(term, _)| term != word));
    let query = words.collect::<Vec<_>>().join(" ");
    let kept = visit
        .query
        .with("cursor", None)
        .with("query", Some(&query).filter(|text| !text.is_empty()).map(String::as_str));
    let link = |(word, text, _): &(&str, &str, &str)| Link {
        text: (*text).to_owned(),
        href: kept.with("tab", Some(word)).behind(path),
        current: *word == asked.tab.0,
    };
    TABS.iter().map(link).collect()
}

fn spans(visit: &Visit, asked: &Asked, path: &str) -> Vec<Link> {
    let link = |(word, text): &(&str, &str)| Link {
        text: (*text).to_owned(),
        href: visit.query.with("span", Some(word)).behind(path),
        current: *word == asked.span.0,
    };
    SPANS.iter().map(link).collect()
}

fn select(name: &'static str, label: &'static str, choices: &[(&str, &str)], chosen: &str) -> Select {
    let choices = choices.iter().map(|(value, text)| Choice::new(value, text, *value == chosen)).collect();
    Select::new(name, label, choices).quiet()
}

/// The drop-downs of projects and environments. The latter holds those of the chosen project, or of all.
async fn selects(ctx: &Ctx, access: &OrgAccess, asked: &Asked) -> Outcome<(Select, Select)> {
    let all = projects::list_of_organization(ctx, access, &projects::ListRequest::default()).await?;
    let reachable: Vec<_> =
        all.rows.iter().map(|row| &row.project.project).filter(|project| project.has_access).collect();
    let mut choices = vec![Choice::new("", "All projects", asked.project.is_empty())];
    choices.extend(
        reachable.iter().map(|project| Choice::new(&project.id, &project.name, project.id == asked.project)),
    );
    let projects = Select::new("project", "Project", choices).quiet();
    let ids = Some(asked.project.clone()).filter(|id| !id.is_empty()).into_iter().collect();
    let named = Named::ids(ids);
    let found = environments::of_organization(ctx, access, &named, Visibility::Visible).await?;
    let mut choices = vec![Choice::new("", "All environments", asked.environment.is_empty())];
    choices.extend(found.iter().filter(|environment| !environment.name.is_empty()).map(|environment| {
        Choice::new(&environment.name, &environment.name, environment.name == asked.environment)
    }));
    Ok((projects, Select::new("environment", "Environment", choices).quiet()))
}

async fn empty(ctx: &Ctx, access: &OrgAccess, asked: &Asked) -> Outcome<EmptyList> {
    if !asked.project.is_empty() {
        return Ok(EmptyList::NoMatch);
    }
    Ok(match places::start_of(ctx, access).await? {
        Start::Issues => EmptyList::NoMatch,
        Start::NoProject => EmptyList::NoProject,
        Start::Waiting(project) => EmptyList::NoEvent(to::getting_started(&access.org.slug, &project)),
    })
}

fn row(visit: &Visit, issue: &wire::Issue, span: &(&str, &str)) -> IssueRow {
    let (kind, message) = issue_words::title(issue);
    let series = issue.stats.as_ref().and_then(|stats| stats.values().next());
    let counts: Vec<u64> = series
        .map(|series| series.iter().map(|(_, count)| issue_words::count(*count)).collect())
        .unwrap_or_default();
    IssueRow {
        id: issue.id.clone(),
        short_id: issue.short_id.clone(),
        kind,
        message,
        culprit: issue.culprit.clone().unwrap_or_default(),
        project: issue.project.slug.clone(),
        level: Level::parse(&issue.level).unwrap_or(Level::Error),
        priority: issue.priority.as_deref().and_then(Priority::parse).unwrap_or(Priority::Medium),
        state: issue_words::state_worth_telling(issue),
        events: Count(issue.count.parse().unwrap_or(0)),
        users: Count(issue_words::count(issue.user_count)),
        comments: issue_words::count(issue.num_comments),
        first_seen: When::new(issue.first_seen.time(), visit.now),
        last_seen: When::new(issue.last_seen.time(), visit.now),
        assignee: issue.assigned_to.as_ref().map(|assignee| Avatar::new(&issue_words::assignee(assignee))),
        trend: charts::sparkline(&counts, if span.0 == "24h" { "last 24 hours" } else { "last 14 days" }),
        bookmarked: issue.is_bookmarked,
        seen: issue.has_seen,
        links: issue
            .annotations
            .iter()
            .map(|link| super::issue_apps::unescaped(&link.display_name))
            .collect(),
    }
}
