//! Projects: the list, a new one, and the guide to its first event.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use http::StatusCode;
use mortise_domain::ProjectId;
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, ProjectAccess, class},
    issues::{
        list::{ListQuery, Listed, list_project_issues},
        pulse::{self, Pulse},
    },
    keys,
    projects::{self, ListRequest},
    wire::{page::PageRequest, project::ProjectSummary, team::Team},
};
use serde_json::Value;

use super::{access_to, input, issue_words, paging, people_choices};
use crate::{
    charts,
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go, page, page_with},
    routes::{self as to, path},
    view::{
        Choice, Count, Field, Search, Section, Select, When,
        project::{FirstEvent, GettingStartedPage, NewProjectPage, ProjectCard, ProjectListPage, snippets},
    },
};

/// Projects on a page of the list.
const ROWS: &str = "48";
/// Longest name of a new project, characters.
const NAME_CHARS_MAX: u32 = 50;
/// Longest slug, characters.
const SLUG_CHARS_MAX: u32 = 100;
/// Platforms to choose from, the common ones first: value and text.
const PLATFORMS: [(&str, &str); 16] = [
    ("python", "Python"),
    ("python-django", "Django"),
    ("python-fastapi", "FastAPI"),
    ("node", "Node.js"),
    ("javascript", "Browser"),
    ("javascript-react", "React"),
    ("javascript-nextjs", "Next.js"),
    ("java", "Java"),
    ("java-spring-boot", "Spring Boot"),
    ("csharp", "C#"),
    ("go", "Go"),
    ("ruby-rails", "Rails"),
    ("php-laravel", "Laravel"),
    ("rust", "Rust"),
    ("flutter", "Flutter"),
    ("other", "Other"),
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::projects, get(list))
        .route(path::new_project, get(new_form).post(create))
        .route(path::getting_started, get(getting_started))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationRead::CLASS, "GET").await?;
    let here = to::projects(&access.org.slug);
    let search = visit.query.get("search").trim();
    let wanted = ListRequest {
        query: search.replace(':', " "),
        page: Some(paging::request(&visit, ROWS)?),
        ..ListRequest::default()
    };
    let mut found = projects::list_of_organization(&ctx, &access, &wanted).await?;
    let pager = paging::pager(&visit, &found, "");
    found.rows.retain(|row| row.project.project.has_access);
    let ids: Vec<ProjectId> =
        found.rows.iter().filter_map(|row| row.project.project.id.parse().ok()).collect();
    let pulses = pulse::of_projects(&ctx, &ids).await?;
    let card_of = |row: &ProjectSummary| {
        let pulse = pulses.iter().find(|pulse| pulse.project.to_string() == row.project.project.id);
        card(&visit, row, pulse)
    };
    page(&ProjectListPage {
        shell: visit.org_shell(&access, "Projects", Section::Projects).await?,
        search: Search::above(&pager, here, "projects", "Search projects", search),
        projects: found.rows.iter().map(card_of).collect(),
        pager,
        may_create: !teams_to_create_in(&ctx, &access).await?.rows.is_empty(),
    })
}

fn card(visit: &Visit, row: &ProjectSummary, pulse: Option<&Pulse>) -> ProjectCard {
    let project = &row.project.project;
    let hours: Vec<u64> = pulse
        .map(|pulse| pulse.hours.iter().map(|count| issue_words::count(*count)).collect())
        .unwrap_or_default();
    ProjectCard {
        id: project.id.clone(),
        slug: project.slug.clone(),
        name: project.name.clone(),
        platform: project.platform.clone().unwrap_or_default(),
        teams: row.project.teams.iter().map(|team| team.slug.clone()).collect(),
        unresolved: Count(pulse.map_or(0, |pulse| issue_words::count(pulse.unresolved))),
        events: Count(hours.iter().sum()),
        trend: charts::sparkline(&hours, "last 24 hours"),
        first_event: project.first_event.map(|time| When::new(time.time(), visit.now)),
    }
}

/// The teams in which the caller may create projects.
async fn teams_to_create_in(ctx: &Ctx, access: &OrgAccess) -> Outcome<people_choices::Listed<Team>> {
    let mut teams = people_choices::teams(ctx, access).await?;
    teams.rows.retain(|team| team.id.parse().is_ok_and(|id| projects::may_create_in(access, id)));
    Ok(teams)
}

