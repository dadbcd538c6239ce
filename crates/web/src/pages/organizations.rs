//! A new organization, and the settings of one.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::{OrgRole, Scope, ScopeSet};
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, class},
    organizations::{self, Form as Wanted},
    wire::organization::OrganizationDetail,
};
use serde_json::{Map, Value};

use super::{access_to, input};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Switch, Tone,
        organization::{NewOrganizationPage, OrganizationSettingsPage},
    },
};

/// Longest name, characters.
const NAME_CHARS_MAX: u32 = 64;
/// Longest slug, characters.
const SLUG_CHARS_MAX: u32 = 50;
/// The parts of an organization that this page needs.
const PLAIN: Wanted = Wanted { children: false, features: false };

/// Switches about who may do what: key, label, hint.
const MEMBERSHIP: [(&str, &str, &str); 4] = [
    ("openMembership", "Open teams", "Members may join every team and see every project."),
    ("allowMemberProjectCreation", "Members create projects", "In the teams they are in."),
    ("eventsMemberAdmin", "Members delete issues", "Otherwise only managers and owners do."),
    ("alertsMemberWrite", "Members change alert rules", "Otherwise only admins, managers and owners do."),
];
/// Switches about private data: key, label, hint.
const PRIVACY: [(&str, &str, &str); 4] = [
    (
        "dataScrubber",
        "Scrub data in all projects",
        "Passwords, keys and card numbers are replaced before events are stored.",
    ),
    ("scrubIPAddresses", "Drop IP addresses in all projects", "Of the people who met an error."),
    (
        "enhancedPrivacy",
        "Keep source code and data out of messages",
        "Mails and other messages then tell only where to look.",
    ),
    ("allowSharedIssues", "Allow public links to issues", "Whoever has the link sees the issue."),
];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::new_organization, get(new_form).post(create))
        .route(path::settings, get(settings).post(save))
        .route(path::organization_delete, post(delete))
}

async fn new_form(visit: Signed) -> Outcome {
    page(&new_page(&visit, &Pairs::default(), None).await?)
}

async fn new_page(visit: &Visit, form: &Pairs, refused: Option<&Refused>) -> Outcome<NewOrganizationPage> {
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    Ok(NewOrganizationPage {
        shell: visit.account_shell("New organization").await?,
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            error: error("name"),
            autocomplete: "organization",
            ..Field::text("name", "Name").value(form.get("name"))
        },
        slug: Field {
            max_chars: SLUG_CHARS_MAX,
            error: slug_error(refused),
            hint: "Its short name in addresses: letters, digits and hyphens. Made from the name when left empty.",
            ..Field::text("slug", "Short name").value(form.get("slug"))
        },
    })
}

/// A slug that is taken is refused as a whole, but it is the field that is wrong.
fn slug_error(refused: Option<&Refused>) -> String {
    let Some(refused) = refused else { return String::new() };
    let of_field = refused.field("slug");
    if of_field.is_empty() { refused.beside(&["name", "defaultRole"]) } else { of_field }
}

async fn create(visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome {
    let mut body = input::filled(&form, &["name", "slug"]);
    body.insert("defaultTeam".to_owned(), Value::Bool(true));
    match organizations::create_organization(&ctx, &visit.caller, &input::body(Value::Object(body))).await {
        Ok(made) => Ok(go(&to::new_project(&made.summary.slug))),
        Err(error) => {
            let refused = Refused::of(error)?;
            page_with(StatusCode::BAD_REQUEST, &new_page(&visit, &form, Some(&refused)).await?)
        }
    }
}

async fn settings(visit: Signed, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::Organization::CLASS, "GET").await?;
    page(&settings_page(&visit, &access, None, None).await?)
}

async fn settings_page(
    visit: &Visit,
    access: &OrgAccess,
    form: Option<&Pairs>,
    refused: Option<&Refused>,
) -> Outcome<OrganizationSettingsPage> {
    let detail = organizations::get_organization(&visit.ctx, access, PLAIN).await?;
    let stored = serde_json::to_value(&detail).unwrap_or_default();
    let text = |name: &str, stored: &str| form.and_then(|form| form.find(name)).unwrap_or(stored).to_owned();
    let is_on = |name: &str| match form {
        Some(form) if form.find(name).is_some() => form.is_on(name),
        _ => stored.get(name).and_then(Value::as_bool).unwrap_or(false),
    };
    let switch = |(name, label, hint): &(&'static str, &'static str, &'static str)| Switch {
        name,
        label,
        hint,
        on: is_on(name),
    };
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    Ok(OrganizationSettingsPage {
        shell: visit.org_shell(access, "Organization settings", Section::Settings).await?,
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            error: error("name"),
            ..Field::text("name", "Name").value(&text("name", &access.org.name))
        },
        slug: Field {
            required: true,
            max_chars: SLUG_CHARS_MAX,
            error: slug_error(refused),
            hint: "Part of every address. Links to the old one stop working.",
            ..Field::text("slug", "Short name").value(&text("slug", &access.org.slug))
        },
        default_role: Select {
            error: error("defaultRole"),
            ..default_role(&detail, &text("defaultRole", &detail.default_role))
        },
        membership: MEMBERSHIP.iter().map(switch).collect(),
        privacy: PRIVACY.iter().map(switch).collect(),
        may_write: access.has(ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin])),
        may_delete: access.has(ScopeSet::of(&[Scope::OrgAdmin])) && !detail.is_default,
    })
}

fn default_role(detail: &OrganizationDetail, chosen: &str) -> Select {
    let is_retired = |id: &str| id.parse::<OrgRole>().is_ok_and(OrgRole::is_retired);
    let roles = detail.available_roles.iter().filter(|role| !is_retired(&role.id) || role.id == chosen);
    let choices = roles.map(|role| Choice::new(&role.id, &role.name, role.id == chosen)).collect();
    Select {
        hint: "What people are who join by an invitation without role.",
        ..Select::new("defaultRole", "Role of new members", choices)
    }
}

async fn save(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::Organization::CLASS, "PUT").await?;
    let mut body: Map<String, Value> = input::texts(&form, &["name", "slug", "defaultRole"]);
    let names: Vec<&str> = MEMBERSHIP.iter().chain(&PRIVACY).map(|(name, ..)| *name).collect();
    input::switches(&mut body, &form, &names);
    // Whoever may not change the role of new members sends it unchanged.
    if body.get("defaultRole").and_then(Value::as_str) == Some(&access.org.default_role) {
        body.remove("defaultRole");
    }
    match organizations::update_organization(&ctx, access.clone(), &input::body(Value::Object(body)), PLAIN)
        .await
    {
        Ok(saved) => Ok(go_saying(&to::settings(&saved.summary.slug), Tone::Good, "The settings are saved.")),
        Err(error) => {
            let refused = Refused::of(error)?;
            page_with(
                StatusCode::BAD_REQUEST,
                &settings_page(&visit, &access, Some(&form), Some(&refused)).await?,
            )
        }
    }
}

async fn delete(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::Organization::CLASS, "DELETE").await?;
    let (slug, name) = (access.org.slug.clone(), access.org.name.clone());
    if form.get("confirm") != slug {
        return Ok(go_saying(
            &to::settings(&slug),
            Tone::Bad,
            "Nothing was deleted: what you typed is not its short name.",
        ));
    }
    match organizations::delete_organization(&ctx, access).await {
        Ok(_) => Ok(go_saying(&to::home(), Tone::Good, &format!("{name} is deleted."))),
        Err(error) => super::sorry(error, &to::settings(&slug)),
    }
}
