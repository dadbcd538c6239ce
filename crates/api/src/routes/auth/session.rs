//! `/api/0/auth/`: the session as a resource.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, StatusCode, header};
use mortise_service::{
    Caller, Ctx, Error as Refusal, people,
    sessions::{self, Confirmed, SignIn},
};
use mortise_wire::{
    errors::{ErrorBody, auth as texts},
    user::User,
};
use serde_json::json;

use crate::{
    Error, Result,
    edge::{Empty, cookies},
    extract::{Asker, Body},
};

/// Who asks.
#[utoipa::path(get, path = "/api/0/auth/", tag = "Sign-in", responses(
    (status = 200, description = "The user", body = User), (status = 400, description = "Nobody asks")))]
pub(crate) async fn get_auth(asker: Asker, State(ctx): State<Ctx>) -> Result<Response> {
    if asker.user.is_none() {
        return Ok(Empty(StatusCode::BAD_REQUEST).into_response());
    }
    Ok(Json(people::own_user(&ctx, &asker).await?).into_response())
}

/// Signs in with HTTP Basic and starts a session.
#[utoipa::path(post, path = "/api/0/auth/", tag = "Sign-in", responses(
    (status = 200, description = "Signed in; the session's cookies are set", body = User),
    (status = 400, description = "No name and password"),
    (status = 401, description = "Wrong name or password")))]
pub(crate) async fn create_session(
    asker: Asker,
    State(ctx): State<Ctx>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Response> {
    let Some((login, password)) = basic(&headers)? else {
        // Whoever has a session has signed in already; a token signs nobody in.
        let asker = if asker.auth.is_none() { asker } else { Asker(Caller::anonymous(asker.0.client)) };
        return get_auth(asker, State(ctx)).await;
    };
    match sessions::sign_in(&ctx, &login, password.into(), &asker.client).await? {
        SignIn::Started(started) => {
            let caller = Caller { user: Some(started.user.clone()), ..asker.0 };
            let user = people::own_user(&ctx, &caller).await?;
            Ok((cookies::begin(&ctx, jar, &started), Json(user)).into_response())
        }
        SignIn::Wrong | SignIn::Inactive => Err(Refusal::unauthorized(texts::BASIC_WRONG).into()),
        SignIn::TooOften => Err(too_often()),
    }
}

/// Enters the password again; with `isSuperuserModal` the session becomes a superuser's.
#[utoipa::path(put, path = "/api/0/auth/", tag = "Sign-in", request_body = serde_json::Value, responses(
    (status = 200, description = "Confirmed", body = User), (status = 403, description = "Wrong password")))]
pub(crate) async fn confirm_password(
    asker: Asker,
    State(ctx): State<Ctx>,
    jar: CookieJar,
    body: Body,
) -> Result<Response> {
    if asker.user.is_none() {
        return Ok(Empty(StatusCode::UNAUTHORIZED).into_response());
    }
    let mut fields = body.fields();
    let password = fields.string("password").untrimmed().optional().filter(|text| !text.is_empty());
    let is_superuser_modal = fields.bool("isSuperuserModal").or(false);
    let Some(password) = password else {
        let body = json!({"detail": {"code": "missing_password_or_u2f_code"}});
        return Err(Refusal::Invalid(ErrorBody::Other(body)).into());
    };
    fields.finish()?;
    match sessions::confirm_password(&ctx, &asker, password.into()).await? {
        Confirmed::Yes => {}
        Confirmed::Wrong => {
            return Err(Refusal::Refused(ErrorBody::Other(json!({"detail": {"code": "ignore"}}))).into());
        }
        Confirmed::TooOften => return Err(too_often()),
    }
    let mut jar = jar;
    if is_superuser_modal {
        jar = cookies::elevate(&ctx, jar, &sessions::elevate_superuser(&ctx, &asker).await?);
    }
    Ok((jar, Json(people::own_user(&ctx, &asker).await?)).into_response())
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/0/auth/", tag = "Sign-in", responses((status = 204, description = "Signed out")))]
pub(crate) async fn delete_session(asker: Asker, State(ctx): State<Ctx>, jar: CookieJar) -> Result<Response> {
    sessions::end_session(&ctx, &asker).await?;
    Ok((StatusCode::NO_CONTENT, cookies::end(jar)).into_response())
}

pub(super) fn too_often() -> Error {
    Refusal::TooMany(ErrorBody::detail("Too many attempts to sign in. Try again in a minute.")).into()
}

/// The name and password of the header; `None` without such a header.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>> {
    let Some(text) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Ok(None);
    };
    let mut words = text.split_ascii_whitespace();
    if !words.next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic")) {
        return Ok(None);
    }
    let refused = |text: &str| Err(Refusal::unauthorized(text).into());
    let encoded = match (words.next(), words.next()) {
        (None, _) => return refused(texts::BASIC_EMPTY),
        (Some(encoded), None) => encoded,
        _ => return refused(texts::BASIC_SPACES),
    };
    let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(decoded) = decoded else { return refused(texts::BASIC_ENCODING) };
    let (login, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    Ok(Some((login.to_owned(), password.to_owned())))
}
