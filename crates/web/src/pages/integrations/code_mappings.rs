//! Code mappings of an installation: the list, adding, changing, deleting one.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::{Class, Permission, class},
    code_mappings::{self, BRANCH_CHARS_MAX, ROOT_CHARS_MAX, Selection},
    projects,
    repositories::{self, ListRequest},
    wire::code_mapping::CodeMapping,
};
use serde_json::{Map, Value};

use super::provider::Installed;
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, page, page_with},
    pages::{input, paging, paging::Walk, sorry},
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Tone,
        code_mapping::{CodeMappingPage, CodeMappingsPage, MappingRow},
    },
};

/// The permission class of code mappings.
const CLASS: Class = class::OrganizationIntegrationsLoose::CLASS;
/// Repositories to choose from at most.
const REPOSITORIES_MAX: usize = 1000;
/// The fields of the form that the use case reads.
const FIELDS: [&str; 5] = ["projectId", "repositoryId", "stackRoot", "sourceRoot", "defaultBranch"];
const TAKEN: &str =
    "The project has a mapping for this stack trace root already. Change that one, or use a longer root.";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::code_mappings, get(list))
        .route(path::new_code_mapping, get(new).post(create))
        .route(path::code_mapping, get(one).post(save))
        .route(path::code_mapping_delete, post(delete))
}

fn back(installed: &Installed) -> String {
    to::code_mappings(&installed.access.org.slug, installed.provider.slug, installed.id())
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(path): Path<(String, String, String)>) -> Outcome {
    let installed = Installed::of(&visit, path, CLASS, "GET").await?;
    let wanted = Selection::Integration(installed.id().to_owned());
    let request = paging::request(&visit, paging::ROWS)?;
    let found = code_mappings::list_code_mappings(&ctx, &installed.access, &wanted, request).await?;
    page(&CodeMappingsPage {
        shell: visit.org_shell(&installed.access, "Code mappings", Section::Integrations).await?,
        installed: installed.head("code-mappings"),
        rows: found.rows.iter().map(row).collect(),
        pager: paging::pager(&visit, &found, ""),
        may_write: installed.may(CLASS, "PUT"),
        may_delete: installed.may(CLASS, "DELETE"),
    })
}

fn row(it: &CodeMapping) -> MappingRow {
    MappingRow {
        id: it.id.clone(),
        project: it.project_slug.clone(),
        repository: it.repo_name.clone(),
        stack_root: it.stack_root.clone(),
        source_root: it.source_root.clone(),
        branch: it.default_branch.clone().unwrap_or_default(),
        is_automatic: it.automatically_generated,
    }
}

/// What the form shows: what was sent, else what is stored.
struct Shown<'a> {
    stored: Option<&'a CodeMapping>,
    sent: Option<(&'a Pairs, &'a Refused)>,
}

impl Shown<'_> {
    fn value(&self, name: &str) -> String {
        if let Some((form, _)) = self.sent {
            return form.get(name).to_owned();
        }
        let Some(stored) = self.stored else { return String::new() };
        match name {
            "projectId" => stored.project_id.clone(),
            "repositoryId" => stored.repo_id.clone(),
            "stackRoot" => stored.stack_root.clone(),
            "sourceRoot" => stored.source_root.clone(),
            _ => stored.default_branch.clone().unwrap_or_default(),
        }
    }

    fn error(&self, name: &str) -> String {
        let Some((_, refused)) = self.sent else { return String::new() };
        match name {
            "stackRoot" if !refused.field("nonFieldErrors").is_empty() => TAKEN.to_owned(),
            _ => refused.field(name),
        }
    }

    fn line(&self, name: &'static str, label: &'static str, hint: &'static str, chars_max: usize) -> Field {
        Field {
            error: self.error(name),
            hint,
            is_code: true,
            max_chars: u32::try_from(chars_max).unwrap_or(0),
            ..Field::text(name, label).value(&self.value(name))
        }
    }

    fn select(
        &self,
        name: &'static str,
        label: &'static str,
        all: &[(String, String)],
        rest: Option<Choice>,
    ) -> Select {
        let chosen = self.value(name);
        let mut choices = vec![Choice::new("", "Choose…", chosen.is_empty())];
        choices.extend(all.iter().map(|(id, text)| Choice::new(id, text, *id == chosen)).chain(rest));
        Select { error: self.error(name), ..Select::new(name, label, choices) }
    }
}

