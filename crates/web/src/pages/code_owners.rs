//! Code owners of a project: files of owners, what is wrong with the names in them, adding, fetching anew, deleting.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx, Error,
    access::{Class, Permission, ProjectAccess, class},
    code_mappings::{self, Selection},
    code_owners::{self, Shown},
    projects::Named,
    wire::{code_mapping::CodeMapping, code_owners::CodeOwners},
};
use serde_json::{Map, Value, json};

use super::{access_to, integrations::names, paging::Walk, project_settings::head, sorry};
use crate::{
    edge::{
        Form, Outcome, Pairs, Problem, Refused, Signed, Upload, Visit, go_saying, page, page_with,
        upload::UPLOAD_BYTES_MAX,
    },
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Tone, When,
        code_owners::{CodeOwnersPage, OwnersFile, OwnersForm, Trouble},
    },
};

/// The permission class of code owners.
const CLASS: Class = class::Project::CLASS;
/// Code mappings of a project that are offered at most.
const MAPPINGS_MAX: usize = 500;
const NO_FILE: &str = "The repository has no file of owners on the branch of its code mapping.";
const NO_TEXT: &str = "The file is no text.";

pub(super) fn routes() -> Router<Ctx> {
    let limit = || DefaultBodyLimit::max(UPLOAD_BYTES_MAX);
    Router::new()
        .route(path::code_owners, get(list).post(add).layer(limit()))
        .route(path::code_owners_file, post(save).layer(limit()))
        .route(path::code_owners_sync, post(sync))
        .route(path::code_owners_delete, post(delete))
}

fn back(access: &ProjectAccess) -> String {
    to::code_owners(&access.org.org.slug, &access.project.slug)
}

fn may(access: &ProjectAccess, method: &str) -> bool {
    CLASS.scopes(method).is_some_and(|scopes| access.scopes.intersects(scopes))
}

/// What was sent and refused: the id of the file it was for, empty for a new one.
struct Sent<'a> {
    file: &'a str,
    mapping: &'a str,
    raw: &'a str,
    refused: &'a Refused,
}

/// The files of owners of a project; the other side is not asked.
async fn files(ctx: &Ctx, access: &ProjectAccess) -> Outcome<Vec<CodeOwners>> {
    let shown = Shown { mapping: true, syntax: true, ..Shown::default() };
    Ok(code_owners::list_owners(ctx, access, shown).await?)
}

async fn list(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "GET").await?;
    page(&owners_page(&visit, &access, None).await?)
}

async fn owners_page(
    visit: &Visit,
    access: &ProjectAccess,
    sent: Option<Sent<'_>>,
) -> Outcome<CodeOwnersPage> {
    let files = files(&visit.ctx, access).await?;
    let mut walk = Walk::new(MAPPINGS_MAX);
    let wanted = Selection::Projects(Named::ids(vec![access.project.id.to_string()]));
    while let Some(request) = walk.request() {
        walk.add(code_mappings::list_code_mappings(&visit.ctx, &access.org, &wanted, request).await?);
    }
    let has_mappings = !walk.rows.is_empty();
    let is_free = |it: &&CodeMapping| !files.iter().any(|file| file.code_mapping_id == it.id);
    let free: Vec<_> = walk.rows.iter().filter(is_free).collect();
    let may_write = may(access, "POST");
    let new = sent.as_ref().filter(|sent| sent.file.is_empty());
    Ok(CodeOwnersPage {
        shell: visit.org_shell(&access.org, "Code owners", Section::Projects).await?,
        project: head(access),
        tab: "code-owners",
        files: files.iter().map(|it| file(visit, access, it, sent.as_ref())).collect(),
        form: (may_write && !free.is_empty()).then(|| form(&free, walk.rest("code mappings"), new)),
        has_mappings,
        may_write,
        may_delete: may(access, "DELETE"),
    })
}

