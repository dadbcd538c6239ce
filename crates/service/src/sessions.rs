//! Browser sessions: signing in and out, entering the password again, becoming superuser.
//!
//! The cookie's value is random and known to the browser only; the database has its hash. Signing in counts as having
//! entered the password for [`SUDO_S`] seconds. A superuser's session is elevated by a second cookie that ends sooner.

use mortise_crypto::{ExposeSecret, SecretString, password::PasswordError, token};
use mortise_domain::Time;
use mortise_store::{
    session::{self, NewSession},
    user::{self, User},
};

use crate::{
    Caller, Client, Ctx, Error, Result,
    authenticate::{SUPERUSER_IDLE_S, after},
};

/// The cookie that holds a session.
pub const SESSION_COOKIE: &str = "sentrysid";
/// The cookie that tells pages what unsafe requests must repeat.
pub const CSRF_COOKIE: &str = "sc";
/// The cookie that elevates a session.
pub const SUPERUSER_COOKIE: &str = "su";
/// How long a session lasts, seconds.
pub const SESSION_S: i64 = 14 * 24 * 3600;
/// How long an entered password counts as recent, seconds.
pub const SUDO_S: i64 = 30 * 60;
/// How long a session can stay elevated, seconds.
pub const SUPERUSER_S: i64 = 4 * 3600;
/// Longest name that is looked up, bytes; no account has a longer one.
const LOGIN_BYTES_MAX: usize = 256;
/// Longest name of a browser that is kept, bytes.
const USER_AGENT_BYTES_MAX: usize = 512;

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Started {
    /// Whose it is.
    pub user: User,
    /// The value of the session cookie; the only copy.
    pub cookie: SecretString,
    /// What unsafe requests must repeat; also the value of the CSRF cookie.
    pub csrf_token: SecretString,
    /// When it ends.
    pub expires_at: Time,
}

/// What comes of trying to sign in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// In.
    Started(Box<Started>),
    /// There is no such person, or the password is another. Which of both is not told.
    Wrong,
    /// The account is disabled; only told to who knows its password.
    Inactive,
    /// Too many tries for this name within a minute.
    TooOften,
}

/// Signs a person in by user name or address and password.
pub async fn sign_in(ctx: &Ctx, login: &str, password: SecretString, client: &Client) -> Result<SignIn> {
    let login = login.trim();
    if login.is_empty() || login.len() > LOGIN_BYTES_MAX {
        return Ok(SignIn::Wrong);
    }
    if !ctx.limits.logins.allow(&login.to_lowercase(), ctx.now()) {
        return Ok(SignIn::TooOften);
    }
    let user = user::by_login(&mut *ctx.store.read().await?, login).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    if !verify(ctx, password.clone(), stored.clone()).await? {
        return Ok(SignIn::Wrong);
    }
    let Some(user) = user else { return Ok(SignIn::Wrong) };
    if !user.is_active {
        return Ok(SignIn::Inactive);
    }
    if stored.is_some_and(|stored| ctx.passwords.needs_rehash(&stored)) {
        let (id, hash) = (user.id, hash(ctx, password).await?);
        ctx.store
            .write(move |tx| Box::pin(async move { user::set_password(tx, id, Some(&hash)).await }))
            .await?;
    }
    start_session(ctx, user, client).await.map(|started| SignIn::Started(Box::new(started)))
}

/// Starts a session of somebody who has proved who they are, by password or by a one-time link.
pub async fn start_session(ctx: &Ctx, user: User, client: &Client) -> Result<Started> {
    let now = ctx.now();
    let (cookie, csrf_token) = (token::session_token(&*ctx.ids), token::csrf_token(&*ctx.ids));
    let new = NewSession {
        id_hash: cookie.hash,
        user_id: user.id,
        csrf_token: csrf_token.expose_secret().to_owned(),
        expires_at: after(now, SESSION_S),
        sudo_until: Some(after(now, SUDO_S)),
        ip_address: client.ip.map(|ip| ip.to_string()),
        user_agent: client.user_agent.as_deref().map(|text| cut(text, USER_AGENT_BYTES_MAX).to_owned()),
    };
    let expires_at = new.expires_at;
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                session::insert(tx, &new, now).await?;
                user::touch_login(tx, new.user_id, now).await
            })
        })
        .await?;
    let user = User { last_login: Some(now), last_active: Some(now), ..user };
    Ok(Started { user, cookie: cookie.text, csrf_token, expires_at })
}

