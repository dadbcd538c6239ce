//! People: what others see of them, what they see and change of themselves. Proxy users of apps are shown like people
//! and can do nothing here.

mod account;
mod identities;
mod json;
mod list;
mod notifications;

pub(crate) use account::{Owned, owned};
pub use account::{delete_account, own_regions, update_account};
pub use identities::{
    get_user_identity, list_identities, list_social_identities, list_user_identities, remove_login_identity,
    remove_social_identity, remove_user_identity,
};
pub use json::{own_user, own_user_in_short, short_users, user_json, users_json};
pub use list::list_users;
pub(crate) use notifications::{SELF_ASSIGN, is_on};
pub use notifications::{get_notifications, update_notifications};

use mortise_domain::UserId;
use mortise_store::user::{self, User, UserEmail};
use mortise_wire::user as wire;

use crate::{Caller, Ctx, Error, Result};

/// The user whom a path segment names, for a caller who may see the account: the user or a superuser.
pub async fn find_user(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<User> {
    let own = caller.user_or_refuse()?;
    if segment == "me" {
        return Ok(own.clone());
    }
    let id: UserId = segment.parse().map_err(|_| Error::NoSuchResource)?;
    if id == own.id {
        return Ok(own.clone());
    }
    let found = user::by_id(&mut *ctx.store.read().await?, id).await?.ok_or(Error::NoSuchResource)?;
    if caller.is_superuser() { Ok(found) } else { Err(Error::Forbidden) }
}

/// One user: in full for the user, as others see it for a superuser.
pub async fn get_user(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<wire::User> {
    let found = find_user(ctx, caller, segment).await?;
    if Some(found.id) == caller.user_id() {
        return own_user(ctx, caller).await;
    }
    let emails = user::emails(&mut *ctx.store.read().await?, &[found.id]).await?;
    Ok(user_json(ctx, &found, Some(&emails)))
}

/// The addresses of a user.
pub async fn list_emails(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<Vec<wire::UserEmail>> {
    let found = find_user(ctx, caller, segment).await?;
    let emails = user::emails(&mut *ctx.store.read().await?, &[found.id]).await?;
    Ok(emails.iter().map(json::email_json).collect())
}

/// The addresses among `all` that are a user's.
fn emails_of(all: &[UserEmail], id: UserId) -> impl Iterator<Item = &UserEmail> {
    all.iter().filter(move |email| email.user_id == id)
}
