//! Accepting an invitation by its link: with the account one is signed in with, or with a new one.

use mortise_crypto::SecretString;
use mortise_domain::{AuditEvent, MemberId, UserId};
use mortise_store::{
    Conn, Tx,
    member::{self, Member},
    organization::{self, Organization},
    user::{self, User},
};
use serde_json::json;

use super::token;
use crate::{
    Caller, Client, Ctx, Error, Result, accounts,
    audit::{self, Actor, Entry},
};

/// What somebody who holds an invitation's link is told.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Where to.
    pub organization: Organization,
    /// Who was invited.
    pub email: String,
    /// As what.
    pub role: String,
    /// The name of who invited, while there is such a person.
    pub inviter: Option<String>,
    /// Whether somebody with this address has an account and should sign in.
    pub has_account: bool,
    member: Member,
}

/// What a new account needs besides the invited address.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What to call the person.
    pub name: String,
    /// The password they will sign in with.
    pub password: SecretString,
}

/// The invitation behind a link; `None` when it was used, taken back or renewed, is too old, or never was.
pub async fn find_invitation(ctx: &Ctx, id: MemberId, token: &str) -> Result<Option<Invitation>> {
    find(&mut *ctx.store.read().await?, ctx, id, token).await
}

async fn find(conn: &mut Conn, ctx: &Ctx, id: MemberId, token: &str) -> Result<Option<Invitation>> {
    let Some(member) = member::invitation(conn, id).await? else { return Ok(None) };
    if !token::opens(ctx, &member, token)? {
        return Ok(None);
    }
    let Some(organization) = organization::by_id(conn, member.organization_id).await? else {
        return Ok(None);
    };
    let email = member.email.clone().unwrap_or_default();
    let has_account = user::by_email(conn, &email).await?.is_some();
    let inviter = match member.inviter_id {
        Some(id) => user::by_id(conn, id).await?.map(|user| user.display_name().to_owned()),
        None => None,
    };
    Ok(Some(Invitation { organization, email, role: member.role.clone(), inviter, has_account, member }))
}

/// The caller joins; the organization they joined. Somebody who is a member already stays what they are (409).
pub async fn accept_invitation(
    ctx: &Ctx,
    caller: &Caller,
    id: MemberId,
    token: &str,
) -> Result<Organization> {
    let user = caller.user()?;
    if user.is_sentry_app || caller.auth.is_some() {
        return Err(Error::Forbidden);
    }
    let (inner, actor, user, token) = (ctx.clone(), Actor::of(caller), user.id, token.to_owned());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let found = find(tx, &inner, id, &token).await?.ok_or(Error::NotFound)?;
                join(tx, &inner, &actor, &found, user).await?;
                Ok(found.organization)
            })
        })
        .await
}

/// Somebody new joins: an account is made for the invited address, which the link has proved. The user can then be given
/// a session.
pub async fn accept_as_new_user(
    ctx: &Ctx,
    client: &Client,
    id: MemberId,
    token: &str,
    account: NewAccount,
) -> Result<(User, Organization)> {
    // Before the costly hash; asked again inside the transaction.
    let email = find_invitation(ctx, id, token).await?.ok_or(Error::NotFound)?.email;
    let new = accounts::NewUser {
        username: None,
        email,
        name: account.name,
        password: Some(account.password),
        is_superuser: false,
    };
    let ready = accounts::prepare(ctx, new).await?;
    let (inner, client, token) = (ctx.clone(), client.clone(), token.to_owned());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let found = find(tx, &inner, id, &token).await?.ok_or(Error::NotFound)?;
                let user = accounts::insert_user(tx, &ready, inner.now()).await?;
                let caller = Caller { user: Some(user.clone()), ..Caller::anonymous(client) };
                join(tx, &inner, &Actor::of(&caller), &found, user.id).await?;
                Ok((user, found.organization))
            })
        })
        .await
}

async fn join(tx: &mut Tx, ctx: &Ctx, actor: &Actor, found: &Invitation, user: UserId) -> Result<()> {
    let (now, org, id) = (ctx.now(), found.organization.id, found.member.id);
    if member::of_user(tx, org, user).await?.is_some() {
        return Err(Error::conflict("You are already a member of this organization."));
    }
    if !member::accept(tx, id, user).await? {
        return Err(Error::NotFound);
    }
    let data = json!({"email": found.email, "role": found.role});
    let entry = Entry::new(org, AuditEvent::MemberAccept, data).target(id.get()).target_user(user);
    audit::record(tx, actor, &entry, now).await
}
