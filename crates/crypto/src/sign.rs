//! Signatures, so that a receiver knows who sent something and that it is unchanged.
//!
//! Every webhook carries two, both HMAC-SHA256 keyed with the UTF-8 bytes of the app's client secret:
//!
//! - `Sentry-Hook-Signature`: hex, over the body alone, which existing receivers check;
//! - `webhook-signature`: after [Standard Webhooks](https://www.standardwebhooks.com), over id, time and body, which
//!   also stops replays. It may list several signatures, so while a secret is exchanged both old and new sign.
//!
//! Calls of the internal RPC carry one over path and body, keyed with a secret that both sides have.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use mortise_domain::random::hex;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::compare::equal;

/// What signatures of the internal RPC begin with.
const RPC_VERSION: &str = "rpc0:";

/// The value of `Sentry-Hook-Signature`. Sign the very bytes that are sent.
///
/// ```
/// use mortise_crypto::sign::{hook_signature, verify_hook_signature};
///
/// let secret = "0123456789abcdef".repeat(4).into();
/// let signature = hook_signature(&secret, b"");
/// assert_eq!(signature, "081247dc68bb7fafbf13220013a0ab71db8b628d679161f87b5e5bd9e19b1494");
/// assert!(verify_hook_signature(&secret, b"", &signature));
/// ```
pub fn hook_signature(secret: &SecretString, body: &[u8]) -> String {
    hex(&mac(secret, &[body]))
}

/// Whether `signature` is that of `body`.
pub fn verify_hook_signature(secret: &SecretString, body: &[u8], signature: &str) -> bool {
    equal(hook_signature(secret, body).as_bytes(), signature.as_bytes())
}

/// The signature of a call of the internal RPC: its version, and hex over path and body.
///
/// ```
/// use mortise_crypto::sign::{rpc_signature, verify_rpc_signature};
///
/// let (old, new) = ("a long old secret".into(), "a long new secret".into());
/// let signature = rpc_signature(&old, "/path/", b"{}");
/// assert!(signature.starts_with("rpc0:"));
/// assert!(verify_rpc_signature(&[new, old], "/path/", b"{}", &signature));
/// ```
pub fn rpc_signature(secret: &SecretString, path: &str, body: &[u8]) -> String {
    format!("{RPC_VERSION}{}", hex(&mac(secret, &[path.as_bytes(), b":", body])))
}

/// Whether a call was signed with one of these secrets.
pub fn verify_rpc_signature(secrets: &[SecretString], path: &str, body: &[u8], signature: &str) -> bool {
    let signed = |secret| equal(rpc_signature(secret, path, body).as_bytes(), signature.as_bytes());
    secrets.iter().any(signed)
}

/// What a Standard Webhooks signature covers.
#[derive(Debug, Clone, Copy)]
pub struct WebhookMessage<'a> {
    /// `webhook-id`: the same over all attempts of one delivery. Has no dot.
    pub id: &'a str,
    /// `webhook-timestamp`: when this attempt is made, in seconds since 1970.
    pub timestamp_seconds: i64,
    /// The body's bytes.
    pub body: &'a [u8],
}

/// The value of `webhook-signature`: one `v1,<base64>` per secret, with spaces between.
///
/// ```
/// use mortise_crypto::sign::{WebhookMessage, verify_webhook_signature, webhook_signature};
///
/// let message = WebhookMessage { id: "msg_1", timestamp_seconds: 1_700_000_000, body: b"{}" };
/// let (old, new) = ("old secret".into(), "new secret".into());
/// let header = webhook_signature(&[&new, &old], message);
/// assert!(verify_webhook_signature(&[&old], message, &header));
/// assert!(verify_webhook_signature(&[&new], message, &header));
/// ```
pub fn webhook_signature(secrets: &[&SecretString], message: WebhookMessage<'_>) -> String {
    secrets.iter().map(|secret| message.signed(secret)).collect::<Vec<_>>().join(" ")
}

/// Whether one of the signatures in `header` was made with one of the secrets. Signatures of other versions are
/// skipped. Whether the timestamp is recent is for the caller to judge.
pub fn verify_webhook_signature(
    secrets: &[&SecretString],
    message: WebhookMessage<'_>,
    header: &str,
) -> bool {
    let expected: Vec<_> = secrets.iter().map(|secret| message.signed(secret)).collect();
    header.split(' ').any(|given| expected.iter().any(|own| equal(own.as_bytes(), given.as_bytes())))
}

/// The secret as the Standard Webhooks libraries want it: `whsec_` and base64 of the key.
pub fn standard_webhooks_secret(secret: &SecretString) -> SecretString {
    format!("whsec_{}", STANDARD.encode(secret.expose_secret())).into()
}

impl WebhookMessage<'_> {
    fn signed(self, secret: &SecretString) -> String {
        let timestamp = self.timestamp_seconds.to_string();
        let parts = [self.id.as_bytes(), b".", timestamp.as_bytes(), b".", self.body];
        format!("v1,{}", STANDARD.encode(mac(secret, &parts)))
    }
}

fn mac(secret: &SecretString, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("an HMAC key may have any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
