//! The names that people and teams have at the other side of an installation: the list, adding, changing, removing one.

use std::collections::HashMap;

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::{Class, OrgAccess, Permission, class},
    external_actors::{self as actors, PROVIDERS},
    wire::external_actor::ExternalActor,
};
use serde_json::{Value, json};

use super::{CLASS, provider::Installed};
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, page, page_with},
    pages::{access_to, input, paging, people_choices, sorry},
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Tone,
        names::{NameForm, NameRow, NamesPage},
    },
};

/// The permission class of names of people.
const PEOPLE: Class = class::Organization::CLASS;
/// Providers with whose names files of owners are read.
const OF_OWNERS: [&str; 3] = ["github", "github_enterprise", "gitlab"];
/// What stands for every service that the API has no word for.
const OTHER: &str = "custom_scm";
/// Characters of a name and of an id at most.
const NAME_CHARS_MAX: u32 = 255;
const EXTERNAL_ID_CHARS_MAX: u32 = 64;
/// The fields of the form.
const FIELDS: [&str; 3] = ["whose", "externalName", "externalId"];

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::names, get(list).post(add))
        .route(path::name, post(change))
        .route(path::name_remove, post(remove))
}

/// Whether files of owners are read with names at this provider.
pub fn is_for_owners(provider: &str) -> bool {
    OF_OWNERS.contains(&provider)
}

/// The word of the API for the service of an installation.
fn word(installed: &Installed) -> &'static str {
    let key = installed.provider.key;
    if PROVIDERS.contains(&key) { key } else { OTHER }
}

fn back(installed: &Installed) -> String {
    to::names(&installed.access.org.slug, installed.provider.slug, installed.id())
}

/// People and teams to choose from: value and text. Values are `user:ID` and `team:ID`, where the id of a team is its slug.
struct Everybody {
    all: Vec<(String, String)>,
    /// Slugs of teams by id.
    slugs: HashMap<String, String>,
    /// What is said where there are more.
    rest: Vec<Choice>,
}

impl Everybody {
    async fn load(ctx: &Ctx, access: &OrgAccess) -> Outcome<Self> {
        let (members, teams) =
            (people_choices::members(ctx, access).await?, people_choices::teams(ctx, access).await?);
        let people = members.rows.iter().filter_map(|member| member.user.as_ref());
        let mut all: Vec<_> = people.map(|it| (format!("user:{}", it.id), it.name.clone())).collect();
        all.extend(teams.rows.iter().map(|it| (format!("team:{}", it.slug), format!("#{}", it.slug))));
        let rest = members.rest.into_iter().chain(teams.rest).collect();
        Ok(Self { all, slugs: teams.rows.into_iter().map(|it| (it.id, it.slug)).collect(), rest })
    }

    /// The value that stands for whose a name is.
    fn value(&self, it: &ExternalActor) -> String {
        match (&it.user_id, &it.team_id) {
            (Some(id), _) => format!("user:{id}"),
            (None, Some(id)) => self.slugs.get(id).map(|slug| format!("team:{slug}")).unwrap_or_default(),
            (None, None) => String::new(),
        }
    }

    fn text(&self, it: &ExternalActor) -> String {
        let value = self.value(it);
        let found = self.all.iter().find(|(known, _)| *known == value);
        let unknown = if self.rest.is_empty() { "somebody who left" } else { "somebody who is not listed" };
        found.map_or_else(|| unknown.to_owned(), |(_, text)| text.clone())
    }
}

async fn list(visit: Signed, Path(path): Path<(String, String, String)>) -> Outcome {
    let installed = Installed::of(&visit, path, CLASS, "GET").await?;
    page(&names_page(&visit, &installed, visit.query.get("change"), None).await?)
}

