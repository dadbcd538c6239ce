//! Tokens of internal apps: they belong to the app's installation, do not expire, and are shown once.

use mortise_crypto::{ExposeSecret, NewToken as Text, SecretString, token};
use mortise_domain::{AppId, InstallationId, ScopeSet, Time, TokenId};
use mortise_store::{
    Tx,
    sentry_app::{self, SentryApp},
    token::{self as stored, NewToken, Token},
};
use mortise_wire::{
    errors::ErrorBody,
    token::{self as wire, MASKED},
};
use serde_json::Value as Json;

use super::{AppAccess, TOKENS_PER_INSTALLATION_MAX, install::is_internal, told};
use crate::{Ctx, Error, Result, roles::scopes_json};

/// What marks tokens of internal apps among all tokens; their texts have no prefix.
const TOKEN_TYPE: &str = "sntryi_";
/// The key of an app's metadata that forbids changes.
const PARTNERSHIP: &str = "partnership_restricted";

const INTERNAL_ONLY: &str = "This route is limited to internal integrations only";
const TOO_MANY: &str = "Cannot generate more than 20 tokens for a single integration";
const PARTNERSHIP_ACTIVE: &str = "This integration is managed by an active partnership and cannot be modified until \
    the end of the partnership.";

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct MintedToken {
    /// The row.
    pub row: Token,
    /// The token, the only copy there will ever be.
    pub text: SecretString,
    /// What it could be renewed with.
    pub refresh_text: SecretString,
}

/// Makes a token of an installation: with the app's scopes and what they imply, without end.
pub async fn mint_token(
    tx: &mut Tx,
    ctx: &Ctx,
    app: &SentryApp,
    installation: InstallationId,
    name: Option<String>,
    now: Time,
) -> Result<MintedToken> {
    mint(
        tx,
        app,
        installation,
        name,
        token::app_token(ctx.ids.as_ref()),
        token::app_token(ctx.ids.as_ref()),
        now,
    )
    .await
}

/// [`mint_token`] with a text that is known already, such as that of a declared set-up.
pub async fn mint_token_of(
    tx: &mut Tx,
    ctx: &Ctx,
    app: &SentryApp,
    installation: InstallationId,
    text: String,
    now: Time,
) -> Result<MintedToken> {
    mint(tx, app, installation, None, Text::of(text), token::app_token(ctx.ids.as_ref()), now).await
}

async fn mint(
    tx: &mut Tx,
    app: &SentryApp,
    installation: InstallationId,
    name: Option<String>,
    text: Text,
    refresh: Text,
    now: Time,
) -> Result<MintedToken> {
    let user_id = app.proxy_user_id.ok_or_else(|| Error::Internal("an app without proxy user".to_owned()))?;
    let new = NewToken {
        user_id,
        application_id: app.application_id,
        name,
        token_type: TOKEN_TYPE,
        token_hash: text.hash,
        refresh_token_hash: Some(refresh.hash),
        token_last_characters: text.last_characters,
        scopes: app.scopes.with_implied(),
        expires_at: None,
    };
    let row = stored::insert(tx, &new, now).await?;
    sentry_app::link_token(tx, row.id, installation).await?;
    Ok(MintedToken { row, text: text.text, refresh_text: refresh.text })
}

/// Makes a token for an internal app. A caller who lacks a scope of the app gets it made and not shown.
pub async fn create_token(ctx: &Ctx, access: &AppAccess) -> Result<wire::Token> {
    let app = &access.app;
    if !is_internal(app)? {
        return Err(Error::Refused(ErrorBody::Text(INTERNAL_ONLY.to_owned())));
    }
    require_no_partnership(app)?;
    let (inner, id) = (ctx.clone(), app.id);
    let minted =
        ctx.store.write(move |tx| Box::pin(async move { mint_one_more(tx, &inner, id).await })).await?;
    told::token_created(ctx, access);
    let shows = access.scopes.is_superset(app.scopes);
    let shown = |text: &SecretString| if shows { text.expose_secret().to_owned() } else { MASKED.to_owned() };
    let (text, refresh) = (shown(&minted.text), shown(&minted.refresh_text));
    Ok(wire::Token { token: Some(text), refresh_token: Some(Some(refresh)), ..token_json(&minted.row) })
}

/// Refuses to change an app that a partnership fixes.
pub(super) fn require_no_partnership(app: &SentryApp) -> Result<()> {
    match app.metadata.get(PARTNERSHIP).and_then(Json::as_bool) {
        Some(true) => Err(Error::refused(PARTNERSHIP_ACTIVE)),
        _ => Ok(()),
    }
}

/// Ends a token of an internal app.
pub async fn delete_token(ctx: &Ctx, access: &AppAccess, id: TokenId) -> Result<()> {
    let app = &access.app;
    let application = app.application_id.ok_or(Error::NotFound)?;
    let token = stored::by_id(&mut *ctx.store.read().await?, id).await?;
    if token.is_none_or(|token| token.application_id != Some(application)) {
        return Err(Error::NotFound);
    }
    if !is_internal(app)? {
        return Err(Error::Refused(ErrorBody::Text(INTERNAL_ONLY.to_owned())));
    }
    require_no_partnership(app)?;
    let deleted = ctx
        .store
        .write(move |tx| Box::pin(async move { sentry_app::delete_linked(tx, application, id).await }));
    if !deleted.await? {
        return Err(Error::NotFound);
    }
    told::token_deleted(ctx, access);
    Ok(())
}

/// Counts and mints in one transaction, so that the limit holds.
async fn mint_one_more(tx: &mut Tx, ctx: &Ctx, id: AppId) -> Result<MintedToken> {
    let app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
    let installation = sentry_app::live_installation(tx, id, app.owner_id).await?.ok_or(Error::NotFound)?;
    if sentry_app::count_tokens(tx, installation.id).await? >= TOKENS_PER_INSTALLATION_MAX {
        return Err(Error::Refused(ErrorBody::Text(TOO_MANY.to_owned())));
    }
    mint_token(tx, ctx, &app, installation.id, None, ctx.now()).await
}

/// The tokens of an internal app, oldest first; none of any other app.
pub async fn list_tokens(ctx: &Ctx, access: &AppAccess) -> Result<Vec<wire::Token>> {
    let Some(application) =
        access.app.application_id.filter(|_| matches!(is_internal(&access.app), Ok(true)))
    else {
        return Ok(Vec::new());
    };
    let rows = sentry_app::tokens_of(&mut *ctx.store.read().await?, application).await?;
    let is_masked = !access.scopes.is_superset(access.app.scopes);
    let seen = |row: &Token| {
        let mask = is_masked.then(|| MASKED.to_owned());
        wire::Token { token: mask.clone(), refresh_token: mask.map(Some), ..token_json(row) }
    };
    Ok(rows.iter().map(seen).collect())
}

pub(super) fn token_json(row: &Token) -> wire::Token {
    let scopes: ScopeSet = row.scopes;
    wire::Token {
        id: row.id.to_string(),
        scopes: scopes_json(scopes),
        name: row.name.clone(),
        application: None,
        expires_at: row.expires_at.map(Into::into),
        date_created: row.date_added.into(),
        state: Json::Null,
        token: None,
        refresh_token: None,
        token_last_characters: Some(row.token_last_characters.clone()),
    }
}