fn file(visit: &Visit, access: &ProjectAccess, it: &CodeOwners, sent: Option<&Sent<'_>>) -> OwnersFile {
    let rules = it.ownership_syntax.clone().unwrap_or_default();
    let sent = sent.filter(|sent| sent.file == it.id);
    let raw = sent.map_or_else(|| it.raw.clone().unwrap_or_default(), |sent| sent.raw.to_owned());
    let mapping = it.code_mapping.as_ref();
    OwnersFile {
        id: it.id.clone(),
        repository: mapping.map(|it| it.repo_name.clone()).unwrap_or_default(),
        mapping: mapping.map(mapping_text).unwrap_or_default(),
        updated: When::new(it.date_updated.time(), visit.now),
        rule_count: rules.lines().count(),
        troubles: troubles(access, it),
        raw: Field {
            id: format!("raw-{}", it.id),
            rows: 10,
            is_code: true,
            error: sent.map(|sent| in_words(sent.refused)).unwrap_or_default(),
            ..Field::area("raw", "The file").value(&raw)
        },
        rules,
    }
}

fn mapping_text(it: &CodeMapping) -> String {
    let root = |root: &str, none: &str| if root.is_empty() { none.to_owned() } else { root.to_owned() };
    let (stack, source) = (root(&it.stack_root, "Any path"), root(&it.source_root, "the top folder"));
    format!("{stack} in stack traces is {source} in the repository.")
}

/// What is wrong with the names of a file.
fn troubles(access: &ProjectAccess, it: &CodeOwners) -> Vec<Trouble> {
    let org = access.org.org.slug.as_str();
    let mapping = it.code_mapping.as_ref();
    let names = mapping.and_then(|it| {
        let provider = it.provider.as_ref().filter(|it| names::is_for_owners(it.key))?;
        Some(to::names(org, provider.slug, it.integration_id.as_ref()?))
    });
    let names = |text| names.clone().map(|href| (href, text));
    let errors = &it.errors;
    let all = [
        (
            "No member here has these mail addresses.",
            &errors.missing_user_emails,
            Some((to::members(org), "Members")),
        ),
        ("Nobody here is known by these names.", &errors.missing_external_users, names("Say who they are")),
        (
            "No team here is known by these names.",
            &errors.missing_external_teams,
            names("Say which teams they are"),
        ),
        (
            "These teams do not have the project, so they own nothing in it.",
            &errors.teams_without_access,
            Some((to::teams(org), "Teams")),
        ),
        (
            "These people are in no team of the project, so they own nothing in it.",
            &errors.users_without_access,
            Some((to::teams(org), "Teams")),
        ),
    ];
    let found = all.into_iter().filter(|(_, names, _)| !names.is_empty());
    found.map(|(text, names, way_out)| Trouble { text, names: names.clone(), way_out }).collect()
}

fn form(free: &[&CodeMapping], rest: Option<Choice>, sent: Option<&Sent<'_>>) -> OwnersForm {
    let chosen = sent.map(|sent| sent.mapping).unwrap_or_default();
    let text = |it: &CodeMapping| format!("{}: {}", it.repo_name, mapping_text(it));
    let choices = free.iter().map(|it| Choice::new(&it.id, &text(it), it.id == chosen)).chain(rest).collect();
    let error = |name: &str| sent.map(|sent| sent.refused.field(name)).unwrap_or_default();
    OwnersForm {
        mapping: Select {
            error: error("codeMappingId"),
            ..Select::new("codeMappingId", "Code mapping", choices)
        },
        raw: Field {
            rows: 8,
            is_code: true,
            error: error("raw"),
            hint: "The text of the CODEOWNERS file.",
            ..Field::area("raw", "The file").value(sent.map(|sent| sent.raw).unwrap_or_default())
        },
        error: sent
            .filter(|sent| {
                sent.refused.field("codeMappingId").is_empty() && sent.refused.field("raw").is_empty()
            })
            .map(|sent| in_words(sent.refused))
            .unwrap_or_default(),
    }
}

/// A refusal as people read it: whose names have no place in the rules stands in a form that programs know.
fn in_words(refused: &Refused) -> String {
    let text = refused.text();
    let names = text.split_once("Invalid rule owners: ").and_then(|(_, rest)| rest.split_once('\''));
    match names {
        Some((names, _)) => format!(
            "These members are in no team of the project: {names}. Put them into one, or leave them out of the file."
        ),
        None => text,
    }
}

/// The text of the form: its file, else its field.
fn raw(upload: &Upload) -> Result<String, Refused> {
    if upload.file.is_empty() {
        return Ok(upload.texts.get("raw").replace("\r\n", "\n"));
    }
    let text = String::from_utf8(upload.file.to_vec());
    text.map_err(|_| Refused::field_error("raw", NO_TEXT))
}