/// The page with the form for a new name, or for the one with the id `changed`.
async fn names_page(
    visit: &Visit,
    installed: &Installed,
    changed: &str,
    sent: Option<(&Pairs, &Refused)>,
) -> Outcome<NamesPage> {
    let (ctx, access) = (&visit.ctx, &installed.access);
    let everybody = Everybody::load(ctx, access).await?;
    let request = paging::request(visit, paging::ROWS)?;
    let found = actors::list_external_actors(ctx, access, installed.id(), request).await?;
    let changed = match changed {
        "" => None,
        id => Some(actors::get_external_actor(ctx, access, id).await?),
    };
    if changed.as_ref().is_some_and(|it| it.integration_id != installed.id()) {
        return Err(Problem::NotFound);
    }
    let may_write = installed.may(PEOPLE, "POST");
    Ok(NamesPage {
        shell: visit.org_shell(access, "People and teams", Section::Integrations).await?,
        installed: installed.head("names"),
        rows: found.rows.iter().map(|it| row(it, &everybody)).collect(),
        pager: paging::pager_of(&back(installed), visit, &found, ""),
        form: may_write.then(|| form(installed, changed.as_ref(), &everybody, sent)),
        may_remove: installed.may(PEOPLE, "DELETE"),
        is_for_owners: is_for_owners(installed.provider.key),
    })
}

fn row(it: &ExternalActor, everybody: &Everybody) -> NameRow {
    NameRow {
        id: it.id.clone(),
        name: it.external_name.clone(),
        external_id: it.external_id.clone().unwrap_or_default(),
        whose: everybody.text(it),
    }
}

fn form(
    installed: &Installed,
    changed: Option<&ExternalActor>,
    everybody: &Everybody,
    sent: Option<(&Pairs, &Refused)>,
) -> NameForm {
    let value = |name: &str, stored: Option<String>| {
        sent.map_or_else(|| stored.unwrap_or_default(), |(form, _)| form.get(name).to_owned())
    };
    let error = |name: &str| sent.map(|(_, refused)| refused.field(name)).unwrap_or_default();
    let whose = value("whose", changed.map(|it| everybody.value(it)));
    // A name of a person stays one of a person.
    let kind = changed.map(|it| if it.user_id.is_some() { "user:" } else { "team:" }).unwrap_or_default();
    let mut choices = vec![Choice::new("", "Choose…", whose.is_empty())];
    let fitting = everybody.all.iter().filter(|(id, _)| id.starts_with(kind));
    choices.extend(fitting.map(|(id, text)| Choice::new(id, text, *id == whose)));
    // Whoever is not listed stays chosen.
    let is_open = !everybody.rest.is_empty() && !choices.iter().any(|choice| choice.chosen);
    if let Some(it) = changed.filter(|_| is_open) {
        choices.push(Choice::new(&whose, &everybody.text(it), true));
    }
    choices.extend(everybody.rest.iter().cloned());
    let base = (&installed.access.org.slug, installed.provider.slug, installed.id());
    let name_error = [error("externalName"), error("provider")].into_iter().find(|text| !text.is_empty());
    NameForm {
        title: changed.map(|it| it.external_name.clone()).unwrap_or_default(),
        action: match changed {
            Some(it) => to::name(base.0, base.1, base.2, &it.id),
            None => to::names(base.0, base.1, base.2),
        },
        whose: Select {
            error: [error("whose"), error("userId")].concat(),
            ..Select::new("whose", "Person or team here", choices)
        },
        name: Field {
            required: true,
            error: name_error.unwrap_or_default(),
            hint: "As it is written there, such as @octocat or @acme/backend.",
            max_chars: NAME_CHARS_MAX,
            ..Field::text("externalName", "Name there")
                .value(&value("externalName", changed.map(|it| it.external_name.clone())))
        },
        external_id: Field {
            error: error("externalId"),
            hint: "Only where the other side has one.",
            max_chars: EXTERNAL_ID_CHARS_MAX,
            ..Field::text("externalId", "Id there")
                .value(&value("externalId", changed.and_then(|it| it.external_id.clone())))
        },
        error: sent
            .map(|(_, refused)| {
                refused.beside(&["whose", "userId", "externalName", "provider", "externalId"])
            })
            .unwrap_or_default(),
    }
}

