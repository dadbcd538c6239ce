//! From credentials to a [`Caller`]. The order and the texts of the schemes are the API's contract; the header is
//! parsed at the edge, what it holds is looked up here.

use mortise_crypto::token;
use mortise_domain::{ScopeSet, Time, status::ApplicationStatus, token::is_org_token};
use mortise_store::{
    credential::{self, KnownToken},
    session, user,
};
use mortise_wire::errors::auth as texts;

use crate::{Auth, Caller, Client, Ctx, Error, Result, SessionFacts, TokenAuth};

/// A token's last use is noted at most this often, seconds.
const TOUCH_INTERVAL_S: i64 = 60;

/// Who holds this bearer token. Tokens that start with `sntrys_` belong to an organization.
pub async fn bearer(ctx: &Ctx, text: &str, client: Client) -> Result<Caller> {
    if is_org_token(text) { org_token(ctx, text, client).await } else { user_token(ctx, text, client).await }
}

async fn user_token(ctx: &Ctx, text: &str, client: Client) -> Result<Caller> {
    let now = ctx.now();
    let known = credential::token(&mut *ctx.store.read().await?, &token::hash_token(text)).await?;
    let KnownToken { facts, user } = known.ok_or_else(|| Error::unauthorized(texts::TOKEN_UNKNOWN))?;
    if facts.expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Error::unauthorized(texts::TOKEN_EXPIRED));
    }
    if !user.is_active {
        return Err(Error::unauthorized(texts::USER_INACTIVE));
    }
    if facts.application_status.is_some_and(|status| status != ApplicationStatus::Active.number()) {
        return Err(Error::unauthorized(texts::APPLICATION_INACTIVE));
    }
    if is_stale(facts.last_used_at, now) {
        let id = facts.token_id;
        ctx.store
            .write(move |tx| Box::pin(async move { credential::touch_token(tx, id, now).await }))
            .await?;
    }
    let auth = TokenAuth {
        id: facts.token_id,
        scopes: facts.scopes,
        application: facts.application_id,
        allowed_origins: lines(facts.allowed_origins.as_deref()),
        installation: facts.installation_id.zip(facts.installation_org_id),
    };
    Ok(Caller { user: Some(user), auth: Some(Auth::Token(auth)), ..Caller::anonymous(client) })
}

async fn org_token(ctx: &Ctx, text: &str, client: Client) -> Result<Caller> {
    let refused = || Error::unauthorized(texts::ORG_TOKEN_INVALID);
    token::parse_org_token(text).map_err(|_| refused())?;
    let now = ctx.now();
    let facts = credential::org_token(&mut *ctx.store.read().await?, &token::hash_token(text)).await?;
    let facts = facts.ok_or_else(refused)?;
    if is_stale(facts.date_last_used, now) {
        let id = facts.id;
        ctx.store
            .write(move |tx| Box::pin(async move { credential::touch_org_token(tx, id, now).await }))
            .await?;
    }
    let auth = Auth::OrgToken { id: facts.id, org: facts.organization_id, scopes: facts.scopes };
    Ok(Caller { auth: Some(auth), ..Caller::anonymous(client) })
}

/// Who holds this legacy API key.
pub async fn api_key(ctx: &Ctx, key: &str, client: Client) -> Result<Caller> {
    let facts = credential::api_key(&mut *ctx.store.read().await?, &token::hash_token(key)).await?;
    let facts = facts.ok_or_else(|| Error::unauthorized(texts::API_KEY_UNKNOWN))?;
    if facts.status != 0 {
        return Err(Error::unauthorized(texts::API_KEY_DISABLED));
    }
    let auth = Auth::ApiKey {
        id: facts.id,
        org: facts.organization_id,
        scopes: facts.scopes,
        allowed_origins: lines(Some(&facts.allowed_origins)),
    };
    Ok(Caller { auth: Some(auth), ..Caller::anonymous(client) })
}

/// The session behind a cookie's value; nobody when it has ended. `superuser_cookie` elevates it while it is valid.
pub async fn session(
    ctx: &Ctx,
    cookie: &str,
    superuser_cookie: Option<&str>,
    client: Client,
) -> Result<Caller> {
    let now = ctx.now();
    let mut conn = ctx.store.read().await?;
    let Some(session) = session::live(&mut conn, &token::hash_token(cookie), now).await? else {
        return Ok(Caller::anonymous(client));
    };
    let Some(user) = user::by_id(&mut conn, session.user_id).await?.filter(|user| user.is_active) else {
        return Ok(Caller::anonymous(client));
    };
    drop(conn);
    let is_superuser = user.is_superuser
        && superuser_cookie
            .is_some_and(|cookie| session.superuser_hash.as_deref() == Some(&token::hash_token(cookie)))
        && session.superuser_until.is_some_and(|until| until > now)
        && session.superuser_idle_until.is_some_and(|until| until > now);
    if is_stale(Some(session.last_used_at), now) {
        let idle =
            if is_superuser { Some(after(now, SUPERUSER_IDLE_S)) } else { session.superuser_idle_until };
        let hash = session.id_hash.clone();
        ctx.store
            .write(move |tx| Box::pin(async move { session::touch(tx, &hash, now, idle).await }))
            .await?;
    }
    let facts = SessionFacts {
        id_hash: session.id_hash,
        csrf_token: session.csrf_token,
        sudo_until: session.sudo_until,
        is_superuser,
    };
    Ok(Caller { user: Some(user), session: Some(facts), ..Caller::anonymous(client) })
}

/// How long an elevated session may rest, seconds.
pub const SUPERUSER_IDLE_S: i64 = 15 * 60;

/// `seconds` after `time`, or the end of time.
pub fn after(time: Time, seconds: i64) -> Time {
    time.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(Time::MAX)
}

fn is_stale(last: Option<Time>, now: Time) -> bool {
    last.is_none_or(|last| now.duration_since(last).as_secs() >= TOUCH_INTERVAL_S)
}

fn lines(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The scopes that decide whether credentials pass a check that names no object: a token's own, none for a session.
pub fn token_scopes(caller: &Caller) -> Option<ScopeSet> {
    caller.auth.as_ref().map(Auth::scopes)
}

/// Whether two secrets are equal, in time that tells nothing.
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    mortise_crypto::compare::equal(a, b)
}
