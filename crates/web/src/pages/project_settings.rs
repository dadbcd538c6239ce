//! Settings of a project: general ones, client keys, environments.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::{Scope, ScopeSet, platform::project_platforms};
use mortise_service::{
    Ctx,
    access::{Permission, ProjectAccess, class},
    environments::{self, Visibility},
    projects,
};
use serde_json::{Value, json};

use super::{access_to, input, sorry};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Switch, Tone,
        project_settings::{EnvironmentView, ProjectEnvironmentsPage, ProjectHead, ProjectSettingsPage},
    },
};

/// Longest name, characters.
const NAME_CHARS_MAX: u32 = 200;
/// Longest slug, characters.
const SLUG_CHARS_MAX: u32 = 100;
/// Who may change a project; the use cases check it again.
const MAY_WRITE: ScopeSet = ScopeSet::of(&[Scope::ProjectWrite, Scope::ProjectAdmin]);
/// The fields that show their own errors.
const FIELDS: [&str; 5] = ["name", "slug", "platform", "resolveAge", "subjectPrefix"];
/// Switches: key, label, hint.
const SWITCHES: [(&str, &str, &str); 3] = [
    (
        "dataScrubber",
        "Scrub data",
        "Passwords, keys and card numbers are replaced before an event is stored.",
    ),
    (
        "dataScrubberDefaults",
        "Scrub what is usually private",
        "Fields with names such as password, secret or token.",
    ),
    (
        "scrubIPAddresses",
        "Do not store IP addresses",
        "Addresses of users are dropped before an event is stored.",
    ),
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::project_settings, get(settings).post(save))
        .route(path::project_delete, post(delete))
        .route(path::project_environments, get(environments_list).post(set_visibility))
}

/// What the head of each of the pages says.
pub(super) fn head(access: &ProjectAccess) -> ProjectHead {
    let project = &access.project;
    ProjectHead {
        slug: project.slug.clone(),
        name: project.name.clone(),
        id: project.id.to_string(),
        may_write: may_write(access),
    }
}

/// Whether the visitor may change the project.
pub(super) fn may_write(access: &ProjectAccess) -> bool {
    access.scopes.intersects(MAY_WRITE)
}

async fn settings(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::Project::CLASS, "GET").await?;
    page(&settings_page(&visit, &access, None, None).await?)
}

async fn settings_page(
    visit: &Visit,
    access: &ProjectAccess,
    form: Option<&Pairs>,
    refused: Option<&Refused>,
) -> Outcome<ProjectSettingsPage> {
    let project = &access.project;
    let stored = serde_json::to_value(projects::settings_of(project)).unwrap_or_default();
    let text =
        |name: &str, stored: String| form.and_then(|form| form.find(name)).map_or(stored, str::to_owned);
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    let setting = |name: &str| stored.get(name).map(super::words::json).unwrap_or_default();
    let switch = |(name, label, hint): &(&'static str, &'static str, &'static str)| {
        let kept = stored.get(*name).and_then(Value::as_bool).unwrap_or(false);
        let sent = form.filter(|form| form.find(name).is_some());
        Switch { name, label, hint, on: sent.map_or(kept, |form| form.is_on(name)) }
    };
    let field = |name: &'static str, label: &'static str, value: String| Field {
        error: error(name),
        ..Field::text(name, label).value(&value)
    };
    Ok(ProjectSettingsPage {
        shell: visit.org_shell(&access.org, "Project settings", Section::Projects).await?,
        project: head(access),
        tab: "general",
        error: refused.map(|refused| refused.beside(&FIELDS)).unwrap_or_default(),
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            ..field("name", "Name", text("name", project.name.clone()))
        },
        slug: Field {
            required: true,
            max_chars: SLUG_CHARS_MAX,
            hint: "Part of addresses and of the short ids of issues. The old one leads here.",
            ..field("slug", "Short name", text("slug", project.slug.clone()))
        },
        platform: platforms(
            &text("platform", project.platform.clone().unwrap_or_default()),
            error("platform"),
        ),
        resolve_age: Field {
            kind: "number",
            hint: "Resolves issues that were not seen for so many hours. 0 never does.",
            ..field(
                "resolveAge",
                "Resolve quiet issues after (hours)",
                text("resolveAge", setting("resolveAge")),
            )
        },
        subject_prefix: Field {
            hint: "Put before the subject of mails.",
            max_chars: NAME_CHARS_MAX,
            ..field("subjectPrefix", "Mail subject prefix", text("subjectPrefix", setting("subjectPrefix")))
        },
        switches: SWITCHES.iter().map(switch).collect(),
        may_write: may_write(access),
        may_delete: access.scopes.intersects(ScopeSet::of(&[Scope::ProjectAdmin])),
    })
}

fn platforms(chosen: &str, error: String) -> Select {
    let mut choices = vec![Choice::new("", "Not set", chosen.is_empty())];
    choices.extend(project_platforms().map(|platform| Choice::new(platform, platform, platform == chosen)));
    Select { error, ..Select::new("platform", "Platform", choices) }
}

async fn save(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::Project::CLASS, "PUT").await?;
    let mut body = input::texts(&form, &FIELDS);
    let names: Vec<&str> = SWITCHES.iter().map(|(name, ..)| *name).collect();
    input::switches(&mut body, &form, &names);
    match projects::update(&ctx, &access, input::fields(&Value::Object(body))).await {
        Ok(saved) => {
            let back = to::project_settings(&access.org.org.slug, &saved.project.project.slug);
            Ok(go_saying(&back, Tone::Good, "The settings are saved."))
        }
        Err(error) => {
            let refused = Refused::of(error)?;
            let again = settings_page(&visit, &access, Some(&form), Some(&refused)).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::Project::CLASS, "DELETE").await?;
    let back = to::project_settings(&org, &project);
    if form.get("confirm") != access.project.slug {
        return Ok(go_saying(&back, Tone::Bad, "Nothing was deleted: what you typed is not its short name."));
    }
    match projects::delete_project(&ctx, &access).await {
        Ok(()) => {
            Ok(go_saying(&to::projects(&org), Tone::Good, &format!("{} is deleted.", access.project.name)))
        }
        Err(error) => sorry(error, &back),
    }
}

async fn environments_list(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "GET").await?;
    let found = environments::of_project(&ctx, &access, Visibility::All).await?;
    page(&ProjectEnvironmentsPage {
        shell: visit.org_shell(&access.org, "Environments", Section::Projects).await?,
        project: head(&access),
        tab: "environments",
        environments: found
            .into_iter()
            .map(|row| EnvironmentView { name: row.name, hidden: row.is_hidden })
            .collect(),
        may_write: may_write(&access),
    })
}

async fn set_visibility(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "PUT").await?;
    let (name, is_hidden) = (form.get("name"), form.is_on("hidden"));
    let body = json!({ "isHidden": is_hidden });
    environments::update(&ctx, &access, name, input::fields(&body)).await?;
    let text = if is_hidden { format!("{name} is hidden.") } else { format!("{name} is shown.") };
    Ok(go_saying(&to::project_environments(&org, &project), Tone::Good, &text))
}
