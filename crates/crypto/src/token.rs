//! Tokens: made here, shown once, stored as a hash.
//!
//! A token has 256 random bits, so a plain SHA-256 is enough: there is nothing to guess, and a lookup by hash is one
//! index probe. The hash covers the whole text with its prefix.

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::STANDARD_NO_PAD};
use mortise_domain::{
    Ids, PublicUrl, Time,
    random::hex,
    token::{ORG_TOKEN_PREFIX, USER_TOKEN_PREFIX},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const SECRET_BYTES: usize = 32;
const LAST_CHARACTERS: usize = 4;

/// A token that was just made. The text is the only copy there will ever be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What its owner sees, once.
    pub text: SecretString,
    /// What is stored: see [`hash_token`].
    pub hash: String,
    /// What lists show, so that people tell their tokens apart.
    pub last_characters: String,
}

impl NewToken {
    /// Prepares a text for storing. Also for tokens that came from elsewhere, such as a declared set-up.
    pub fn of(text: String) -> Self {
        Self {
            hash: hash_token(&text),
            last_characters: last_characters(&text).to_owned(),
            text: text.into(),
        }
    }
}

/// The lowercase hex SHA-256 of a token's whole text: what is stored and looked up.
///
/// ```
/// # use mortise_crypto::token::hash_token;
/// assert_eq!(
///     hash_token("sntryu_abc"),
///     "cf5d8e18400e43911156df8b4240a8fef1ab096a15dea82804d35b34b5a16d30",
/// );
/// ```
pub fn hash_token(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The last four characters of a token, or all of a shorter text.
pub fn last_characters(text: &str) -> &str {
    text.char_indices().rev().nth(LAST_CHARACTERS - 1).map_or(text, |(at, _)| &text[at..])
}

/// A token that a person makes for scripts: `sntryu_` and 64 hex digits.
pub fn user_token(ids: &dyn Ids) -> NewToken {
    NewToken::of(format!("{USER_TOKEN_PREFIX}{}", ids.hex(SECRET_BYTES)))
}

/// A token of an app or an OAuth application, a refresh token, a grant code: 64 hex digits.
pub fn app_token(ids: &dyn Ids) -> NewToken {
    NewToken::of(ids.hex(SECRET_BYTES))
}

/// The key of a browser session, for the cookie: 64 hex digits.
pub fn session_token(ids: &dyn Ids) -> NewToken {
    NewToken::of(ids.hex(SECRET_BYTES))
}

/// What forms carry to prove that they come from our own pages: 64 hex digits, one per session.
pub fn csrf_token(ids: &dyn Ids) -> SecretString {
    ids.hex(SECRET_BYTES).into()
}

/// The public name of an OAuth application: 64 hex digits.
pub fn client_id(ids: &dyn Ids) -> String {
    ids.hex(SECRET_BYTES)
}

/// The secret of an OAuth application, which also signs its webhooks: 64 hex digits.
pub fn client_secret(ids: &dyn Ids) -> SecretString {
    ids.hex(SECRET_BYTES).into()
}

/// What an organization token tells whoever reads it. Command line tools find the server and the organization in
/// it; the server itself believes only the hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrgTokenPayload {
    /// When it was made: seconds since 1970, with fraction.
    pub iat: f64,
    /// Where the server is.
    #[serde(default)]
    pub url: String,
    /// Where the organization's data is; the same server here.
    #[serde(default)]
    pub region_url: String,
    /// The organization's slug at that time.
    #[serde(default)]
    pub org: String,
}

impl OrgTokenPayload {
    /// The payload of a token made now.
    pub fn new(now: Time, url: &PublicUrl, org: &str) -> Self {
        let url = url.as_str().to_owned();
        #[expect(
            clippy::cast_precision_loss,
            reason = "microseconds since 1970 fit 52 bits until the year 2112"
        )]
        let iat = now.as_microsecond() as f64 / 1e6;
        Self { iat, region_url: url.clone(), url, org: org.to_owned() }
    }
}

/// A token of an organization: `sntrys_`, the payload, `_` and 256 random bits.
///
/// ```
/// use mortise_crypto::{ExposeSecret, token::{OrgTokenPayload, org_token, parse_org_token}};
/// use mortise_domain::{Clock, SystemClock, SystemIds};
///
/// let url = "https://m.example.com".parse().unwrap();
/// let payload = OrgTokenPayload::new(SystemClock.now(), &url, "acme");
/// let token = org_token(&SystemIds, &payload);
/// assert_eq!(parse_org_token(token.text.expose_secret()), Ok(payload));
/// ```
pub fn org_token(ids: &dyn Ids, payload: &OrgTokenPayload) -> NewToken {
    let mut secret = [0; SECRET_BYTES];
    ids.fill(&mut secret);
    let payload = serde_json::to_vec(payload).expect("numbers and texts always become JSON");
    let (payload, secret) = (STANDARD.encode(payload), STANDARD_NO_PAD.encode(secret));
    NewToken::of(format!("{ORG_TOKEN_PREFIX}{payload}_{secret}"))
}

/// Why a text is no organization token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrgTokenError {
    /// Not prefix, payload and secret with one `_` between them.
    #[error("an organization token has three parts")]
    Parts,
    /// The payload is not base64 of a JSON object with `iat`.
    #[error("the payload of the organization token cannot be read")]
    Payload,
}

/// Reads the payload of an organization token. That it can be read says nothing about whether it is valid: look up
/// [`hash_token`].
pub fn parse_org_token(text: &str) -> Result<OrgTokenPayload, OrgTokenError> {
    let rest = text.strip_prefix(ORG_TOKEN_PREFIX).ok_or(OrgTokenError::Parts)?;
    let (payload, secret) = rest.split_once('_').ok_or(OrgTokenError::Parts)?;
    if secret.is_empty() || secret.contains('_') {
        return Err(OrgTokenError::Parts);
    }
    let payload = STANDARD.decode(payload).map_err(|_| OrgTokenError::Payload)?;
    serde_json::from_slice(&payload).map_err(|_| OrgTokenError::Payload)
}

/// Whether a text presented again is the one a hash was made of. For hashes that were not found by lookup.
pub fn matches(text: &SecretString, hash: &str) -> bool {
    crate::compare::equal(hash_token(text.expose_secret()).as_bytes(), hash.as_bytes())
}
