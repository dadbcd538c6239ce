//! Tokens that people make for scripts. Their owner manages them in a browser session; a token manages no tokens.

use mortise_crypto::{ExposeSecret, token as crypto};
use mortise_domain::{Scope, ScopeSet, TokenId, UserId, token::TokenKind};
use mortise_store::{
    Tx,
    token::{self, NewToken, Token},
};
use mortise_wire::{
    Fields,
    errors::ErrorBody,
    fields::{Problem, Rule, Shape},
    token as wire,
};
use serde_json::{Value, json};

use crate::{Caller, Ctx, Error, Result, roles::scopes_json};

/// Longest name of a token.
const NAME_CHARACTERS_MAX: usize = 255;
/// A token that may do nothing is of no use.
const NO_SCOPES: &str = "This selection may not be empty.";
const NO_LIST: &str = "Please provide a valid list.";
const UNKNOWN_ID: &str = "Invalid token ID";
/// What a body that names a token may hold.
const NAMING_KEYS: &[&str] = &["name", "tokenId"];
const ONLY_NAME: &str = "Only auth token name can be edited after creation";

/// A token on the wire. Its text is known only to the call that makes it.
fn to_wire(token: Token, text: Option<String>) -> wire::Token {
    wire::Token {
        id: token.id.to_string(),
        scopes: scopes_json(token.scopes),
        name: token.name,
        application: None,
        expires_at: token.expires_at.map(Into::into),
        date_created: token.date_added.into(),
        state: Value::Null,
        token: text,
        refresh_token: None,
        token_last_characters: Some(token.token_last_characters),
    }
}

/// Makes a token. It may do what `scopes` say and everything that they imply.
pub async fn create_user_token(
    ctx: &Ctx,
    user: UserId,
    name: Option<&str>,
    scopes: ScopeSet,
) -> Result<wire::Token> {
    let (inner, name) = (ctx.clone(), name.map(str::to_owned));
    ctx.store
        .write(move |tx| {
            Box::pin(async move { create_user_token_in(tx, &inner, user, name.as_deref(), scopes).await })
        })
        .await
}

/// [`create_user_token`] in a transaction.
pub async fn create_user_token_in(
    tx: &mut Tx,
    ctx: &Ctx,
    user: UserId,
    name: Option<&str>,
    scopes: ScopeSet,
) -> Result<wire::Token> {
    let made = crypto::user_token(&*ctx.ids);
    let new = NewToken {
        user_id: user,
        application_id: None,
        name: name.map(str::to_owned),
        token_type: TokenKind::User.as_str(),
        token_hash: made.hash,
        refresh_token_hash: None,
        token_last_characters: made.last_characters,
        scopes: scopes.with_implied(),
        expires_at: None,
    };
    let stored = token::insert(tx, &new, ctx.now()).await?;
    Ok(to_wire(stored, Some(made.text.expose_secret().to_owned())))
}

/// The caller's tokens, newest first.
pub async fn list(ctx: &Ctx, caller: &Caller) -> Result<Vec<wire::Token>> {
    let tokens = token::of_user(&mut *ctx.store.read().await?, caller.user()?.id).await?;
    Ok(tokens.into_iter().map(|token| to_wire(token, None)).collect())
}

/// Makes a token of the caller from `{name?, scopes}`.
pub async fn create(ctx: &Ctx, caller: &Caller, mut fields: Fields) -> Result<wire::Token> {
    let user = caller.user()?.id;
    let name = fields.string("name").max(NAME_CHARACTERS_MAX).allow_blank().optional();
    let asked = fields.field("scopes", ScopesRule).required();
    if asked == ScopeSet::EMPTY && fields.has("scopes") && !fields.errors().has("scopes") {
        fields.error("scopes", NO_SCOPES);
    }
    fields.finish()?;
    create_user_token(ctx, user, name.as_deref(), asked).await
}

/// A list of scopes that exist.
struct ScopesRule;

impl Rule for ScopesRule {
    type Out = ScopeSet;

    fn read(&self, value: &Value) -> Result<ScopeSet, Problem> {
        let Value::Array(items) = value else { return Err(NO_LIST.into()) };
        let scope = |item: &Value| {
            let text = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            let unknown = || format!("Select a valid choice. {text} is not one of the available choices.");
            text.parse::<Scope>().map_err(|_| Problem::from(unknown()))
        };
        let scopes = items.iter().map(scope).collect::<Result<Vec<Scope>, Problem>>()?;
        Ok(ScopeSet::of(&scopes))
    }

    fn shape(&self) -> Shape {
        Shape::List
    }
}

async fn find(ctx: &Ctx, caller: &Caller, id: TokenId) -> Result<Token> {
    let found = token::one_of_user(&mut *ctx.store.read().await?, caller.user()?.id, id).await?;
    found.ok_or_else(unknown_id)
}

fn unknown_id() -> Error {
    Error::Missing(ErrorBody::detail(UNKNOWN_ID))
}

/// One token of the caller.
pub async fn get(ctx: &Ctx, caller: &Caller, id: TokenId) -> Result<wire::Token> {
    Ok(to_wire(find(ctx, caller, id).await?, None))
}

/// Names a token of the caller; nothing else about a token can change.
pub async fn rename(ctx: &Ctx, caller: &Caller, id: TokenId, mut fields: Fields) -> Result<wire::Token> {
    if fields.names().any(|key| !NAMING_KEYS.contains(&key)) {
        return Err(Error::Refused(ErrorBody::Error(ONLY_NAME.to_owned())));
    }
    let name = Some(fields.string("name").max(NAME_CHARACTERS_MAX).allow_blank().required());
    fields.finish()?;
    let mut token = find(ctx, caller, id).await?;
    token.name.clone_from(&name);
    ctx.store
        .write(move |tx| {
            Box::pin(async move { Ok::<_, Error>(token::rename(tx, id, name.as_deref()).await?) })
        })
        .await?;
    Ok(to_wire(token, None))
}

/// Ends a token of the caller.
pub async fn delete(ctx: &Ctx, caller: &Caller, id: TokenId) -> Result<()> {
    if delete_if_there(ctx, caller.user()?.id, id).await? { Ok(()) } else { Err(unknown_id()) }
}

/// Ends the token of the caller that the body `{tokenId}` names. What came is repeated where it names none.
pub async fn delete_named(ctx: &Ctx, caller: &Caller, mut fields: Fields) -> Result<()> {
    let user = caller.user()?.id;
    let refused = |body: Value| Err(Error::Invalid(ErrorBody::Other(body)));
    let Some(sent) = fields.any("tokenId").nullable().flatten() else {
        fields.finish()?;
        return refused(json!({ "tokenId": null }));
    };
    let id = fields.int("tokenId").required();
    fields.finish()?;
    if delete_if_there(ctx, user, TokenId::new(id)).await? {
        Ok(())
    } else {
        refused(json!({ "tokenId": sent, "userId": user.get() }))
    }
}

async fn delete_if_there(ctx: &Ctx, user: UserId, id: TokenId) -> Result<bool> {
    ctx.store.write(move |tx| Box::pin(async move { Ok(token::delete_of_user(tx, user, id).await?) })).await
}