async fn new_form(visit: Signed, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationRead::CLASS, "GET").await?;
    page(&new_page(&visit, &access, &Pairs::default(), None).await?)
}

async fn new_page(
    visit: &Visit,
    access: &OrgAccess,
    form: &Pairs,
    refused: Option<&Refused>,
) -> Outcome<NewProjectPage> {
    let teams = teams_to_create_in(&visit.ctx, access).await?;
    let platform = form.find("platform").unwrap_or(PLATFORMS[0].0);
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    let is_told = ["name", "slug", "platform"].iter().any(|field| !error(field).is_empty());
    let of_whole = refused.filter(|_| !is_told).map(Refused::text).unwrap_or_default();
    let no_team =
        "You are in no team in which you may create projects. Join a team, or ask an owner or manager.";
    Ok(NewProjectPage {
        shell: visit.org_shell(access, "New project", Section::Projects).await?,
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            error: error("name"),
            ..Field::text("name", "Name").value(form.get("name"))
        },
        slug: Field {
            max_chars: SLUG_CHARS_MAX,
            error: error("slug"),
            hint: "Its short name in addresses. Made from the name when left empty.",
            ..Field::text("slug", "Short name").value(form.get("slug"))
        },
        team: team_select(&teams, form.get("team")),
        platforms: PLATFORMS
            .iter()
            .map(|(value, text)| Choice::new(value, text, *value == platform))
            .collect(),
        error: if teams.rows.is_empty() { no_team.to_owned() } else { of_whole },
    })
}

fn team_select(teams: &people_choices::Listed<Team>, chosen: &str) -> Select {
    let choice = |team: &Team| Choice::new(&team.slug, &format!("#{}", team.slug), team.slug == chosen);
    let choices = teams.rows.iter().map(choice).chain(teams.rest.clone()).collect();
    Select { hint: "Its members see the project.", ..Select::new("team", "Team", choices) }
}

async fn create(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationRead::CLASS, "GET").await?;
    let made = if form.get("team").is_empty() {
        Err(Refused::field_error("team", "Choose a team."))
    } else {
        let team = access_to::team(&visit, &org, form.get("team"), class::TeamProject::CLASS, "GET").await?;
        let body = Value::Object(input::filled(&form, &["name", "slug", "platform"]));
        match projects::create_project(&ctx, &team, input::fields(&body)).await {
            Ok(project) => Ok(project),
            Err(error) => Err(Refused::of(error)?),
        }
    };
    match made {
        Ok(project) => Ok(go(&to::getting_started(&access.org.slug, &project.slug))),
        Err(refused) => {
            page_with(StatusCode::BAD_REQUEST, &new_page(&visit, &access, &form, Some(&refused)).await?)
        }
    }
}

async fn getting_started(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::Project::CLASS, "GET").await?;
    let active = keys::list(&visit.ctx, &access, Some("active"), PageRequest::default()).await?;
    // The oldest key is the one that everybody uses.
    let dsn = active.rows.last().map(|key| key.dsn.public.clone());
    let platform = access.project.platform.clone().unwrap_or_default();
    page(&GettingStartedPage {
        shell: visit.org_shell(&access.org, "Getting started", Section::Projects).await?,
        project: access.project.slug.clone(),
        project_name: access.project.name.clone(),
        snippets: dsn.as_deref().map(|dsn| snippets(dsn, &platform)).unwrap_or_default(),
        dsn,
        first: first_event(&visit, &access).await?,
    })
}

/// The newest issue stands for the first event: the guide is left as soon as there is one.
async fn first_event(visit: &Visit, access: &ProjectAccess) -> Outcome<FirstEvent> {
    let query = ListQuery { query: Some(String::new()), ..ListQuery::default() };
    let request = PageRequest { cursor: None, per_page: 1 };
    let Listed::Page(page, _) = list_project_issues(&visit.ctx, access, &query, request).await? else {
        return Ok(FirstEvent::Waiting);
    };
    Ok(match page.rows.first() {
        Some(issue) => FirstEvent::Arrived {
            issue_id: issue.id.clone(),
            title: issue.title.clone(),
            when: When::new(issue.last_seen.time(), visit.now),
        },
        None => FirstEvent::Waiting,
    })
}
