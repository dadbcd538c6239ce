//! Signing in and out, and entering the password again.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    sessions::{self, Confirmed, SignIn},
};

use crate::{
    edge::{Form, Outcome, Signed, Visit, cookies, go, local::local_path, page, page_with},
    routes::{self as to, path},
    view::{
        Field, Section,
        auth::{SignInPage, SudoPage},
    },
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::sign_in, get(sign_in_form).post(sign_in))
        .route(path::sign_out, post(sign_out))
        .route(path::sudo, get(sudo_form).post(sudo))
}

/// The path in `next` when it is one of ours, else the start.
pub(super) fn next_of(next: &str) -> String {
    local_path(next).map_or_else(to::home, str::to_owned)
}

async fn sign_in_form(visit: Visit) -> Outcome {
    let next = next_of(visit.query.get("next"));
    if visit.caller.user.is_some() {
        return Ok(go(&next));
    }
    page(&sign_in_page(&visit, "", "", &next))
}

fn sign_in_page(visit: &Visit, username: &str, error: &str, next: &str) -> SignInPage {
    let field =
        |name, label, autocomplete| Field { required: true, autocomplete, ..Field::text(name, label) };
    SignInPage {
        shell: visit.bare_shell("Sign in", Section::None),
        username: field("username", "E-mail or user name", "username").value(username),
        password: Field { kind: "password", ..field("password", "Password", "current-password") },
        error: error.to_owned(),
        next: next.to_owned(),
    }
}

async fn sign_in(visit: Visit, State(ctx): State<Ctx>, form: Form) -> Outcome {
    let (username, next) = (form.get("username"), next_of(form.get("next")));
    let password = form.get("password").to_owned().into();
    let (status, error) = match sessions::sign_in(&ctx, username, password, &visit.caller.client).await? {
        SignIn::Started(started) => return Ok((cookies::begin(&ctx, &started), go(&next)).into_response()),
        SignIn::Wrong => (StatusCode::UNAUTHORIZED, "The name or the password is wrong."),
        SignIn::Inactive => (StatusCode::FORBIDDEN, "This account is disabled."),
        SignIn::TooOften => (StatusCode::TOO_MANY_REQUESTS, "Too many attempts. Try again in a minute."),
    };
    page_with(status, &sign_in_page(&visit, username, error, &next))
}

async fn sign_out(visit: Visit, State(ctx): State<Ctx>, _form: Form) -> Outcome {
    sessions::end_session(&ctx, &visit.caller).await?;
    Ok((cookies::end(&ctx), go(&to::sign_in())).into_response())
}

async fn sudo_form(visit: Signed) -> Outcome {
    let next = next_of(visit.query.get("next"));
    page(&sudo_page(&visit, "", &next).await?)
}

async fn sudo_page(visit: &Visit, error: &str, next: &str) -> Outcome<SudoPage> {
    Ok(SudoPage {
        shell: visit.shell("Confirm it's you", Section::None).await?,
        password: confirm_field(error),
        next: next.to_owned(),
        action: to::sudo(),
        back: next.to_owned(),
        purpose: "make a change that needs your password".to_owned(),
    })
}

async fn sudo(visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome<Response> {
    let next = next_of(form.get("next"));
    let password = form.get("password").to_owned().into();
    let confirmed = sessions::confirm_password(&ctx, &visit.caller, password).await?;
    if let Confirmed::Yes = confirmed {
        return Ok(go(&next));
    }
    let (status, error) = wrong(&confirmed);
    page_with(status, &sudo_page(&visit, error, &next).await?)
}

/// What is said of a password that did not confirm anything.
pub(super) fn wrong(confirmed: &Confirmed) -> (StatusCode, &'static str) {
    match confirmed {
        Confirmed::TooOften => (StatusCode::TOO_MANY_REQUESTS, "Too many attempts. Try again in a minute."),
        _ => (StatusCode::FORBIDDEN, "The password is wrong."),
    }
}

/// Where the password is entered again.
pub(super) fn confirm_field(error: &str) -> Field {
    Field {
        required: true,
        autocomplete: "current-password",
        kind: "password",
        error: error.to_owned(),
        ..Field::text("password", "Password")
    }
}
