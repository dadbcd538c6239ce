//! What signs the calls to an app: its secret, and for a while after a rotation the one before it.
//!
//! A signature in the header of the original is one, made with the secret of now. Standard Webhooks lets a header hold
//! several, so receivers that check it have time to take up the new secret.

use mortise_crypto::{
    ExposeSecret, Place, SecretString,
    sign::{WebhookMessage, hook_signature, webhook_signature},
};
use mortise_domain::Time;
use mortise_store::application::Application;

use crate::{Ctx, Error, Result, applications::secret_place, authenticate::after};

/// For how long the secret before still signs, seconds.
pub const OVERLAP_S: i64 = 24 * 3600;

fn previous_place(client_id: &str) -> Place {
    Place::new("api_application", "previous_secret", client_id)
}

/// The secrets of an application as they are stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealedSecrets<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) current: &'a [u8],
    pub(crate) previous: Option<&'a [u8]>,
    pub(crate) rotated_at: Option<Time>,
}

impl<'a> From<&'a Application> for SealedSecrets<'a> {
    fn from(it: &'a Application) -> Self {
        Self {
            client_id: &it.client_id,
            current: &it.client_secret,
            previous: it.previous_secret.as_deref(),
            rotated_at: it.secret_rotated_at,
        }
    }
}

/// What signs.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    current: SecretString,
    previous: Option<SecretString>,
}

impl Secrets {
    pub(crate) fn open(ctx: &Ctx, sealed: SealedSecrets<'_>) -> Result<Self> {
        let open = |place: &Place, blob: &[u8]| {
            let secret = ctx.keyring.open_text(place, blob);
            secret.map_err(|error| Error::Internal(format!("client secret: {error}")))
        };
        let overlaps = sealed.rotated_at.is_some_and(|at| ctx.now() < after(at, OVERLAP_S));
        let previous = sealed.previous.filter(|_| overlaps);
        Ok(Self {
            current: open(&secret_place(sealed.client_id), sealed.current)?,
            previous: previous.map(|blob| open(&previous_place(sealed.client_id), blob)).transpose()?,
        })
    }

    #[cfg(test)]
    pub(super) fn without_previous(current: SecretString) -> Self {
        Self { current, previous: None }
    }

    /// The one that is good for exchanging tokens.
    pub(crate) fn current(&self) -> &SecretString {
        &self.current
    }

    /// The current secret, sealed as the one before.
    pub(crate) fn seal_as_previous(&self, ctx: &Ctx, client_id: &str) -> Vec<u8> {
        let secret = self.current.expose_secret().as_bytes();
        ctx.keyring.seal(&previous_place(client_id), secret, ctx.ids.as_ref())
    }

    /// The signature over a body alone.
    pub(crate) fn over_body(&self, body: &[u8]) -> String {
        hook_signature(&self.current, body)
    }

    /// The signatures over id, time and body, one for each secret.
    pub(crate) fn over_message(&self, message: WebhookMessage<'_>) -> String {
        let secrets: Vec<_> = std::iter::once(&self.current).chain(&self.previous).collect();
        webhook_signature(&secrets, message)
    }
}
