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
    Ctx, Error as Refusal, people,
    sessions::{self, Confirmed, SignIn},
};
use mortise_wire::{errors::ErrorBody, user::User};
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
    (status = 400, description = "Wrong name or password")))]
pub(crate) async fn create_session(
    asker: Asker,
    State(ctx): State<Ctx>,
    jar: CookieJar,
    headers: HeaderMap,
) -> Result<Response> {
    let refused = || Ok(Empty(StatusCode::BAD_REQUEST).into_response());
    let Some((login, password)) = basic(&headers) else { return refused() };
    match sessions::sign_in(&ctx, &login, password.into(), &asker.client).await? {
        SignIn::Started(started) => {
            let caller = mortise_service::Caller { user: Some(started.user.clone()), ..asker.0 };
            let user = people::own_user(&ctx, &caller).await?;
            Ok((cookies::begin(&ctx, jar, &started), Json(user)).into_response())
        }
        SignIn::Wrong | SignIn::Inactive => refused(),
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
    asker.user()?;
    let mut fields = body.fields();
    let password = fields.string("password").optional().filter(|text| !text.is_empty());
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

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, password) = decoded.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}
