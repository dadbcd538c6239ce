//! How an app of the operator proves to another side that it is itself: a short-lived JWT, signed with its private key
//! (RS256).

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::{
    RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _},
    pkcs8::DecodePrivateKey as _,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

/// It is no RSA key, or one that signs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no RSA private key in PEM form")]
pub struct NoKey;

/// A private key. Its `Debug` shows nothing.
#[derive(Debug, Clone)]
pub struct AppKey(EncodingKey);

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
}

impl AppKey {
    /// Reads a key in PEM form, PKCS#1 or PKCS#8. Line ends may be written as `\n`, as in a line of an environment file.
    ///
    /// # Errors
    /// [`NoKey`] for anything else.
    pub fn from_pem(pem: &SecretString) -> Result<Self, NoKey> {
        let pem = SecretString::from(pem.expose_secret().replace("\\n", "\n"));
        let text = pem.expose_secret().trim();
        let key = RsaPrivateKey::from_pkcs1_pem(text).ok();
        let key = key.or_else(|| RsaPrivateKey::from_pkcs8_pem(text).ok()).ok_or(NoKey)?;
        let der = key.to_pkcs1_der().map_err(|_| NoKey)?;
        Ok(Self(EncodingKey::from_rsa_der(der.as_bytes())))
    }

    /// An assertion that is good between two times, epoch seconds.
    ///
    /// # Errors
    /// [`NoKey`] where the key is too small to sign with.
    pub fn assertion(&self, issuer: &str, issued_at_s: i64, expires_at_s: i64) -> Result<String, NoKey> {
        let claims = Claims { iss: issuer, iat: issued_at_s, exp: expires_at_s };
        encode(&Header::new(Algorithm::RS256), &claims, &self.0).map_err(|_| NoKey)
    }
}
