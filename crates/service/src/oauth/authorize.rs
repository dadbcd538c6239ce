//! Asking a user whether an application may do what it wants, and what follows from the answer.

use mortise_crypto::{ExposeSecret, token as crypto};
use mortise_domain::{Scope, ScopeSet};
use mortise_store::{
    application::{self as applications, Application},
    oauth::{self as store, Grant},
};
use mortise_wire::WireTime;
use url::Url;

use super::{
    CODE_LIFETIME_S, TOKEN_LIFETIME_S, application, issue,
    redirect::{self, with_fragment, with_query},
};
use crate::{Caller, Ctx, Error, Result, authenticate::after, roles::scopes_json};

const WRONG_CLIENT: &str = "No application is registered under this client id.";
const WRONG_REDIRECT: &str = "The application did not register the address that you should be led back to.";
const WRONG_TYPE: &str = "The application asks for a kind of answer that there is not.";

/// Characters of a state that are handed back at most.
const STATE_CHARS_MAX: usize = 4096;

/// What an application asks for; what was not sent is empty.
#[derive(Debug, Clone, Default)]
pub struct AuthorizeQuery {
    /// The application.
    pub client_id: String,
    /// Where to lead the browser afterwards.
    pub redirect_uri: String,
    /// `code` or `token`.
    pub response_type: String,
    /// Scopes with spaces between.
    pub scope: String,
    /// Handed back as it is.
    pub state: String,
    /// Ask, though the user agreed before.
    pub force_prompt: bool,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// The request is wrong in a way that only a page can tell.
    Wrong(&'static str),
    /// The browser is led here.
    Go(String),
    /// The user has to sign in.
    SignIn,
    /// The user has to be asked.
    Ask(Consent),
}

/// What a user is asked.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The application's name.
    pub name: String,
    /// Its pages.
    pub homepage_url: Option<String>,
    /// What it promises about private data.
    pub privacy_url: Option<String>,
    /// Its terms.
    pub terms_url: Option<String>,
    /// What it wants to do, sorted.
    pub scopes: Vec<String>,
    /// Where the browser is led afterwards.
    pub leads_to: Url,
}

/// A request that an application may make.
struct Request {
    application: Application,
    redirect: Url,
    scopes: ScopeSet,
    state: String,
    wants_token: bool,
}

/// Looks at what an application asks for, for whoever came with it. Who agreed to as much before is not asked again.
pub async fn begin(ctx: &Ctx, caller: &Caller, query: &AuthorizeQuery) -> Result<Step> {
    let request = match check(ctx, query).await? {
        Ok(request) => request,
        Err(step) => return Ok(step),
    };
    let Some(user) = caller.user.as_ref() else { return Ok(Step::SignIn) };
    let mut conn = ctx.store.read().await?;
    let known = applications::authorization(&mut conn, user.id, request.application.id).await?;
    drop(conn);
    if !query.force_prompt && known.is_some_and(|known| known.scopes.is_superset(request.scopes)) {
        return approve(ctx, caller, request).await.map(Step::Go);
    }
    let Request { application, redirect, scopes, .. } = request;
    Ok(Step::Ask(Consent {
        name: application.name,
        homepage_url: application.homepage_url,
        privacy_url: application.privacy_url,
        terms_url: application.terms_url,
        scopes: scopes_json(scopes),
        leads_to: redirect,
    }))
}

/// Does what the user decided. The request is looked at again.
pub async fn decide(ctx: &Ctx, caller: &Caller, query: &AuthorizeQuery, approves: bool) -> Result<Step> {
    let request = match check(ctx, query).await? {
        Ok(request) => request,
        Err(step) => return Ok(step),
    };
    if caller.user.is_none() {
        return Ok(Step::SignIn);
    }
    match approves {
        true => approve(ctx, caller, request).await.map(Step::Go),
        false => {
            Ok(Step::Go(refusal(&request.redirect, request.wants_token, "access_denied", &request.state)))
        }
    }
}

async fn check(ctx: &Ctx, query: &AuthorizeQuery) -> Result<Result<Request, Step>> {
    let found = application(&mut *ctx.store.read().await?, &query.client_id).await?;
    let Some(application) = found else { return Ok(Err(Step::Wrong(WRONG_CLIENT))) };
    let Some(redirect) = redirect::choose(&application.redirect_uris, &query.redirect_uri) else {
        return Ok(Err(Step::Wrong(WRONG_REDIRECT)));
    };
    let wants_token = match query.response_type.as_str() {
        "code" => false,
        "token" => true,
        _ => return Ok(Err(Step::Wrong(WRONG_TYPE))),
    };
    let state: String = query.state.chars().take(STATE_CHARS_MAX).collect();
    let scopes =
        query.scope.split_ascii_whitespace().map(str::parse::<Scope>).collect::<Result<ScopeSet, _>>();
    Ok(match scopes {
        Ok(scopes) => Ok(Request { application, redirect, scopes, state, wants_token }),
        Err(_) => Err(Step::Go(refusal(&redirect, wants_token, "invalid_scope", &state))),
    })
}

fn refusal(redirect: &Url, in_fragment: bool, error: &str, state: &str) -> String {
    let pairs = [("error", error), ("state", state)];
    if in_fragment { with_fragment(redirect.clone(), &pairs) } else { with_query(redirect.clone(), &pairs) }
}

async fn approve(ctx: &Ctx, caller: &Caller, request: Request) -> Result<String> {
    let user = caller.user_or_refuse()?.id;
    let inner = ctx.clone();
    let answer = ctx.store.write(move |tx| {
        Box::pin(async move {
            let Request { application, redirect, scopes, state, wants_token } = request;
            let now = inner.now();
            let known = applications::authorization(tx, user, application.id).await?;
            let granted = known.map_or(scopes, |known| known.scopes.union(scopes));
            applications::authorize(tx, user, application.id, granted, now).await?;
            if wants_token {
                let issued = issue(tx, &inner, &application, user, scopes).await?;
                let expires_in = (TOKEN_LIFETIME_S - 1).to_string();
                let expires_at = WireTime::new(issued.expires_at).to_string();
                let pairs = [
                    ("access_token", issued.access.as_str()),
                    ("expires_in", &expires_in),
                    ("expires_at", &expires_at),
                    ("token_type", "bearer"),
                    ("scope", &issued.scopes.sorted().join(" ")),
                    ("state", &state),
                ];
                return Ok::<_, Error>(with_fragment(redirect, &pairs));
            }
            let code = crypto::app_token(inner.ids.as_ref());
            let grant = Grant {
                user_id: user,
                redirect_uri: redirect.to_string(),
                scopes,
                expires_at: after(now, CODE_LIFETIME_S),
            };
            store::insert_grant(tx, application.id, &code.hash, &grant).await?;
            Ok(with_query(redirect, &[("code", code.text.expose_secret()), ("state", &state)]))
        })
    });
    answer.await
}
