//! What people do with their own accounts.

use mortise_domain::{OrgId, UserId};
use mortise_store::{
    StoreError, Tx, member,
    organization::{self, Organization},
    user::{self, User},
};
use mortise_wire::{
    fields::{Body, Fields},
    user as wire,
};
use serde_json::{Map, Value};

use super::{find_user, json};
use crate::{Auth, Caller, Ctx, Error, Result, audit::Actor, organizations};

const NAME_CHARS_MAX: usize = 200;
const USERNAME_CHARS_MAX: usize = 128;
const LANGUAGE_CHARS_MAX: usize = 16;
const TIMEZONE_CHARS_MAX: usize = 64;
const USERNAME_TAKEN: &str = "That username is already in use.";

/// The one region there is, for whoever may see the account.
pub async fn own_regions(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<wire::Region> {
    find_user(ctx, caller, segment).await?;
    Ok(wire::Region::only(ctx.settings.public_url.as_str()))
}

/// Changes an account: the caller's own, or any for a superuser. Apps may not, whoever they act for.
pub async fn update_account(ctx: &Ctx, caller: &Caller, segment: &str, body: &Body) -> Result<wire::User> {
    let found = find_user(ctx, caller, segment).await?;
    if matches!(&caller.auth, Some(Auth::Token(token)) if token.application.is_some()) || found.is_sentry_app
    {
        return Err(Error::Forbidden);
    }
    let (name, username, options) = read(body, &found)?;
    let id = found.id;
    let updated = ctx
        .store
        .write(move |tx| {
            Box::pin(async move { user::update_profile(tx, id, &name, &username, &options).await })
        })
        .await;
    let updated: User = updated.map_err(|error| match error {
        StoreError::Conflict(_) => Error::field("username", USERNAME_TAKEN),
        other => other.into(),
    })?;
    let emails = user::emails(&mut *ctx.store.read().await?, &[id]).await?;
    if caller.user_id() == Some(id) {
        Ok(json::own_json(ctx, &updated, &emails))
    } else {
        Ok(json::user_json(ctx, &updated, Some(&emails)))
    }
}

/// Name, username and stored options after the change.
fn read(body: &Body, user: &User) -> Result<(String, String, Value)> {
    let mut fields = Fields::new(body);
    let name = fields.string("name").max(NAME_CHARS_MAX).allow_blank().optional();
    let username = fields.string("username").max(USERNAME_CHARS_MAX).optional();
    let asked = fields.object("options").optional().unwrap_or_default();
    let mut options = user.options.as_object().cloned().unwrap_or_default();
    let mut nested = Fields::of_map(asked);
    read_options(&mut nested, &mut options);
    fields.nest("options", nested);
    fields.finish()?;
    let name = name.unwrap_or_else(|| user.name.clone());
    Ok((name, username.unwrap_or_else(|| user.username.clone()), Value::Object(options)))
}

fn read_options(fields: &mut Fields, options: &mut Map<String, Value>) {
    let mut keep = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            options.insert(key.to_owned(), value);
        }
    };
    keep("theme", fields.choice("theme", &["light", "dark", "system"]).optional().map(Value::from));
    let language = fields.string("language").max(LANGUAGE_CHARS_MAX).and_then(|text| named(text, "language"));
    keep("language", language.optional().map(Value::from));
    // A number in a text is a number here.
    let order = fields.int("stacktraceOrder").and_then(|order| match order {
        -1 | 1 | 2 => Ok(order),
        _ => Err(mortise_wire::errors::field::choice(&order.to_string())),
    });
    keep("stacktraceOrder", order.optional().map(Value::from));
    let event = fields.choice("defaultIssueEvent", &["recommended", "latest", "oldest"]);
    keep("defaultIssueEvent", event.optional().map(Value::from));
    let timezone = fields.string("timezone").max(TIMEZONE_CHARS_MAX).and_then(|text| named(text, "timezone"));
    keep("timezone", timezone.optional().map(Value::from));
    keep("clock24Hours", fields.bool("clock24Hours").optional().map(Value::from));
    let layout = "issueDetailsNewExperienceQ42023";
    keep(layout, fields.bool(layout).optional().map(Value::from));
}

/// Names of languages (`en`, `pt-br`) and time zones (`Europe/Vienna`, `Etc/GMT+3`) as their standards write them.
fn named(text: String, what: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+');
    let fits = |byte: u8| fits(byte) || (what == "timezone" && byte == b'/');
    if text.bytes().all(fits) { Ok(text) } else { Err(mortise_wire::errors::field::choice(&text)) }
}

/// Closes the caller's own account and deletes the organizations in `organizations` that the caller owns, and those
/// that have no other owner. Takes a session with a recent password: no token can do this.
pub async fn delete_account(ctx: &Ctx, caller: &Caller, segment: &str, body: &Body) -> Result<()> {
    let found = find_user(ctx, caller, segment).await?;
    if caller.auth.is_some() || caller.user_id() != Some(found.id) {
        return Err(Error::Forbidden);
    }
    caller.require_sudo(ctx.now())?;
    let mut fields = Fields::new(body);
    let slugs = fields.strings("organizations").required();
    fields.finish()?;
    let (actor, inner, id) = (Actor::of(caller), ctx.clone(), found.id);
    ctx.store.write(move |tx| Box::pin(async move { close(tx, &inner, &actor, id, &slugs).await })).await
}

async fn close(tx: &mut Tx, ctx: &Ctx, actor: &Actor, id: UserId, slugs: &[String]) -> Result<()> {
    for org in owned(tx, id).await? {
        if org.is_sole || slugs.contains(&org.organization.slug) {
            organizations::refuse_deletion(tx, org.organization.id).await?;
            organizations::mark_for_deletion(tx, ctx, actor, &org.organization).await?;
        }
    }
    for membership in member::of_user_everywhere(tx, id).await? {
        member::delete(tx, membership.organization_id, membership.id).await?;
    }
    user::deactivate(tx, id).await?;
    Ok(())
}

/// An organization that a person owns.
pub(crate) struct Owned {
    /// Which.
    pub(crate) organization: Organization,
    /// Nobody else owns it.
    pub(crate) is_sole: bool,
}

/// The active organizations that a person owns, by id.
pub(crate) async fn owned(conn: &mut mortise_store::Conn, user: UserId) -> Result<Vec<Owned>> {
    let memberships = member::of_user_everywhere(conn, user).await?;
    let ids: Vec<OrgId> =
        memberships.iter().filter(|member| member.role == "owner").map(|m| m.organization_id).collect();
    let owners = member::owners(conn, &ids).await?;
    let of = |id: OrgId| owners.iter().filter(|(org, _)| *org == id).count();
    let found = organization::by_ids(conn, &ids).await?;
    Ok(found.into_iter().map(|org| Owned { is_sole: of(org.id) <= 1, organization: org }).collect())
}
