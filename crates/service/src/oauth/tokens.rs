//! The token endpoint: a code becomes a token, and a token is renewed. Both change the application's texts in one
//! transaction, so that each code and each renewal is good once.

use mortise_crypto::{ExposeSecret, token as crypto};
use mortise_store::{
    Tx,
    application::Application,
    oauth::{self as store, Hashes},
    user::{self, User},
};
use mortise_wire::{WireTime, application as wire, fields::Body};
use serde_json::Value as Json;
use url::Url;

use super::{Issued, TOKEN_LIFETIME_S, application, issue};
use crate::{
    Ctx, Error, Result,
    applications::secret_place,
    authenticate::{after, same_secret},
};

/// Why there is no token; the text is what clients compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// No client id.
    MissingClientId,
    /// No client secret.
    MissingClientSecret,
    /// Nothing that can be exchanged.
    UnsupportedGrantType,
    /// No such application, or not its secret.
    InvalidCredentials,
    /// A code or a renewal that is unknown, over or used.
    InvalidGrant,
    /// A renewal that names nothing, or asks for other scopes.
    InvalidRequest,
}

impl TokenError {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingClientId => "missing_client_id",
            Self::MissingClientSecret => "missing_client_secret",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidCredentials => "invalid_credentials",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
        }
    }
}

/// What a refusal inside the transaction undoes.
type Exchanged = Result<Result<(User, Issued), TokenError>>;

/// Issues or renews a token for the application that proves who it is.
pub async fn issue_token(ctx: &Ctx, body: &Body) -> Result<Result<wire::AccessToken, TokenError>> {
    let Some(client_id) = text(body, "client_id") else { return Ok(Err(TokenError::MissingClientId)) };
    let Some(secret) = text(body, "client_secret") else { return Ok(Err(TokenError::MissingClientSecret)) };
    let grant_type = text(body, "grant_type").unwrap_or_default();
    if !["authorization_code", "refresh_token"].contains(&grant_type.as_str()) {
        return Ok(Err(TokenError::UnsupportedGrantType));
    }
    let found = application(&mut *ctx.store.read().await?, &client_id).await?;
    let Some(application) = found else { return Ok(Err(TokenError::InvalidCredentials)) };
    let known = ctx.keyring.open_text(&secret_place(&application.client_id), &application.client_secret);
    let known = known.map_err(|error| Error::Internal(format!("client secret: {error}")))?;
    if !same_secret(known.expose_secret().as_bytes(), secret.as_bytes()) {
        return Ok(Err(TokenError::InvalidCredentials));
    }
    let issued = match grant_type.as_str() {
        "authorization_code" => match text(body, "code") {
            Some(code) => redeem(ctx, application, code, text(body, "redirect_uri")).await?,
            None => Err(TokenError::InvalidGrant),
        },
        _ => match text(body, "refresh_token").filter(|_| text(body, "scope").is_none()) {
            Some(refresh) => renew(ctx, application, refresh).await?,
            None => Err(TokenError::InvalidRequest),
        },
    };
    Ok(issued.map(|(user, issued)| answer(&user, issued)))
}

/// A field that was sent and is not empty.
fn text(body: &Body, key: &str) -> Option<String> {
    let text = match body {
        Body::Json(body) => body.get(key).and_then(Json::as_str).map(str::to_owned),
        Body::Form(pairs) => pairs.iter().rev().find(|(name, _)| name == key).map(|(_, text)| text.clone()),
    };
    text.filter(|text| !text.is_empty())
}

fn answer(user: &User, issued: Issued) -> wire::AccessToken {
    wire::AccessToken {
        access_token: issued.access,
        refresh_token: issued.refresh,
        // Some time has passed until a client reads it.
        expires_in: TOKEN_LIFETIME_S - 1,
        expires_at: WireTime::new(issued.expires_at),
        token_type: "bearer",
        scope: issued.scopes.sorted().join(" "),
        user: wire::TokenUser { id: user.id.to_string(), name: user.name.clone(), email: user.email.clone() },
    }
}

async fn redeem(
    ctx: &Ctx,
    application: Application,
    code: String,
    redirect_uri: Option<String>,
) -> Exchanged {
    let inner = ctx.clone();
    let exchanged = ctx.store.write(move |tx| {
        Box::pin(async move {
            let grant = store::take_grant(tx, application.id, &crypto::hash_token(&code)).await?;
            let now = inner.now();
            let is_good = |grant: &store::Grant| {
                let same = |uri: &String| Url::parse(uri).is_ok_and(|url| url.as_str() == grant.redirect_uri);
                let same_place = redirect_uri.as_ref().is_none_or(same);
                grant.expires_at > now && same_place
            };
            let Some(grant) = grant.filter(is_good) else { return Ok(Err(TokenError::InvalidGrant)) };
            let Some(user) = active(tx, grant.user_id).await? else {
                return Ok(Err(TokenError::InvalidGrant));
            };
            let issued = issue(tx, &inner, &application, user.id, grant.scopes).await?;
            Ok::<_, Error>(Ok((user, issued)))
        })
    });
    exchanged.await
}

async fn active(tx: &mut Tx, id: mortise_domain::UserId) -> Result<Option<User>> {
    Ok(user::by_id(tx, id).await?.filter(|user| user.is_active))
}

async fn renew(ctx: &Ctx, application: Application, refresh: String) -> Exchanged {
    let inner = ctx.clone();
    let exchanged = ctx.store.write(move |tx| {
        Box::pin(async move {
            let (ids, from) = (inner.ids.as_ref(), crypto::hash_token(&refresh));
            let token = store::renewable(tx, application.id, &from).await?;
            let Some(token) = token else { return Ok(Err(TokenError::InvalidGrant)) };
            let Some(user) = active(tx, token.user_id).await? else {
                return Ok(Err(TokenError::InvalidGrant));
            };
            let (access, refresh) = (crypto::app_token(ids), crypto::app_token(ids));
            let to =
                Hashes { token: access.hash, last_characters: access.last_characters, refresh: refresh.hash };
            let expires_at = after(inner.now(), TOKEN_LIFETIME_S);
            if !store::renew(tx, token.id, &from, &to, expires_at).await? {
                return Ok(Err(TokenError::InvalidGrant));
            }
            let text = |text: &mortise_crypto::SecretString| text.expose_secret().to_owned();
            let (access, refresh) = (text(&access.text), text(&refresh.text));
            Ok::<_, Error>(Ok((user, Issued { access, refresh, scopes: token.scopes, expires_at })))
        })
    });
    exchanged.await
}
