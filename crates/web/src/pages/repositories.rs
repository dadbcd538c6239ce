//! Repositories of an organization: the list, hiding, deleting, bringing back, and adding some through an integration.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use mortise_service::{
    Ctx, Error,
    access::{Class, OrgAccess, Permission, class},
    integrations::{self, ListRequest as Installed},
    repositories::{self, ListRequest},
    wire::{integration::OrganizationIntegration, repository::Repository},
};
use serde_json::{Map, Value, json};

use super::{access_to, input, paging, paging::Walk, sorry};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, go_saying, page},
    routes::{self as to, path},
    view::{
        Choice, Section, Select, State as Badge, Tone,
        repository::{FoundRow, NewRepositoryPage, RepositoriesPage, RepositoryRow, Stage},
    },
};

/// Reading and adding.
const LOOSE: Class = class::OrganizationIntegrationsLoose::CLASS;
/// Changing one.
const CLASS: Class = class::OrganizationIntegrations::CLASS;
/// Integrations to choose from at most.
const INTEGRATIONS_MAX: usize = 500;
/// Repositories of the other side that are shown at most; who looks for another one searches.
const FOUND_MAX: usize = 200;
/// States to choose from: value, text, and the word of the use case.
const STATES: [(&str, &str, Option<&str>); 3] =
    [("", "In use", None), ("away", "Hidden or deleted", Some("deleted")), ("all", "All states", Some(""))];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::repositories, get(list))
        .route(path::new_repository, get(offer).post(add))
        .route(path::repository_state, post(set_state))
        .route(path::repository_delete, post(delete))
}

fn may(access: &OrgAccess, class: Class, method: &str) -> bool {
    class.scopes(method).is_some_and(|scopes| access.has(scopes))
}

/// Every integration of the organization, by name.
async fn installed(ctx: &Ctx, access: &OrgAccess) -> Outcome<Walk<OrganizationIntegration>> {
    let mut walk = Walk::new(INTEGRATIONS_MAX);
    let wanted = Installed { without_config: true, ..Installed::default() };
    while let Some(request) = walk.request() {
        walk.add(integrations::list_integrations(ctx, access, &wanted, request).await?);
    }
    Ok(walk)
}

fn name_of(row: &OrganizationIntegration) -> String {
    format!("{}: {}", row.integration.provider.name, row.integration.name)
}

/// A list of integrations to choose from.
fn integration_choices(walk: &Walk<OrganizationIntegration>, none: &str, chosen: &str) -> Select {
    let mut choices = vec![Choice::new("", none, chosen.is_empty())];
    let choice = |row: &OrganizationIntegration| {
        Choice::new(&row.integration.id, &name_of(row), row.integration.id == chosen)
    };
    choices.extend(walk.rows.iter().map(choice).chain(walk.rest("integrations")));
    Select::new("integration", "Integration", choices).quiet()
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, LOOSE, "GET").await?;
    let (search, integration) = (visit.query.get("search").trim(), visit.query.get("integration"));
    let state = STATES.iter().find(|it| it.0 == visit.query.get("state")).unwrap_or(&STATES[0]);
    let wanted = ListRequest {
        query: search,
        integration: Some(integration).filter(|id| !id.is_empty()),
        status: state.2,
        with_settings: false,
    };
    let request = paging::request(&visit, paging::ROWS)?;
    let found = repositories::list_repositories(&ctx, &access, &wanted, request).await?;
    let installed = installed(&ctx, &access).await?;
    let states = STATES.iter().map(|it| Choice::new(it.0, it.1, it.0 == state.0)).collect();
    let pager = paging::pager(&visit, &found, "");
    page(&RepositoriesPage {
        shell: visit.org_shell(&access, "Repositories", Section::Repositories).await?,
        search: search.to_owned(),
        integration: integration_choices(&installed, "Any integration", integration),
        state: Select::new("state", "State", states).quiet(),
        rows: found.rows.iter().map(|it| row(&it.repository, &installed.rows)).collect(),
        pager,
        is_narrowed: !search.is_empty() || !integration.is_empty() || !state.0.is_empty(),
        may_add: may(&access, LOOSE, "POST"),
        may_write: may(&access, CLASS, "PUT"),
        may_delete: may(&access, CLASS, "DELETE"),
    })
}

