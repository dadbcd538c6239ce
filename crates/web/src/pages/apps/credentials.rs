//! The client id and secret of an app, the tokens of an internal one, and the app as a file.

use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse,
    routing::{get, post},
};
use http::header;
use mortise_domain::{Scope, ScopeSet, TokenId};
use mortise_service::{
    Ctx, apps,
    wire::{
        sentry_app::AppCredentials,
        token::{MASKED, Token},
    },
};

use super::{Owned, is_internal};
use crate::{
    edge::{Form, Outcome, Problem, Signed, Visit, go_saying, page},
    pages::sorry,
    routes::{self as to, path},
    view::{
        Section, Tone, When,
        app::{AppCredentialsPage, AppTokenRow, Secret},
    },
};

/// Who may manage tokens and secrets; the use cases check it again.
const MAY_MANAGE: ScopeSet = ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin]);

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::app_credentials, get(credentials))
        .route(path::app_rotate, post(rotate))
        .route(path::app_manifest, get(manifest))
        .route(path::app_tokens, post(create))
        .route(path::app_token_delete, post(delete))
}

/// What was made just now.
#[derive(Default)]
struct Made {
    secret: Option<String>,
    token: Option<String>,
}

async fn credentials(visit: Signed, Path((org, app)): Path<(String, String)>) -> Outcome {
    let owned = Owned::find(&visit, &org, &app).await?;
    show(&visit, &owned, Made::default()).await
}

/// The app as a file, to keep or to bring to another server. It holds no secret.
async fn manifest(visit: Signed, Path((org, app)): Path<(String, String)>) -> Outcome {
    let owned = Owned::find(&visit, &org, &app).await?;
    let manifest = apps::manifest_of(&visit.ctx, &owned.app).await?.to_toml()?;
    // Slugs are words and hyphens.
    let file = format!("attachment; filename=\"{}.toml\"", owned.slug());
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, file)];
    Ok((headers, manifest).into_response())
}

async fn show(visit: &Visit, owned: &Owned, made: Made) -> Outcome {
    let app = apps::get_app(&visit.ctx, &owned.app).await?;
    let may_manage = owned.org.has(MAY_MANAGE);
    let tokens = match is_internal(&app) && may_manage {
        true => Some(apps::list_tokens(&visit.ctx, &owned.app).await?),
        false => None,
    };
    page(&AppCredentialsPage {
        shell: visit.org_shell(&owned.org, &app.name, Section::Developer).await?,
        app: owned.head(&app),
        tab: "credentials",
        client_id: app.private.as_ref().map(|it| it.client_id.clone()).unwrap_or_default(),
        secret: made.secret.map_or_else(|| secret(app.private.as_ref()), Secret::New),
        tokens: tokens.map(|tokens| tokens.iter().map(|token| row(visit, token)).collect()),
        new_token: made.token,
        may_manage,
    })
}

fn secret(credentials: Option<&AppCredentials>) -> Secret {
    match credentials.and_then(|it| it.client_secret.as_deref()) {
        Some(MASKED) => Secret::Hidden,
        Some(text) => Secret::Shown(text.to_owned()),
        None => Secret::Gone,
    }
}

fn row(visit: &Visit, token: &Token) -> AppTokenRow {
    AppTokenRow {
        id: token.id.clone(),
        last_characters: token.token_last_characters.clone().unwrap_or_default(),
        scopes: token.scopes.clone(),
        created: When::new(token.date_created.time(), visit.now),
    }
}

async fn rotate(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    let made = apps::rotate_secret(&ctx, &owned.app).await?;
    show(&visit, &owned, Made { secret: Some(made.client_secret), ..Made::default() }).await
}

async fn create(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app)): Path<(String, String)>,
    _form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    let back = to::app_credentials(owned.org_slug(), owned.slug());
    let token = match apps::create_token(&ctx, &owned.app).await {
        Ok(token) => token.token.unwrap_or_default(),
        Err(error) => return sorry(error, &back),
    };
    if token == MASKED {
        let text = "The token is made, but only those see it whose role may do all that the app may do.";
        return Ok(go_saying(&back, Tone::Warn, text));
    }
    show(&visit, &owned, Made { token: Some(token), ..Made::default() }).await
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, app, token)): Path<(String, String, String)>,
    _form: Form,
) -> Outcome {
    let owned = Owned::to_change(&visit, &org, &app, "PUT").await?;
    let id: TokenId = token.parse().map_err(|_| Problem::NotFound)?;
    let back = to::app_credentials(owned.org_slug(), owned.slug());
    match apps::delete_token(&ctx, &owned.app, id).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "The token is deleted.")),
        Err(error) => sorry(error, &back),
    }
}
