//! The OAuth 2 provider for applications that people register: asking a user, codes, tokens, and who the user is.
//!
//! ```text
//! browser --GET /oauth/authorize/--> check --> sign in --> ask --POST--> grant --> back to the application with a code
//! application --POST /oauth/token/--> token, later renewed with what came along
//! ```
//!
//! * A browser is only ever led to an address that was registered ([`redirect`]); everything that is wrong before that is
//!   known is a page of ours.
//! * A code is good once, for ten minutes, for its application. Codes, tokens and what renews them are stored as hashes.
//! * Sentry Apps get their tokens elsewhere ([`crate::apps::exchange`]) and are nobody here.

pub mod authorize;
pub mod redirect;
mod tokens;
mod userinfo;

use mortise_domain::{ScopeSet, Time, UserId};
use mortise_store::{
    Conn, Tx,
    application::{self, Application},
    oauth as store,
    token::{self as stored, NewToken},
};

pub use authorize::{AuthorizeQuery, Consent, Step, begin, decide};
pub use tokens::{TokenError, issue_token};
pub use userinfo::user_info;

use crate::{Ctx, ExposeSecret, Result, apps::facade, authenticate::after};

/// For how long a code is good, seconds.
const CODE_LIFETIME_S: i64 = 600;
/// For how long a token is good, seconds: 30 days.
const TOKEN_LIFETIME_S: i64 = 30 * 24 * 3600;
/// Tokens that an application has of one user at most; a further one ends the oldest.
const TOKENS_PER_USER_MAX: i64 = 50;
/// What marks these tokens among all; their texts have no prefix.
const TOKEN_TYPE: &str = "sntrya_";

/// The texts of a token, for the one answer that tells them.
struct Issued {
    access: String,
    refresh: String,
    scopes: ScopeSet,
    expires_at: Time,
}

/// The active application with a client id, unless it is a Sentry App's.
async fn application(conn: &mut Conn, client_id: &str) -> Result<Option<Application>> {
    let Some(found) = application::by_client_id(conn, client_id).await? else { return Ok(None) };
    let is_app = facade::app_of_application(conn, found.id).await?.is_some();
    Ok(Some(found).filter(|_| !is_app))
}

/// Makes a token for a user.
async fn issue(
    tx: &mut Tx,
    ctx: &Ctx,
    application: &Application,
    user: UserId,
    scopes: ScopeSet,
) -> Result<Issued> {
    let (ids, now) = (ctx.ids.as_ref(), ctx.now());
    let (access, refresh) = (mortise_crypto::token::app_token(ids), mortise_crypto::token::app_token(ids));
    let (scopes, expires_at) = (scopes.with_implied(), after(now, TOKEN_LIFETIME_S));
    let new = NewToken {
        user_id: user,
        application_id: Some(application.id),
        name: None,
        token_type: TOKEN_TYPE,
        token_hash: access.hash,
        refresh_token_hash: Some(refresh.hash),
        token_last_characters: access.last_characters,
        scopes,
        expires_at: Some(expires_at),
    };
    stored::insert(tx, &new, now).await?;
    store::keep_newest(tx, application.id, user, TOKENS_PER_USER_MAX).await?;
    let text = |token: &mortise_crypto::SecretString| token.expose_secret().to_owned();
    Ok(Issued { access: text(&access.text), refresh: text(&refresh.text), scopes, expires_at })
}

/// Forgets codes that nobody came for. A periodic job.
pub(crate) async fn purge_grants(ctx: &Ctx) -> Result<u64> {
    let now = ctx.now();
    Ok(ctx.store.write(move |tx| Box::pin(async move { store::purge_grants(tx, now).await })).await?)
}