fn row(it: &Repository, installed: &[OrganizationIntegration]) -> RepositoryRow {
    let (text, tone, stage) = match it.status.as_str() {
        "active" => ("In use", Tone::Good, Stage::Active),
        "disabled" => ("Hidden", Tone::Neutral, Stage::Hidden),
        "pending_deletion" => ("Will be deleted", Tone::Warn, Stage::Leaving),
        _ => ("Being deleted", Tone::Warn, Stage::Gone),
    };
    let own = installed.iter().find(|row| Some(&row.integration.id) == it.integration_id.as_ref());
    let is_address = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    RepositoryRow {
        id: it.id.clone(),
        name: it.name.clone(),
        url: it.url.as_ref().filter(is_address).cloned().unwrap_or_default(),
        place: own.map_or_else(|| it.provider.name.clone(), name_of),
        state: Badge::new(text, tone),
        stage,
    }
}

async fn set_state(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "PUT").await?;
    let body = json!({ "status": form.get("status") });
    match repositories::change_repository(&ctx, &access, &id, input::fields(&body)).await {
        Ok(it) if it.status == "active" => {
            Ok(go_saying(&to::repositories(&org), Tone::Good, &format!("{} is in use.", it.name)))
        }
        Ok(it) => Ok(go_saying(&to::repositories(&org), Tone::Good, &format!("{} is hidden.", it.name))),
        Err(error) => sorry(error, &to::repositories(&org)),
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::org(&visit, &org, CLASS, "DELETE").await?;
    let back = format!("{}?state=away", to::repositories(&org));
    match repositories::remove_repository(&ctx, &access, &id).await {
        Ok(it) => Ok(go_saying(&back, Tone::Good, &format!("{} will be deleted.", it.name))),
        Err(error) => sorry(error, &back),
    }
}

/// The integrations that repositories can be added from.
async fn hosts(ctx: &Ctx, access: &OrgAccess) -> Outcome<Walk<OrganizationIntegration>> {
    let mut walk = installed(ctx, access).await?;
    walk.rows.retain(|row| repositories::can_add_from(ctx, row.integration.provider.key));
    Ok(walk)
}

async fn offer(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, LOOSE, "POST").await?;
    let hosts = hosts(&ctx, &access).await?;
    let asked = visit.query.get("integration");
    let chosen = match hosts.rows.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|row| row.integration.id == asked),
    };
    let chosen = chosen.map(|row| row.integration.id.clone()).unwrap_or_default();
    let search = visit.query.get("search").trim();
    let (mut found, error) = match chosen.as_str() {
        "" => (Vec::new(), String::new()),
        id => remote(&ctx, &access, id, search).await?,
    };
    let is_cut = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    page(&NewRepositoryPage {
        shell: visit.org_shell(&access, "Add repositories", Section::Repositories).await?,
        integrations: integration_choices(&hosts, "Choose an integration", &chosen),
        has_integrations: !hosts.rows.is_empty(),
        chosen,
        search: search.to_owned(),
        found,
        is_cut,
        error,
    })
}

/// What the other side has, and what is said when it could not be asked.
async fn remote(ctx: &Ctx, access: &OrgAccess, id: &str, search: &str) -> Outcome<(Vec<FoundRow>, String)> {
    let wanted = Some(search).filter(|text| !text.is_empty());
    let found = match integrations::list_remote_repositories(ctx, access, id, wanted).await {
        Ok(found) => found,
        Err(error) => return Ok((Vec::new(), Refused::of(error)?.text())),
    };
    let searched = search.to_lowercase();
    let is_wanted = |name: &str| found.searchable == Some(true) || name.to_lowercase().contains(&searched);
    let rows = found.repos.iter().filter(|it| is_wanted(&it.identifier) || is_wanted(&it.name));
    let row = |it: &mortise_service::wire::integration::RemoteRepository| FoundRow {
        name: it.name.clone(),
        identifier: it.identifier.clone(),
        branch: it.default_branch.clone().unwrap_or_default(),
    };
    Ok((rows.map(row).collect(), String::new()))
}

async fn add(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, LOOSE, "POST").await?;
    let back = back_to_offer(&access, &form);
    let id = form.get("integration");
    let hosts = hosts(&ctx, &access).await?;
    let host = hosts.rows.iter().find(|row| row.integration.id == id).ok_or(Error::NotFound)?;
    let mut body = Map::new();
    let provider = format!("integrations:{}", host.integration.provider.key);
    body.insert("provider".to_owned(), Value::from(provider));
    body.insert("installation".to_owned(), Value::from(id));
    body.insert("identifier".to_owned(), Value::from(form.get("identifier")));
    match repositories::create_repository(&ctx, &access, body).await {
        Ok(made) => Ok(go_saying(&back, Tone::Good, &format!("{} is added.", made.name))),
        Err(error) => sorry(error, &back),
    }
}

fn back_to_offer(access: &OrgAccess, form: &Pairs) -> String {
    let kept: Pairs = ["integration", "search"].into_iter().map(|name| (name, form.get(name))).collect();
    kept.behind(&to::new_repository(&access.org.slug))
}