/// Ends the caller's session, if there is one.
pub async fn end_session(ctx: &Ctx, caller: &Caller) -> Result<()> {
    let Some(session) = &caller.session else { return Ok(()) };
    let hash = session.id_hash.clone();
    ctx.store.write(move |tx| Box::pin(async move { session::delete(tx, &hash).await })).await?;
    Ok(())
}

/// What comes of entering the password again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// Right: the session may do dangerous things for [`SUDO_S`].
    Yes,
    /// Wrong, or the account has no password.
    Wrong,
    /// Too many tries within a minute.
    TooOften,
}

/// The caller enters the password again. Without a session it is checked and nothing is remembered.
pub async fn confirm_password(ctx: &Ctx, caller: &Caller, password: SecretString) -> Result<Confirmed> {
    let (user, now) = (caller.user()?, ctx.now());
    if !ctx.limits.logins.allow(&user.username.to_lowercase(), now) {
        return Ok(Confirmed::TooOften);
    }
    if !verify(ctx, password, user.password_hash.clone()).await? {
        return Ok(Confirmed::Wrong);
    }
    if let Some(session) = &caller.session {
        let (hash, until) = (session.id_hash.clone(), after(now, SUDO_S));
        ctx.store
            .write(move |tx| Box::pin(async move { session::confirm_password(tx, &hash, until).await }))
            .await?;
    }
    Ok(Confirmed::Yes)
}

/// The second cookie of an elevated session.
#[derive(Debug, Clone)]
pub struct SuperuserCookie {
    /// Its value; the only copy.
    pub value: SecretString,
    /// When the elevation ends at the latest.
    pub until: Time,
}

/// Elevates the session of a superuser who has just confirmed the password. Refuses everybody else.
pub async fn elevate_superuser(ctx: &Ctx, caller: &Caller) -> Result<SuperuserCookie> {
    let user = caller.user()?;
    let session = caller.session.as_ref().filter(|_| caller.auth.is_none()).ok_or(Error::Forbidden)?;
    if !user.is_superuser || !user.is_active {
        return Err(Error::Forbidden);
    }
    let now = ctx.now();
    let cookie = token::session_token(&*ctx.ids);
    let (until, idle_until) = (after(now, SUPERUSER_S), after(now, SUPERUSER_IDLE_S));
    let (id, hash) = (session.id_hash.clone(), cookie.hash);
    ctx.store
        .write(move |tx| Box::pin(async move { session::elevate(tx, &id, &hash, until, idle_until).await }))
        .await?;
    Ok(SuperuserCookie { value: cookie.text, until })
}

/// The hash to store for a new password; computed on a blocking thread.
pub(crate) async fn hash(ctx: &Ctx, password: SecretString) -> Result<String> {
    let (passwords, ids) = (ctx.passwords.clone(), ctx.ids.clone());
    on_blocking_thread(ctx, move || passwords.hash(&password, &*ids)).await
}

async fn verify(ctx: &Ctx, password: SecretString, stored: Option<String>) -> Result<bool> {
    let passwords = ctx.passwords.clone();
    on_blocking_thread(ctx, move || passwords.verify(&password, stored.as_deref())).await
}

/// Runs a costly computation beside the runtime, a few at once.
async fn on_blocking_thread<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T> {
    let broken = |text: String| Error::Internal(text);
    let _permit = ctx.limits.password_checks.acquire().await.map_err(|e| broken(e.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| broken(e.to_string()))?;
    done.map_err(|error| match error {
        PasswordError::TooLong => Error::field("password", error.to_string()),
        other => broken(other.to_string()),
    })
}

/// At most `bytes` bytes of a text, cut between characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
