//! Tokens of installations: an app exchanges the code of a grant for its first one, and refreshes it from then on. An app
//! that lost its tokens proves with a client assertion who it is and gets another.
//!
//! A refresh whose answer was lost must not lock the app out. So the answer is kept, sealed, for a short while: the same
//! refresh within [`REPEAT_WINDOW_S`] is answered the same. A refresh token that comes back later than that has been
//! copied; whoever holds the tokens that came of it is locked out, and the audit log says so.

use mortise_crypto::{ExposeSecret, Place, SecretString, assertion, token};
use mortise_domain::{AuditEvent, Time};
use mortise_store::{
    Tx,
    sentry_app::{self, Exchanger, Installation, NewRefresh, Refresh},
    token::{self as stored, NewToken, Token},
};
use mortise_wire::{
    errors::{ErrorBody, INVALID_REQUEST},
    token as wire,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{
    secrets::{SealedSecrets, Secrets},
    tokens::token_json,
    told,
};
use crate::{
    Client, Ctx, Error, Result, audit,
    authenticate::{after, same_secret},
};

/// How long a token is good, seconds.
const TOKEN_LIFETIME_S: i64 = 8 * 3600;
/// For how long the same refresh is answered the same, seconds.
const REPEAT_WINDOW_S: i64 = 60;
/// For how long a used refresh token is known as such, seconds: 90 days.
const REFRESHES_KEPT_S: i64 = 90 * 24 * 3600;
/// What marks tokens of public apps among all tokens; their texts have no prefix.
const TOKEN_TYPE: &str = "sntrya_";

const ASSERTION_GRANT: &str = "urn:sentry:params:oauth:grant-type:jwt-bearer";
const INVALID_PAIR: &str = "Invalid Client ID / Secret pair";
const INVALID_GRANT_TYPE: &str = "Invalid grant_type";
const UNAUTHORIZED: &str = "Unauthorized";
const GRANT_EXPIRED: &str = "Grant has already expired.";

/// What the app wants to exchange.
#[derive(Debug, Clone)]
enum Exchange {
    Code(String),
    Refresh(String),
    /// An assertion by its hash, and until when it is good.
    Assertion(String, Time),
}

impl Exchange {
    /// As analytics name it.
    fn name(&self) -> &'static str {
        match self {
            Exchange::Code(_) => "authorization",
            Exchange::Refresh(_) => "refresh",
            Exchange::Assertion(..) => "manual_refresh",
        }
    }
}

/// The texts of a token, for the one answer that may repeat them.
#[derive(Debug, Serialize, Deserialize)]
struct Texts {
    token: String,
    refresh_token: String,
}

/// What an exchange came to. `None`: nothing was issued, but what was written stays.
type Outcome = Option<(Token, Texts)>;

/// Issues a token for an installation, to the app that proves who it is: with `client_id` and `client_secret` in `body`, or
/// with a client assertion as its `bearer`.
pub async fn exchange(
    ctx: &Ctx,
    client: &Client,
    uuid: &str,
    body: Option<&Json>,
    bearer: Option<&str>,
) -> Result<wire::Token> {
    let body = said(body)?;
    let (app, assertion) = match body.get("grant_type").and_then(Json::as_str) {
        Some(ASSERTION_GRANT) => {
            let (app, assertion) = asserted(ctx, bearer.unwrap_or_default(), uuid).await?;
            (app, Some(assertion))
        }
        _ => (authenticated(ctx, body, uuid).await?, None),
    };
    let (id, installed) = app.installation_id.zip(app.installed_app_id).ok_or(Error::NotFound)?;
    if installed != app.app_id {
        return Err(Error::Forbidden);
    }
    let wanted = assertion.map_or_else(|| wanted(body), Ok)?;
    let way = wanted.name();
    let (inner, uuid, client) = (ctx.clone(), uuid.to_owned(), client.clone());
    let outcome = ctx.store.write(move |tx| {
        Box::pin(async move {
            let exchange = Running { ctx: &inner, app: &app, client: &client };
            // Read again and held: exchanges of one installation come one after another.
            let installation = sentry_app::lock_installation(tx, &uuid).await?.ok_or(Error::NotFound)?;
            match &wanted {
                Exchange::Code(code) => exchange.redeem(tx, &installation, code).await,
                Exchange::Refresh(text) => exchange.refresh(tx, &installation, text).await,
                Exchange::Assertion(hash, until) => exchange.replace(tx, &installation, hash, *until).await,
            }
        })
    });
    let (row, texts) = outcome.await?.ok_or_else(unauthorized)?;
    told::exchanged(ctx, id, way);
    Ok(wire::Token {
        state: body.get("state").cloned().unwrap_or_default(),
        token: Some(texts.token),
        refresh_token: Some(Some(texts.refresh_token)),
        ..token_json(&row)
    })
}