/// What the form says of a name, and whose it is.
fn read<'a>(form: &'a Pairs, installed: &Installed) -> Result<(Value, &'a str, &'a str), Refused> {
    let (kind, id) = form.get(FIELDS[0]).split_once(':').unwrap_or_default();
    if id.is_empty() || !["user", "team"].contains(&kind) {
        return Err(Refused::field_error(FIELDS[0], "Choose a person or a team."));
    }
    let mut body = json!({
        "provider": word(installed), "integrationId": installed.id(),
        "externalName": form.get(FIELDS[1]).trim(), "externalId": form.get(FIELDS[2]).trim(),
    });
    if kind == "user" {
        body["userId"] = Value::from(id);
    }
    Ok((body, kind, id))
}

async fn again(
    visit: &Visit,
    installed: &Installed,
    changed: &str,
    form: &Pairs,
    refused: &Refused,
) -> Outcome {
    let shown = names_page(visit, installed, changed, Some((form, refused))).await?;
    page_with(StatusCode::BAD_REQUEST, &shown)
}

async fn add(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path(path): Path<(String, String, String)>,
    form: Form,
) -> Outcome {
    let org = path.0.clone();
    let installed = Installed::of(&visit, path, PEOPLE, "POST").await?;
    let (body, kind, id) = match read(&form, &installed) {
        Ok(read) => read,
        Err(refused) => return again(&visit, &installed, "", &form, &refused).await,
    };
    let name = form.get(FIELDS[1]).trim();
    let added = if kind == "user" {
        actors::add_external_user(&ctx, &installed.access, &input::body(body)).await
    } else {
        let team = access_to::team(&visit, &org, id, class::Team::CLASS, "POST").await?;
        actors::add_external_team(&ctx, &team, &input::body(body)).await
    };
    match added {
        Ok(added) if added.is_new => {
            Ok(go_saying(&back(&installed), Tone::Good, &format!("{name} is known now.")))
        }
        Ok(_) => {
            let text = format!("{name} is somebody's name already. Change or remove that one first.");
            again(&visit, &installed, "", &form, &Refused::field_error(FIELDS[1], &text)).await
        }
        Err(error) => again(&visit, &installed, "", &form, &Refused::of(error)?).await,
    }
}

type NamePath = (String, String, String, String);

/// The name that a path names, if it is one of the installation.
async fn find(visit: &Visit, installed: &Installed, id: &str) -> Outcome<ExternalActor> {
    let found = actors::get_external_actor(&visit.ctx, &installed.access, id).await?;
    if found.integration_id == installed.id() { Ok(found) } else { Err(Problem::NotFound) }
}

async fn change(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, provider, id, name)): Path<NamePath>,
    form: Form,
) -> Outcome {
    let installed = Installed::of(&visit, (org.clone(), provider, id), PEOPLE, "PUT").await?;
    let stored = find(&visit, &installed, &name).await?;
    let (body, kind, whose) = match read(&form, &installed) {
        Ok(read) => read,
        Err(refused) => return again(&visit, &installed, &name, &form, &refused).await,
    };
    let changed = match (kind, stored.user_id.is_some()) {
        ("user", true) => {
            actors::update_external_user(&ctx, &installed.access, &name, &input::body(body)).await
        }
        ("team", false) => {
            let team = access_to::team(&visit, &org, whose, class::Team::CLASS, "PUT").await?;
            actors::update_external_team(&ctx, &team, &name, &input::body(body)).await
        }
        _ => return Err(Problem::NotFound),
    };
    match changed {
        Ok(it) => Ok(go_saying(&back(&installed), Tone::Good, &format!("{} is saved.", it.external_name))),
        Err(error) => again(&visit, &installed, &name, &form, &Refused::of(error)?).await,
    }
}

async fn remove(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, provider, id, name)): Path<NamePath>,
    _form: Form,
) -> Outcome {
    let installed = Installed::of(&visit, (org, provider, id), PEOPLE, "DELETE").await?;
    let stored = find(&visit, &installed, &name).await?;
    match actors::remove_external_actor(&ctx, &installed.access, &name).await {
        Ok(()) => {
            let text = format!("{} is nobody's name any more.", stored.external_name);
            Ok(go_saying(&back(&installed), Tone::Good, &text))
        }
        Err(error) => sorry(error, &back(&installed)),
    }
}
