//! From the headers of a request to a caller: the schemes in their order, the first that recognises the header decides.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header, request::Parts};
use mortise_service::{
    Caller, Client, Ctx, Error as Refusal, authenticate,
    sessions::{SESSION_COOKIE, SUPERUSER_COOKIE},
};
use mortise_wire::errors::auth as texts;

use super::{Error, Result, csrf};

/// Where a request comes from.
pub fn client_of(parts: &Parts) -> Client {
    let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let user_agent =
        parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Client { ip, user_agent }
}

/// Credentials of an `Authorization` header.
enum Credentials<'a> {
    Bearer(&'a str),
    ApiKey(String),
}

/// Who sends this request. Without credentials that a scheme recognises: the session, else nobody.
pub(super) async fn caller(ctx: &Ctx, parts: &Parts) -> Result<Caller> {
    let client = client_of(parts);
    match credentials(&parts.headers)? {
        Some(Credentials::Bearer(token)) => Ok(authenticate::bearer(ctx, token, client).await?),
        Some(Credentials::ApiKey(key)) => Ok(authenticate::api_key(ctx, &key, client).await?),
        None => session(ctx, parts, client).await,
    }
}

/// The session of this request's cookies; unsafe requests must repeat its token.
pub(super) async fn session(ctx: &Ctx, parts: &Parts, client: Client) -> Result<Caller> {
    let cookies = CookieJar::from_headers(&parts.headers);
    let Some(cookie) = cookies.get(SESSION_COOKIE) else { return Ok(Caller::anonymous(client)) };
    let superuser = cookies.get(SUPERUSER_COOKIE).map(Cookie::value);
    let caller = authenticate::session(ctx, cookie.value(), superuser, client).await?;
    if let Some(session) = &caller.session {
        csrf::check(&parts.method, &parts.headers, session)?;
    }
    Ok(caller)
}

fn credentials(headers: &HeaderMap) -> Result<Option<Credentials<'_>>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    // A header that is no text names no scheme we know.
    let Ok(text) = value.to_str() else { return Ok(None) };
    let mut words = text.split_ascii_whitespace();
    let refused = |text: &str| Err(Error::from(Refusal::unauthorized(text)));
    match words.next().map(str::to_ascii_lowercase).as_deref() {
        Some("bearer") => match (words.next(), words.next()) {
            (None, _) => refused(texts::BEARER_EMPTY),
            (Some(token), None) => Ok(Some(Credentials::Bearer(token))),
            _ => refused(texts::BEARER_SPACES),
        },
        Some("basic") => match (words.next(), words.next()) {
            (None, _) => refused(texts::BASIC_EMPTY),
            (Some(encoded), None) => api_key(encoded),
            _ => refused(texts::BASIC_SPACES),
        },
        _ => Ok(None),
    }
}

/// `key:` in base64. With a password it is not meant for this scheme.
fn api_key(encoded: &str) -> Result<Option<Credentials<'static>>> {
    let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(decoded) = decoded else { return Err(Refusal::unauthorized(texts::BASIC_ENCODING).into()) };
    let (key, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    Ok(if password.is_empty() { Some(Credentials::ApiKey(key.to_owned())) } else { None })
}