/// Refuses a `body` that does not hold `client_id` and `client_secret` of an app.
pub async fn recognize(ctx: &Ctx, uuid: &str, body: Option<&Json>) -> Result<()> {
    authenticated(ctx, said(body)?, uuid).await.map(drop)
}

/// What a body says, which is something.
fn said(body: Option<&Json>) -> Result<&Map<String, Json>> {
    let body = body.and_then(Json::as_object).filter(|body| !body.is_empty());
    body.ok_or_else(|| Error::unauthorized(INVALID_REQUEST))
}

/// The app behind a client id, if the secret is its own, beside the installation with the uuid.
async fn authenticated(ctx: &Ctx, body: &Map<String, Json>, uuid: &str) -> Result<Exchanger> {
    let text = |key: &str| body.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    let (id, secret) = text("client_id").zip(text("client_secret")).ok_or_else(invalid_pair)?;
    let (app, known) = known(ctx, id, uuid).await?;
    match same_secret(known.expose_secret().as_bytes(), secret.as_bytes()) {
        true => Ok(app),
        false => Err(invalid_pair()),
    }
}

/// The app that an assertion is about, if its secret signed it.
async fn asserted(ctx: &Ctx, text: &str, uuid: &str) -> Result<(Exchanger, Exchange)> {
    let id = assertion::claimed_issuer(text).ok_or_else(invalid_pair)?;
    let (app, secret) = known(ctx, &id, uuid).await?;
    let until = assertion::verify(text, &id, &secret, ctx.now()).map_err(|_| invalid_pair())?;
    Ok((app, Exchange::Assertion(token::hash_token(text), until)))
}

/// The app with a client id, and its secret.
async fn known(ctx: &Ctx, client_id: &str, uuid: &str) -> Result<(Exchanger, SecretString)> {
    let found = sentry_app::exchanger(&mut *ctx.store.read().await?, client_id, uuid).await?;
    let app = found.ok_or_else(invalid_pair)?;
    let sealed = SealedSecrets {
        client_id: &app.client_id,
        current: &app.client_secret,
        previous: app.previous_secret.as_deref(),
        rotated_at: app.secret_rotated_at,
    };
    let secret = Secrets::open(ctx, sealed)?.current().clone();
    Ok((app, secret))
}

fn invalid_pair() -> Error {
    Error::unauthorized(INVALID_PAIR)
}

fn wanted(body: &Map<String, Json>) -> Result<Exchange> {
    let text = |key: &str| body.get(key).and_then(Json::as_str).map(str::to_owned).ok_or_else(unauthorized);
    match body.get("grant_type").and_then(Json::as_str) {
        Some("authorization_code") => Ok(Exchange::Code(text("code")?)),
        Some("refresh_token") => Ok(Exchange::Refresh(text("refresh_token")?)),
        _ => Err(refused(INVALID_GRANT_TYPE)),
    }
}

fn refused(text: &str) -> Error {
    Error::Refused(ErrorBody::Error(text.to_owned()))
}

fn unauthorized() -> Error {
    refused(UNAUTHORIZED)
}

fn answer_place(refresh_hash: &str) -> Place {
    Place::new("app_token_refresh", "answer", refresh_hash)
}

/// An exchange inside its transaction.
struct Running<'a> {
    ctx: &'a Ctx,
    app: &'a Exchanger,
    client: &'a Client,
}

