//! Making an app, changing it, publishing it, deleting it.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::{OrgAccess, Permission, class},
    apps,
    wire::sentry_app::SentryApp,
};
use serde_json::Value;

use super::{
    Owned,
    form::{self, About},
    is_internal, needed, publication,
};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    pages::{access_to, sorry},
    routes::{self as to, path},
    view::{Section, Tone, app::AppFormPage},
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::new_public_app, get(new_public).post(create_public))
        .route(path::new_internal_app, get(new_internal).post(create_internal))
        .route(path::app_settings, get(settings).post(save))
        .route(path::app_delete, post(delete))
}

async fn new_public(visit: Signed, Path(org): Path<String>) -> Outcome {
    new(&visit, &org, false).await
}

async fn new_internal(visit: Signed, Path(org): Path<String>) -> Outcome {
    new(&visit, &org, true).await
}

async fn new(visit: &Visit, org: &str, is_internal: bool) -> Outcome {
    let access = access_to::org(visit, org, class::SentryApps::CLASS, "POST").await?;
    page(&new_page(visit, &access, is_internal, None).await?)
}

async fn new_page(
    visit: &Visit,
    access: &OrgAccess,
    is_internal: bool,
    sent: Option<(&Pairs, &Refused)>,
) -> Outcome<AppFormPage> {
    let (title, action) = match is_internal {
        true => ("New internal app", to::new_internal_app(&access.org.slug)),
        false => ("New public app", to::new_public_app(&access.org.slug)),
    };
    let shell = visit.org_shell(access, title, Section::Developer).await?;
    let about = About { app: None, is_internal, sent };
    Ok(AppFormPage { may_write: true, ..about.page(shell, None, action) })
}

async fn create_public(visit: Signed, Path(org): Path<String>, form: Form) -> Outcome {
    create(&visit, &org, &form, false).await
}

async fn create_internal(visit: Signed, Path(org): Path<String>, form: Form) -> Outcome {
    create(&visit, &org, &form, true).await
}

async fn create(visit: &Visit, org: &str, form: &Pairs, is_internal: bool) -> Outcome {
    let access = access_to::org(visit, org, class::SentryApps::CLASS, "POST").await?;
    let made = match form::body(form, None) {
        Ok(mut body) => {
            body.insert("organization".to_owned(), Value::from(access.org.slug.as_str()));
            body.insert("isInternal".to_owned(), Value::Bool(is_internal));
            let body = Value::Object(body);
            match apps::create_app(&visit.ctx, &visit.caller, Some(&body)).await {
                Ok(app) => Ok(app),
                Err(error) => Err(Refused::of(error)?),
            }
        }
        Err(refused) => Err(refused),
    };
    match made {
        Ok(app) => {
            let next = if is_internal { "Create a token for it here." } else { "These are its credentials." };
            let text = format!("{} is made. {next}", app.name);
            Ok(go_saying(&to::app_credentials(&access.org.slug, &app.slug), Tone::Good, &text))
        }
        Err(refused) => {
            let again = new_page(visit, &access, is_internal, Some((form, &refused))).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn settings(visit: Signed, Path((org, app)): Path<(String, String)>) -> Outcome {
    let owned = Owned::find(&visit, &org, &app).await?;
    let app = apps::get_app(&visit.ctx, &owned.app).await?;
    page(&settings_page(&visit, &owned, &app, None).await?)
}

async fn settings_page(
    visit: &Visit,
    owned: &Owned,
    app: &SentryApp,
    sent: Option<(&Pairs, &Refused)>,
) -> Outcome<AppFormPage> {
    let shell = visit.org_shell(&owned.org, &app.name, Section::Developer).await?;
    let about = About { app: Some(app), is_internal: is_internal(app), sent };
    let action = to::app_settings(owned.org_slug(), &app.slug);
    let form = about.page(shell, Some(owned.head(app)), action);
    let can_be_removed = is_internal(app) || app.status == "unpublished";
    Ok(AppFormPage {
        scopes_fixed: app.status == "published",
        publication: publication::of(visit, owned, app),
        may_write: owned.org.has(needed("PUT")),
        may_delete: can_be_removed && owned.org.has(needed("DELETE")),
        ..form
    })
}

async fn save(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    let stored = apps::get_app(&ctx, &owned.app).await?;
    let saved = match form::body(&form, Some(&stored)) {
        Ok(body) => match apps::update_app(&ctx, &owned.app, Some(&Value::Object(body))).await {
            Ok(app) => Ok(app),
            Err(error) => Err(Refused::of(error)?),
        },
        Err(refused) => Err(refused),
    };
    match saved {
        Ok(app) => {
            let back = to::app_settings(owned.org_slug(), &app.slug);
            Ok(go_saying(&back, Tone::Good, "The app is saved."))
        }
        Err(refused) => {
            let again = settings_page(&visit, &owned, &stored, Some((&form, &refused))).await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "DELETE").await?;
    let back = to::app_settings(owned.org_slug(), owned.slug());
    if form.get("confirm") != owned.slug() {
        return Ok(go_saying(&back, Tone::Bad, "Nothing was deleted: what you typed is not its short name."));
    }
    match apps::remove_app(&ctx, &owned.app).await {
        Ok(()) => {
            let text = format!("{} is deleted.", owned.app.app.name);
            Ok(go_saying(&to::developer_settings(owned.org_slug()), Tone::Good, &text))
        }
        Err(error) => sorry(error, &back),
    }
}
