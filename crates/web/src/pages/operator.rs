//! What people who run the server do: becoming a superuser for a while, and seeing who waits for them.

use axum::{
    Router,
    extract::State,
    response::IntoResponse,
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{Caller, Ctx, apps, sessions, sessions::Confirmed};

use super::auth::{confirm_field, next_of, wrong};
use crate::{
    edge::{Form, Outcome, Problem, Signed, cookies, go, page, page_with},
    routes::{self as to, path},
    view::{
        Section, When,
        auth::SudoPage,
        operator::{PublicationRequestsPage, RequestRow},
    },
};

/// What the addresses of pages begin with that are for superusers alone.
const OPERATOR: &str = "/operator/";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::superuser, get(form).post(elevate))
        .route(path::end_superuser, post(end))
        .route(path::publication_requests, get(requests))
}

async fn form(visit: Signed) -> Outcome {
    let next = next_of(visit.query.get("next"));
    page(&sudo_page(&visit, "", &next).await?)
}

async fn sudo_page(visit: &Signed, error: &str, next: &str) -> Outcome<SudoPage> {
    if !visit.caller.user.as_ref().is_some_and(|user| user.is_superuser) {
        return Err(Problem::Forbidden);
    }
    Ok(SudoPage {
        shell: visit.shell("Become superuser", Section::None).await?,
        password: confirm_field(error),
        next: next.to_owned(),
        action: to::superuser(),
        back: if next.starts_with(OPERATOR) { to::home() } else { next.to_owned() },
        purpose: "act as a superuser, who may see and change everything on this server, until you have not done so for a \
                  quarter of an hour, and for four hours at most"
            .to_owned(),
    })
}

async fn elevate(visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome {
    let next = next_of(form.get("next"));
    let confirmed = sessions::confirm_password(&ctx, &visit.caller, form.get("password").to_owned().into());
    let confirmed = confirmed.await?;
    if let Confirmed::Yes = confirmed {
        let elevated = sessions::elevate_superuser(&ctx, &visit.caller).await?;
        return Ok((cookies::elevate(&ctx, &elevated), go(&next)).into_response());
    }
    let (status, error) = wrong(&confirmed);
    page_with(status, &sudo_page(&visit, error, &next).await?)
}

async fn end(_visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome {
    Ok((cookies::end_elevation(&ctx), go(&next_of(form.get("next")))).into_response())
}

/// Lets superusers on. Who may become one is asked for the password first, since that ends by itself while a form is
/// written; nobody else learns that there is such a page.
pub(super) fn require_superuser(caller: &Caller) -> Outcome<()> {
    match &caller.user {
        _ if caller.is_superuser() => Ok(()),
        Some(user) if user.is_superuser => Err(Problem::Superuser),
        _ => Err(Problem::NotFound),
    }
}

async fn requests(visit: Signed, State(ctx): State<Ctx>) -> Outcome {
    require_superuser(&visit.caller)?;
    let waiting = apps::publication_requests(&ctx, &visit.caller).await?;
    let row = |it: apps::PublicationRequest| RequestRow {
        page: to::app_settings(&it.org_slug, &it.slug),
        app: it.name,
        organization: it.org_name,
        by: it.by.unwrap_or_default(),
        when: it.at.map(|at| When::new(at, visit.now)),
        answers: it.answers,
    };
    page_with(
        StatusCode::OK,
        &PublicationRequestsPage {
            shell: visit.account_shell("Publication requests").await?,
            requests: waiting.into_iter().map(row).collect(),
        },
    )
}
