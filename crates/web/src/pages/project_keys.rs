//! Client keys of a project.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::{Permission, ProjectAccess, class},
    keys,
    wire::key::ProjectKey,
};
use serde_json::{Map, Value, json};

use super::{
    access_to, input,
    paging::Walk,
    project_settings::{head, may_write},
    sorry,
};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Field, Section, State as Badge, Tone, When,
        project::snippets,
        project_settings::{KeyView, ProjectKeysPage},
    },
};

/// Keys that are shown at most.
const KEYS_MAX: usize = 200;
/// Longest name of a key, characters.
const NAME_CHARS_MAX: u32 = 64;

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::project_keys, get(list).post(create))
        .route(path::project_key, post(change))
        .route(path::project_key_delete, post(delete))
}

async fn list(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "GET").await?;
    page(&keys_page(&visit, &access, &Refusal::default()).await?)
}

/// A form of the page that was refused: of which key (empty for a new one), what was sent, and why.
#[derive(Default)]
struct Refusal {
    key: String,
    form: Pairs,
    refused: Option<Refused>,
}

impl Refusal {
    /// The value of a field of a key's form, and what is wrong with it.
    fn field(&self, key: &str, name: &str, stored: String) -> (String, String) {
        match &self.refused {
            Some(refused) if self.key == key => {
                let error = refused.field(name);
                let is_elsewhere = error.is_empty() && name == "name";
                (self.form.get(name).to_owned(), if is_elsewhere { refused.text() } else { error })
            }
            _ => (stored, String::new()),
        }
    }
}

async fn keys_page(visit: &Visit, access: &ProjectAccess, refusal: &Refusal) -> Outcome<ProjectKeysPage> {
    let mut walk = Walk::new(KEYS_MAX);
    while let Some(request) = walk.request() {
        walk.add(keys::list(&visit.ctx, access, None, request).await?);
    }
    let keys = walk.rows;
    let dsn = keys.iter().rfind(|key| key.is_active).map(|key| key.dsn.public.clone());
    let platform = access.project.platform.clone().unwrap_or_default();
    let (value, error) = refusal.field("", "name", String::new());
    Ok(ProjectKeysPage {
        shell: visit.org_shell(&access.org, "Client keys", Section::Projects).await?,
        project: head(access),
        tab: "keys",
        keys: keys.iter().map(|key| view(visit, key, refusal)).collect(),
        new_name: Field {
            id: "new-name".to_owned(),
            max_chars: NAME_CHARS_MAX,
            error,
            ..Field::text("name", "Name of a new key").value(&value)
        },
        snippets: dsn.map(|dsn| snippets(&dsn, &platform)).unwrap_or_default(),
        may_write: may_write(access),
    })
}

fn view(visit: &Visit, key: &ProjectKey, refusal: &Refusal) -> KeyView {
    let field = |name: &'static str, label: &'static str, stored: String| {
        let (value, error) = refusal.field(&key.id, name, stored);
        Field { id: format!("{name}-{}", key.id), error, ..Field::text(name, label).value(&value) }
    };
    let part = |of: fn(&mortise_service::wire::key::KeyRateLimit) -> i64| {
        key.rate_limit.as_ref().map(|limit| of(limit).to_string()).unwrap_or_default()
    };
    let number = |field: Field| Field { kind: "number", ..field };
    KeyView {
        public: key.id.clone(),
        name: key.name.clone(),
        dsn: key.dsn.public.clone(),
        active: key.is_active,
        state: if key.is_active {
            Badge::new("Active", Tone::Good)
        } else {
            Badge::new("Disabled", Tone::Neutral)
        },
        created: When::new(key.date_created.time(), visit.now),
        name_field: Field { max_chars: NAME_CHARS_MAX, ..field("name", "Name", key.name.clone()) },
        rate_count: number(field("count", "Events", part(|limit| limit.count))),
        rate_window: number(field("window", "in seconds", part(|limit| limit.window))),
        limit: match &key.rate_limit {
            Some(limit) => format!("{} events in {} s", limit.count, limit.window),
            None => "no limit".to_owned(),
        },
    }
}

async fn create(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "POST").await?;
    let body = Value::Object(input::filled(&form, &["name"]));
    match keys::create(&ctx, &access, input::fields(&body)).await {
        Ok(key) => {
            let text = format!("The key {} is ready.", key.name);
            Ok(go_saying(&to::project_keys(&org, &project), Tone::Good, &text))
        }
        Err(error) => again(&visit, &access, "", form.0, Refused::of(error)?).await,
    }
}

async fn again(visit: &Visit, access: &ProjectAccess, key: &str, form: Pairs, refused: Refused) -> Outcome {
    let refusal = Refusal { key: key.to_owned(), form, refused: Some(refused) };
    page_with(StatusCode::BAD_REQUEST, &keys_page(visit, access, &refusal).await?)
}

async fn change(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, key)): Path<(String, String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "PUT").await?;
    let body = match form.get("action") {
        "enable" => json!({ "isActive": true }),
        "disable" => json!({ "isActive": false }),
        _ => match limits(&form) {
            Ok(body) => Value::Object(body),
            Err(refused) => return again(&visit, &access, &key, form.0, refused).await,
        },
    };
    match keys::update(&ctx, &access, &key, input::fields(&body)).await {
        Ok(key) => {
            let text = format!("The key {} is saved.", key.name);
            Ok(go_saying(&to::project_keys(&org, &project), Tone::Good, &text))
        }
        Err(error) => again(&visit, &access, &key, form.0, Refused::of(error)?).await,
    }
}

/// Name and limit of a form. Both parts of the limit empty switch it off; one alone is refused.
fn limits(form: &Pairs) -> Result<Map<String, Value>, Refused> {
    let mut body = input::texts(form, &["name"]);
    let number = |name: &str| match form.get(name).trim() {
        "" => Ok(None),
        text => {
            text.parse::<i64>().map(Some).map_err(|_| Refused::field_error(name, "Enter a whole number."))
        }
    };
    let limit = match (number("count")?.filter(|n| *n != 0), number("window")?.filter(|n| *n != 0)) {
        (None, None) => Value::Null,
        (Some(count), Some(window)) => json!({ "count": count, "window": window }),
        (None, Some(_)) => return Err(Refused::field_error("count", "Say how many, or clear both.")),
        (Some(_), None) => return Err(Refused::field_error("window", "Say in how long, or clear both.")),
    };
    body.insert("rateLimit".to_owned(), limit);
    Ok(body)
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, key)): Path<(String, String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, class::ProjectSetting::CLASS, "DELETE").await?;
    let back = to::project_keys(&org, &project);
    match keys::delete(&ctx, &access, &key).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "The key is deleted.")),
        Err(error) => sorry(error, &back),
    }
}
