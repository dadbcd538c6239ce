//! Client assertions: a short-lived JWT with which an app proves that it knows its client secret, without sending it
//! (RFC 7523). HS256 alone; the key is the client secret.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode};
use mortise_domain::Time;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How long an assertion may be good, seconds: each is remembered until its end, so that it is used once.
const LIFETIME_MAX_S: i64 = 24 * 3600;

/// The assertion is broken, signed with something else, not about its sender, or over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the assertion is not good")]
pub struct Invalid;

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// Epoch seconds.
    exp: f64,
}

/// Whose assertion it claims to be, before anything is verified: for finding the secret.
pub fn claimed_issuer(assertion: &str) -> Option<String> {
    Some(dangerous::insecure_decode::<Claims>(assertion).ok()?.claims.iss)
}

/// Verifies an assertion of `client_id`; until when it is good.
pub fn verify(
    assertion: &str,
    client_id: &str,
    client_secret: &SecretString,
    now: Time,
) -> Result<Time, Invalid> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["iss", "sub", "exp"]);
    // Time is the caller's.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_secret(client_secret.expose_secret().as_bytes());
    let claims = decode::<Claims>(assertion, &key, &rules).map_err(|_| Invalid)?.claims;
    if claims.iss != client_id || claims.sub != client_id {
        return Err(Invalid);
    }
    let expires_at = Time::from_second(claims.exp as i64).map_err(|_| Invalid)?;
    let lifetime_s = expires_at.duration_since(now).as_secs();
    if expires_at > now && lifetime_s <= LIFETIME_MAX_S { Ok(expires_at) } else { Err(Invalid) }
}