async fn form_page(visit: &Visit, installed: &Installed, shown: Shown<'_>) -> Outcome<CodeMappingPage> {
    let (ctx, access) = (&visit.ctx, &installed.access);
    let mut walk = Walk::new(REPOSITORIES_MAX);
    let wanted = ListRequest { integration: Some(installed.id()), ..ListRequest::default() };
    while let Some(request) = walk.request() {
        walk.add(repositories::list_repositories(ctx, access, &wanted, request).await?);
    }
    let rest = walk.rest("repositories");
    let mut repositories: Vec<_> =
        walk.rows.into_iter().map(|it| (it.repository.id, it.repository.name)).collect();
    // One that is hidden is still the one of its mapping.
    if let Some(stored) = shown.stored
        && !repositories.iter().any(|(id, _)| *id == stored.repo_id)
    {
        repositories.push((stored.repo_id.clone(), stored.repo_name.clone()));
    }
    let all = projects::list_of_organization(ctx, access, &projects::ListRequest::default()).await?;
    let own = all.rows.iter().map(|it| &it.project.project).filter(|it| it.has_access);
    let projects: Vec<_> = own.map(|it| (it.id.clone(), it.slug.clone())).collect();
    let (org, provider, id) = (access.org.slug.as_str(), installed.provider.slug, installed.id());
    let (title, action) = match shown.stored {
        None => ("Add a code mapping", to::new_code_mapping(org, provider, id)),
        Some(stored) => ("Change a code mapping", to::code_mapping(org, provider, id, &stored.id)),
    };
    Ok(CodeMappingPage {
        shell: visit.org_shell(access, title, Section::Integrations).await?,
        installed: installed.head("code-mappings"),
        title: title.to_owned(),
        action,
        has_repositories: !repositories.is_empty(),
        project: shown.select("projectId", "Project", &projects, None),
        repository: shown.select("repositoryId", "Repository", &repositories, rest),
        stack_root: shown.line(
            "stackRoot",
            "Stack trace root",
            "What paths in stack traces begin with. Left empty, every path fits.",
            ROOT_CHARS_MAX,
        ),
        source_root: shown.line(
            "sourceRoot",
            "Source root",
            "What stands in its place in the repository. May be empty.",
            ROOT_CHARS_MAX,
        ),
        branch: shown.line(
            "defaultBranch",
            "Branch",
            "Where files are looked for, such as main.",
            BRANCH_CHARS_MAX,
        ),
        is_new: shown.stored.is_none(),
        error: shown
            .sent
            .map(|(_, refused)| match refused.field("nonFieldErrors").is_empty() {
                true => refused.beside(&FIELDS),
                false => String::new(),
            })
            .unwrap_or_default(),
    })
}

/// What the form says; a choice that was not made is told at its field.
fn body(form: &Pairs, installed: &Installed) -> Result<Map<String, Value>, Refused> {
    for (name, text) in [("projectId", "Choose a project."), ("repositoryId", "Choose a repository.")] {
        if form.get(name).is_empty() {
            return Err(Refused::field_error(name, text));
        }
    }
    let mut body = input::texts(form, &FIELDS);
    body.insert("integrationId".to_owned(), Value::from(installed.id()));
    Ok(body)
}

async fn new(visit: Signed, Path(path): Path<(String, String, String)>) -> Outcome {
    let installed = Installed::of(&visit, path, CLASS, "POST").await?;
    page(&form_page(&visit, &installed, Shown { stored: None, sent: None }).await?)
}

async fn create(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path(path): Path<(String, String, String)>,
    form: Form,
) -> Outcome {
    let installed = Installed::of(&visit, path, CLASS, "POST").await?;
    let refused = match body(&form, &installed) {
        Ok(body) => match code_mappings::create_code_mapping(&ctx, &installed.access, body).await {
            Ok(made) => {
                let text = format!("{} is mapped to {}.", made.project_slug, made.repo_name);
                return Ok(go_saying(&back(&installed), Tone::Good, &text));
            }
            Err(error) => Refused::of(error)?,
        },
        Err(refused) => refused,
    };
    let shown = Shown { stored: None, sent: Some((&form, &refused)) };
    page_with(StatusCode::BAD_REQUEST, &form_page(&visit, &installed, shown).await?)
}

type MappingPath = (String, String, String, String);

/// The installation and its mapping that a path names.
async fn find(visit: &Visit, path: MappingPath, method: &str) -> Outcome<(Installed, CodeMapping)> {
    let (org, provider, id, mapping) = path;
    let installed = Installed::of(visit, (org, provider, id), CLASS, method).await?;
    let found = code_mappings::get_code_mapping(&visit.ctx, &installed.access, &mapping).await?;
    let is_own = found.integration_id.as_deref() == Some(installed.id());
    if is_own { Ok((installed, found)) } else { Err(Problem::NotFound) }
}

async fn one(visit: Signed, Path(path): Path<MappingPath>) -> Outcome {
    let (installed, stored) = find(&visit, path, "PUT").await?;
    page(&form_page(&visit, &installed, Shown { stored: Some(&stored), sent: None }).await?)
}

async fn save(visit: Signed, State(ctx): State<Ctx>, Path(path): Path<MappingPath>, form: Form) -> Outcome {
    let (installed, stored) = find(&visit, path, "PUT").await?;
    let refused = match body(&form, &installed) {
        Ok(body) => {
            match code_mappings::update_code_mapping(&ctx, &installed.access, &stored.id, body).await {
                Ok(_) => return Ok(go_saying(&back(&installed), Tone::Good, "The mapping is saved.")),
                Err(error) => Refused::of(error)?,
            }
        }
        Err(refused) => refused,
    };
    let shown = Shown { stored: Some(&stored), sent: Some((&form, &refused)) };
    page_with(StatusCode::BAD_REQUEST, &form_page(&visit, &installed, shown).await?)
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, provider, id, mapping)): Path<MappingPath>,
    _form: Form,
) -> Outcome {
    let installed = Installed::of(&visit, (org, provider, id), CLASS, "DELETE").await?;
    match code_mappings::remove_code_mapping(&ctx, &installed.access, &mapping).await {
        Ok(()) => Ok(go_saying(&back(&installed), Tone::Good, "The mapping is deleted.")),
        Err(mortise_service::Error::Conflict(_)) => {
            let text = "Code owners use this mapping. Delete them first, in the settings of the project.";
            Ok(go_saying(&back(&installed), Tone::Bad, text))
        }
        Err(error) => sorry(error, &back(&installed)),
    }
}