impl Running<'_> {
    async fn redeem(&self, tx: &mut Tx, installation: &Installation, code: &str) -> Result<Outcome> {
        let hash = token::hash_token(code);
        let id = installation.api_grant_id.ok_or_else(unauthorized)?;
        // What is refused here is undone, so the grant stays.
        let grant = sentry_app::take_grant(tx, id).await?;
        let grant = grant.filter(|grant| same_secret(grant.code_hash.as_bytes(), hash.as_bytes()));
        let grant = grant.filter(|grant| grant.application_id == self.app.application_id);
        let grant = grant.ok_or_else(unauthorized)?;
        if grant.expires_at <= self.ctx.now() {
            return Err(refused(GRANT_EXPIRED));
        }
        self.issue(tx, installation).await.map(Some)
    }

    async fn refresh(&self, tx: &mut Tx, installation: &Installation, text: &str) -> Result<Outcome> {
        let hash = token::hash_token(text);
        let application = self.app.application_id;
        if let Some(current) = installation.api_token_id
            && sentry_app::take_refreshable(tx, application, current, &hash).await?
        {
            let (row, texts) = self.issue(tx, installation).await?;
            self.remember(tx, installation, hash, &row, &texts).await?;
            return Ok(Some((row, texts)));
        }
        match sentry_app::refresh_of(tx, installation.id, &hash).await? {
            None => Err(unauthorized()),
            Some(refresh) => self.repeat(tx, installation, refresh).await,
        }
    }

    /// Another token instead of the one there is, for an app that lost it.
    async fn replace(
        &self,
        tx: &mut Tx,
        installation: &Installation,
        assertion_hash: &str,
        until: Time,
    ) -> Result<Outcome> {
        if !sentry_app::use_assertion(tx, assertion_hash, until).await? {
            return Err(invalid_pair());
        }
        let current = installation.api_token_id.ok_or_else(unauthorized)?;
        sentry_app::delete_token(tx, current).await?;
        sentry_app::forget_answers(tx, installation.id).await?;
        self.issue(tx, installation).await.map(Some)
    }

    /// A refresh token that was used before.
    async fn repeat(&self, tx: &mut Tx, installation: &Installation, refresh: Refresh) -> Result<Outcome> {
        let now = self.ctx.now();
        if after(refresh.refreshed_at, REPEAT_WINDOW_S) <= now {
            self.revoke(tx, installation, now).await?;
            return Ok(None);
        }
        let current = refresh.api_token_id.filter(|_| installation.api_token_id == refresh.api_token_id);
        let Some((id, answer)) = current.zip(refresh.answer) else { return Ok(None) };
        let row = stored::by_id(tx, id).await?.ok_or_else(unauthorized)?;
        let opened = self.ctx.keyring.open_text(&answer_place(&refresh.refresh_token_hash), &answer);
        let opened = opened.map_err(|error| Error::Internal(format!("answer of a refresh: {error}")))?;
        let texts = serde_json::from_str(opened.expose_secret());
        Ok(Some((row, texts.map_err(|error| Error::Internal(error.to_string()))?)))
    }

    /// Ends what the installation's tokens came to, since one of them was copied.
    async fn revoke(&self, tx: &mut Tx, installation: &Installation, now: Time) -> Result<()> {
        let Some(current) = installation.api_token_id else { return Ok(()) };
        sentry_app::delete_token(tx, current).await?;
        let data = json!({ "sentry_app": self.app.name });
        let entry = audit::Entry::new(installation.organization_id, AuditEvent::SentryAppTokenReuse, data);
        let actor = audit::Actor::app(self.app, self.client);
        audit::record(tx, &actor, &entry.target(installation.id.get()), now).await
    }

    /// Makes the token that the installation has from now on.
    async fn issue(&self, tx: &mut Tx, installation: &Installation) -> Result<(Token, Texts)> {
        let (ids, now) = (self.ctx.ids.as_ref(), self.ctx.now());
        let (text, refresh) = (token::app_token(ids), token::app_token(ids));
        let proxy = self.app.proxy_user_id.ok_or_else(unauthorized)?;
        let new = NewToken {
            user_id: proxy,
            application_id: Some(self.app.application_id),
            name: None,
            token_type: TOKEN_TYPE,
            token_hash: text.hash,
            refresh_token_hash: Some(refresh.hash),
            token_last_characters: text.last_characters,
            scopes: self.app.scopes.with_implied(),
            expires_at: Some(after(now, TOKEN_LIFETIME_S)),
        };
        let row = stored::insert(tx, &new, now).await?;
        sentry_app::set_token(tx, installation.id, row.id, now).await?;
        let texts = Texts {
            token: text.text.expose_secret().to_owned(),
            refresh_token: refresh.text.expose_secret().to_owned(),
        };
        Ok((row, texts))
    }

    async fn remember(
        &self,
        tx: &mut Tx,
        installation: &Installation,
        refresh_token_hash: String,
        row: &Token,
        texts: &Texts,
    ) -> Result<()> {
        let (ids, now) = (self.ctx.ids.as_ref(), self.ctx.now());
        let answer = serde_json::to_string(texts).map_err(|error| Error::Internal(error.to_string()))?;
        let place = answer_place(&refresh_token_hash);
        let new = NewRefresh {
            answer: self.ctx.keyring.seal(&place, answer.as_bytes(), ids),
            refresh_token_hash,
            installation_id: installation.id,
            api_token_id: row.id,
        };
        // Only the newest answer can be asked for again.
        sentry_app::forget_answers(tx, installation.id).await?;
        sentry_app::insert_refresh(tx, &new, now).await?;
        Ok(())
    }
}

/// Forgets what nobody can ask for any more. A periodic job.
pub(crate) async fn purge_refreshes(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    let (answers_before, before) = (after(now, -REPEAT_WINDOW_S), after(now, -REFRESHES_KEPT_S));
    let purged = ctx.store.write(move |tx| {
        Box::pin(async move { sentry_app::purge_refreshes(tx, answers_before, before, now).await })
    });
    Ok(purged.await?)
}
