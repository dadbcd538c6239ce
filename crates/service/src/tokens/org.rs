//! Tokens of organizations. They act as nobody, and every one may do the same: what continuous integration needs.

use mortise_crypto::{
    ExposeSecret,
    token::{self as crypto, OrgTokenPayload},
};
use mortise_domain::{AuditEvent, OrgId, OrgTokenId, Scope, ScopeSet, Time, UserId};
use mortise_store::org_token::{self, NewOrgToken, OrgToken};
use mortise_wire::{Fields, token as wire};
use serde_json::{Value, json};

use crate::{Ctx, Error, Result, access::OrgAccess, audit, roles::scopes_json};

/// Longest name of a token.
const NAME_CHARACTERS_MAX: usize = 255;
const NAME_BLANK: &str = "The name cannot be blank.";
const NAME_TOO_LONG: &str = "The name cannot be longer than 255 characters.";

/// What every token of an organization may do.
pub const ORG_TOKEN_SCOPES: ScopeSet = ScopeSet::of(&[Scope::OrgCi]);

fn to_wire(token: OrgToken, text: Option<String>) -> wire::OrgToken {
    wire::OrgToken {
        id: token.id.to_string(),
        name: token.name,
        scopes: scopes_json(token.scopes),
        token_last_characters: Some(token.token_last_characters),
        date_created: token.date_added.into(),
        date_last_used: token.date_last_used.map(Into::into),
        project_last_used_id: token.project_last_used_id.map(|id| id.to_string()),
        token: text,
    }
}

/// Makes a token for the organization with this id and slug.
pub async fn create_org_token(
    ctx: &Ctx,
    (org, slug): (OrgId, &str),
    name: &str,
    created_by: Option<UserId>,
    actor: audit::Actor,
) -> Result<wire::OrgToken> {
    let now = ctx.now();
    let made = crypto::org_token(&*ctx.ids, &OrgTokenPayload::new(now, &ctx.settings.public_url, slug));
    let new = NewOrgToken {
        organization_id: org,
        name: name.to_owned(),
        token_hash: made.hash,
        token_last_characters: made.last_characters,
        scopes: ORG_TOKEN_SCOPES,
        created_by_id: created_by,
    };
    let stored = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let token = org_token::insert(tx, &new, now).await?;
                record(tx, &actor, AuditEvent::OrgAuthTokenAdd, &token, now).await?;
                Ok::<_, Error>(token)
            })
        })
        .await?;
    Ok(to_wire(stored, Some(made.text.expose_secret().to_owned())))
}

async fn record(
    tx: &mut mortise_store::Tx,
    actor: &audit::Actor,
    event: AuditEvent,
    token: &OrgToken,
    now: Time,
) -> Result<()> {
    let data = json!({ "name": token.name });
    let entry = audit::Entry::new(token.organization_id, event, data).target(token.id.get());
    audit::record(tx, actor, &entry, now).await
}

/// The name of a token in a body.
fn name_of(mut fields: Fields) -> Result<String> {
    let name = fields.any("name").nullable().flatten();
    fields.finish()?;
    let name = match name {
        Some(Value::String(name)) => name.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    match name.chars().count() {
        0 => Err(Error::invalid(NAME_BLANK)),
        1..=NAME_CHARACTERS_MAX => Ok(name),
        _ => Err(Error::invalid(NAME_TOO_LONG)),
    }
}

/// The active tokens of an organization.
pub async fn list(ctx: &Ctx, access: &OrgAccess) -> Result<Vec<wire::OrgToken>> {
    let tokens = org_token::list(&mut *ctx.store.read().await?, access.org.id).await?;
    Ok(tokens.into_iter().map(|token| to_wire(token, None)).collect())
}

/// Makes a token from `{name}`.
pub async fn create(ctx: &Ctx, access: &OrgAccess, fields: Fields) -> Result<wire::OrgToken> {
    let name = name_of(fields)?;
    let org = (access.org.id, access.org.slug.as_str());
    create_org_token(ctx, org, &name, access.caller.user_id(), audit::Actor::of(&access.caller)).await
}

async fn find(ctx: &Ctx, access: &OrgAccess, id: OrgTokenId) -> Result<OrgToken> {
    let found = org_token::by_id(&mut *ctx.store.read().await?, access.org.id, id).await?;
    found.ok_or(Error::NoSuchResource)
}

/// One active token.
pub async fn get(ctx: &Ctx, access: &OrgAccess, id: OrgTokenId) -> Result<wire::OrgToken> {
    Ok(to_wire(find(ctx, access, id).await?, None))
}

/// Names a token.
pub async fn rename(ctx: &Ctx, access: &OrgAccess, id: OrgTokenId, fields: Fields) -> Result<()> {
    find(ctx, access, id).await?;
    let name = name_of(fields)?;
    ctx.store.write(move |tx| Box::pin(async move { Ok(org_token::rename(tx, id, &name).await?) })).await
}

/// Ends a token.
pub async fn deactivate(ctx: &Ctx, access: &OrgAccess, id: OrgTokenId) -> Result<()> {
    let token = find(ctx, access, id).await?;
    let (actor, now) = (audit::Actor::of(&access.caller), ctx.now());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                org_token::deactivate(tx, id, now).await?;
                record(tx, &actor, AuditEvent::OrgAuthTokenRemove, &token, now).await
            })
        })
        .await
}
