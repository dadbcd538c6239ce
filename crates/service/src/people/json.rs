//! Users on the wire.

use std::collections::HashMap;

use md5::{Digest, Md5};
use mortise_domain::{UserId, random::hex};
use mortise_store::{
    Conn,
    user::{self, User, UserEmail},
};
use mortise_wire::{
    avatar::Avatar,
    user::{self as wire, OwnUser, UserFlags, UserOptions},
};
use serde_json::{Map, Value};

use super::emails_of;
use crate::{Caller, Ctx, Result};

/// A user as others see them; `emails` may hold those of others too and is left out for the short form.
pub fn user_json(ctx: &Ctx, user: &User, emails: Option<&[UserEmail]>) -> wire::User {
    wire::User {
        id: user.id.to_string(),
        name: user.display_name().to_owned(),
        username: user.username.clone(),
        email: user.email.clone(),
        avatar_url: ctx.settings.gravatar.then(|| gravatar(&user.email)),
        is_active: user.is_active,
        has_password_auth: user.password_hash.is_some(),
        is_managed: user.is_managed,
        date_joined: user.date_joined.into(),
        last_login: user.last_login.map(Into::into),
        has2fa: false,
        last_active: user.last_active.map(Into::into),
        is_superuser: user.is_superuser,
        is_staff: user.is_staff,
        experiments: Map::new(),
        emails: emails.map(|emails| emails_of(emails, user.id).map(email_json).collect()),
        avatar: Avatar::letter(),
        own: None,
    }
}

/// Users by id, with their addresses.
pub async fn users_json(
    conn: &mut Conn,
    ctx: &Ctx,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, wire::User>> {
    let ids = distinct(ids);
    let users = user::by_ids(conn, &ids).await?;
    let emails = user::emails(conn, &ids).await?;
    Ok(users.iter().map(|user| (user.id, user_json(ctx, user, Some(&emails)))).collect())
}

/// Users by id in the short form that is embedded in other objects: with addresses only where the viewer is the user.
pub async fn short_users(
    conn: &mut Conn,
    ctx: &Ctx,
    ids: impl IntoIterator<Item = UserId>,
    viewer: Option<UserId>,
) -> Result<HashMap<UserId, wire::User>> {
    let ids = distinct(ids);
    let users = user::by_ids(conn, &ids).await?;
    let own = viewer.filter(|viewer| ids.contains(viewer));
    let emails = user::emails(conn, own.as_slice()).await?;
    let short = |user: &User| {
        let emails = (own == Some(user.id)).then_some(emails.as_slice());
        (user.id, user_json(ctx, user, emails))
    };
    Ok(users.iter().map(short).collect())
}

/// The caller as they see themselves, without what is only in the detailed form.
pub async fn own_user_in_short(ctx: &Ctx, caller: &Caller) -> Result<wire::User> {
    let mut user = own_user(ctx, caller).await?;
    if let Some(own) = &mut user.own {
        (own.permissions, own.authenticators, own.can_reset2fa) = (None, None, None);
    }
    Ok(user)
}

/// The caller as they see themselves, in the detailed form.
pub async fn own_user(ctx: &Ctx, caller: &Caller) -> Result<wire::User> {
    let user = caller.user()?;
    let emails = user::emails(&mut *ctx.store.read().await?, &[user.id]).await?;
    Ok(own_json(ctx, user, &emails))
}

/// A user as they see themselves.
pub(super) fn own_json(ctx: &Ctx, user: &User, emails: &[UserEmail]) -> wire::User {
    let own = OwnUser {
        options: options_of(user),
        flags: UserFlags::default(),
        identities: Vec::new(),
        permissions: Some(Vec::new()),
        authenticators: Some(Vec::new()),
        can_reset2fa: Some(false),
    };
    wire::User { own: Some(Box::new(own)), ..user_json(ctx, user, Some(emails)) }
}

/// The preferences of a user: what is stored under the keys that clients see, over the defaults.
pub(super) fn options_of(user: &User) -> UserOptions {
    let defaults = UserOptions::default();
    let text = |key: &str, default: String| {
        user.options.get(key).and_then(Value::as_str).map_or(default, str::to_owned)
    };
    let flag = |key: &str| user.options.get(key).and_then(Value::as_bool).unwrap_or(false);
    UserOptions {
        theme: text("theme", defaults.theme),
        language: text("language", defaults.language),
        stacktrace_order: user
            .options
            .get("stacktraceOrder")
            .and_then(Value::as_i64)
            .unwrap_or(defaults.stacktrace_order),
        default_issue_event: text("defaultIssueEvent", defaults.default_issue_event),
        timezone: text("timezone", defaults.timezone),
        clock24_hours: flag("clock24Hours"),
        issue_details_new_experience: flag("issueDetailsNewExperienceQ42023"),
    }
}

/// An address of a user.
pub(super) fn email_json(email: &UserEmail) -> wire::UserEmail {
    wire::UserEmail { id: email.id.to_string(), email: email.email.clone(), is_verified: email.is_verified }
}

/// Where Gravatar has a picture for an address.
fn gravatar(email: &str) -> String {
    let hash = hex(&Md5::digest(email.trim().to_lowercase().as_bytes()));
    format!("https://gravatar.com/avatar/{hash}?s=32&d=mm")
}

fn distinct(ids: impl IntoIterator<Item = UserId>) -> Vec<UserId> {
    let mut ids: Vec<UserId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
