//! Who the user behind a token is, as far as the token may tell.

use mortise_domain::Scope;
use mortise_store::user as users;
use mortise_wire::{ErrorBody, WireTime};
use serde_json::{Map, Value as Json, json};

use crate::{Client, Ctx, Error, Result, authenticate, people};

const NO_BEARER: &str = "Bearer token not found in authorization header";
const UNKNOWN: &str = "Access token not found";
const NO_OPENID: &str = "openid scope is required for userinfo access";

/// What the bearer of a token is told of its user: with `openid` who it is, with `profile` and `email` more.
pub async fn user_info(ctx: &Ctx, bearer: Option<&str>, client: Client) -> Result<Map<String, Json>> {
    let coded = |code: &str, message: &str| {
        ErrorBody::Other(json!({ "detail": { "code": code, "message": message, "extra": {} } }))
    };
    let bearer = bearer.map(str::trim).filter(|bearer| !bearer.is_empty());
    let bearer = bearer.ok_or_else(|| Error::Invalid(coded("parameter-validation-error", NO_BEARER)))?;
    let caller = match authenticate::bearer(ctx, bearer, client).await {
        Err(Error::Unauthorized(_)) => return Err(Error::missing(UNKNOWN)),
        found => found?,
    };
    let Some(user) = caller.user.as_ref() else { return Err(Error::missing(UNKNOWN)) };
    let scopes = authenticate::token_scopes(&caller).unwrap_or_default();
    if !scopes.contains(Scope::OpenId) {
        return Err(Error::Refused(coded("insufficient-scope", NO_OPENID)));
    }
    let mut info = Map::new();
    info.insert("sub".to_owned(), Json::from(user.id.get()));
    if scopes.contains(Scope::Profile) {
        let shown = people::user_json(ctx, user, None);
        info.insert("name".to_owned(), Json::from(user.name.as_str()));
        info.insert("avatar_type".to_owned(), Json::from(shown.avatar.avatar_type));
        info.insert("avatar_url".to_owned(), json!(shown.avatar_url));
        info.insert("date_joined".to_owned(), Json::from(WireTime::new(user.date_joined).to_string()));
    }
    if scopes.contains(Scope::Email) {
        let emails = users::emails(&mut *ctx.store.read().await?, &[user.id]).await?;
        let is_verified = emails.iter().any(|email| email.email == user.email && email.is_verified);
        info.insert("email".to_owned(), Json::from(user.email.as_str()));
        info.insert("email_verified".to_owned(), Json::from(is_verified));
    }
    Ok(info)
}
