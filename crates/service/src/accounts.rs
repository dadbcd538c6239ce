//! Accounts, as operators and declared set-ups make them: users with passwords, organizations with owners, members.
//!
//! What only writes takes a transaction, so that a whole set-up can be all or nothing; passwords are hashed before, in
//! [`prepare`], because that is slow.

use mortise_crypto::SecretString;
use mortise_domain::{AuditEvent, OrgId, OrgRole, Time, UserId};
use mortise_store::{
    StoreError, Tx,
    member::{self, Member},
    session,
    user::{self, User},
};
use mortise_wire::fields::is_email;
use serde_json::json;

use crate::{
    Ctx, Error, Result,
    audit::{self, Actor, Entry},
    sessions,
};

const EMAIL_CHARS_MAX: usize = 200;
/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// What a new user is made of.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// What they sign in with besides the address; the address if absent.
    pub username: Option<String>,
    /// The address.
    pub email: String,
    /// What to call them; may be empty.
    pub name: String,
    /// The password; without one they cannot sign in.
    pub password: Option<SecretString>,
    /// Whether they may elevate their sessions.
    pub is_superuser: bool,
}

/// A new user with everything checked and hashed.
#[derive(Debug, Clone)]
pub struct PreparedUser(user::NewUser);

/// Checks a new user and hashes the password. Passwords of people are to be checked with [`check_password`] before;
/// operators may choose shorter ones.
pub async fn prepare(ctx: &Ctx, new: NewUser) -> Result<PreparedUser> {
    let email = new.email.trim().to_owned();
    if !is_email(&email) || email.chars().count() > EMAIL_CHARS_MAX {
        return Err(Error::field("email", mortise_wire::errors::field::EMAIL));
    }
    let password_hash = match new.password {
        Some(password) => Some(sessions::hash(ctx, password).await?),
        None => None,
    };
    Ok(PreparedUser(user::NewUser {
        username: new.username.unwrap_or_else(|| email.clone()),
        email,
        name: new.name.trim().to_owned(),
        password_hash,
        is_superuser: new.is_superuser,
        is_sentry_app: false,
    }))
}

/// Creates a user whose name and address nobody has.
pub async fn insert_user(tx: &mut Tx, new: &PreparedUser, now: Time) -> Result<User> {
    if user::by_email(tx, &new.0.email).await?.is_some() {
        return Err(Error::field("email", "There is an account with this address already."));
    }
    user::insert(tx, &new.0, now).await.map_err(|error| match error {
        StoreError::Conflict(_) => Error::field("username", "That username is already in use."),
        other => other.into(),
    })
}

/// Creates a user.
pub async fn create_user(ctx: &Ctx, new: NewUser) -> Result<User> {
    let (ready, now) = (prepare(ctx, new).await?, ctx.now());
    ctx.store.write(move |tx| Box::pin(async move { insert_user(tx, &ready, now).await })).await
}

/// Refuses a password that people should not choose.
pub fn check_password(password: &SecretString) -> Result<()> {
    use mortise_crypto::ExposeSecret;
    if password.expose_secret().chars().count() < PASSWORD_CHARS_MIN {
        let text = format!("A password has at least {PASSWORD_CHARS_MIN} characters.");
        return Err(Error::field("password", text));
    }
    Ok(())
}

/// Replaces a user's password and ends all sessions but the one named by its hash.
pub async fn set_password(
    ctx: &Ctx,
    id: UserId,
    password: SecretString,
    keep_session: Option<&str>,
) -> Result<()> {
    let (hash, keep) = (sessions::hash(ctx, password).await?, keep_session.unwrap_or_default().to_owned());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                user::set_password(tx, id, Some(&hash)).await?;
                session::delete_others(tx, id, &keep).await.map(drop)
            })
        })
        .await?;
    Ok(())
}

/// Makes a user a member of an organization, audited.
pub async fn insert_member(
    tx: &mut Tx,
    actor: &Actor,
    org: OrgId,
    user: &User,
    role: OrgRole,
    now: Time,
) -> Result<Member> {
    let member = member::insert_user(tx, org, user.id, role.as_str(), now).await;
    let member = member.map_err(|error| match error {
        StoreError::Conflict(_) => Error::conflict(format!("The user {} is already a member", user.email)),
        other => other.into(),
    })?;
    let data = json!({"email": user.email, "role": role.as_str()});
    let entry = Entry::new(org, AuditEvent::MemberAdd, data).target(member.id.get()).target_user(user.id);
    audit::record(tx, actor, &entry, now).await?;
    Ok(member)
}