fn body(fields: &[(&str, &str)]) -> Map<String, Value> {
    fields.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect()
}

/// The file of owners in the repository of a code mapping.
async fn remote(visit: &Visit, access: &ProjectAccess, mapping: &str) -> Outcome<Result<String, Refused>> {
    let org = &access.org.org.slug;
    let org = access_to::org(visit, org, class::OrganizationIntegrations::CLASS, "GET").await?;
    match code_mappings::get_remote_owners(&visit.ctx, &org, mapping).await {
        Ok(file) => Ok(Ok(file.raw)),
        Err(Error::Missing(_)) => Ok(Err(Refused::field_error("detail", NO_FILE))),
        Err(error) => Refused::of(error).map(Err),
    }
}

async fn again(visit: &Visit, access: &ProjectAccess, sent: Sent<'_>) -> Outcome {
    page_with(StatusCode::BAD_REQUEST, &owners_page(visit, access, Some(sent)).await?)
}

/// The code mapping with this id, if it is one of the project.
async fn own_mapping(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Outcome<CodeMapping> {
    let found = code_mappings::get_code_mapping(ctx, &access.org, id).await?;
    let is_own = found.project_id == access.project.id.to_string();
    if is_own { Ok(found) } else { Err(Problem::NotFound) }
}

async fn add(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    upload: Upload,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "POST").await?;
    let texts: &Pairs = &upload.texts;
    let mapping = own_mapping(&ctx, &access, texts.get("codeMappingId")).await?;
    let read = match texts.get("from") {
        "repository" => remote(&visit, &access, &mapping.id).await?,
        _ => raw(&upload),
    };
    let (raw, refused) = match read {
        Ok(raw) => {
            let sent = body(&[("codeMappingId", &mapping.id), ("raw", &raw)]);
            match code_owners::create_owners(&ctx, &access, sent).await {
                Ok(_) => {
                    let text = format!("The code owners of {} are known now.", mapping.repo_name);
                    return Ok(go_saying(&back(&access), Tone::Good, &text));
                }
                Err(error) => (raw, Refused::of(error)?),
            }
        }
        Err(refused) => (texts.get("raw").to_owned(), refused),
    };
    let sent = Sent { file: "", mapping: &mapping.id, raw: &raw, refused: &refused };
    again(&visit, &access, sent).await
}

type FilePath = (String, String, String);

async fn save(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, id)): Path<FilePath>,
    upload: Upload,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "PUT").await?;
    let raw = upload.texts.get("raw").replace("\r\n", "\n");
    match code_owners::update_owners(&ctx, &access, &id, body(&[("raw", &raw)])).await {
        Ok(_) => Ok(go_saying(&back(&access), Tone::Good, "The file is saved.")),
        Err(error) => {
            let refused = Refused::of(error)?;
            again(&visit, &access, Sent { file: &id, mapping: "", raw: &raw, refused: &refused }).await
        }
    }
}

async fn sync(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, id)): Path<FilePath>,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "PUT").await?;
    let found = files(&ctx, &access).await?.into_iter().find(|it| it.id == id).ok_or(Problem::NotFound)?;
    let raw = match remote(&visit, &access, &found.code_mapping_id).await? {
        Ok(raw) => raw,
        Err(refused) => return Ok(go_saying(&back(&access), Tone::Bad, &refused.text())),
    };
    // Stored without what is blank at its ends.
    if found.raw.as_deref().is_some_and(|stored| stored.trim() == raw.trim()) {
        return Ok(go_saying(&back(&access), Tone::Neutral, "The file in the repository is the same."));
    }
    match code_owners::update_owners(&ctx, &access, &id, body(&[("raw", &raw)])).await {
        Ok(_) => Ok(go_saying(&back(&access), Tone::Good, "The file of the repository is taken over.")),
        Err(error) => Ok(go_saying(&back(&access), Tone::Bad, &in_words(&Refused::of(error)?))),
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, id)): Path<FilePath>,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, CLASS, "DELETE").await?;
    match code_owners::remove_owners(&ctx, &access, &id).await {
        Ok(()) => Ok(go_saying(&back(&access), Tone::Good, "The code owners are deleted.")),
        Err(error) => sorry(error, &back(&access)),
    }
}
