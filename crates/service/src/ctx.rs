//! What every use case needs and none may reach for by itself.

use std::{ops::Deref, sync::Arc};

use mortise_crypto::{Keyring, Passwords, SecretString};
use mortise_domain::{Clock, Ids, PublicUrl, Time};
use mortise_egress::Egress;
use mortise_providers::{Apps, Example, Registry};
use mortise_store::Store;
use serde_json::Value as Json;

use crate::{
    analytics,
    ingest::Memory,
    integrations::{CallCounts, Replies},
    limits::Limits,
};

/// Settings that use cases read. The binary validates them before they get here.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The origin that absolute links are built from.
    pub public_url: PublicUrl,
    /// The origin that DSNs are built from; the same as `public_url` unless set.
    pub ingest_url: PublicUrl,
    /// Where people get help with integrations.
    pub support_url: PublicUrl,
    /// The version that clients and receivers are told.
    pub version: &'static str,
    /// How long a receiver of a webhook may take, milliseconds.
    pub webhook_timeout_ms: u64,
    /// How long events are kept, days.
    pub event_retention_days: u32,
    /// Requests per second that one caller may make of one route of the API; `None` switches the limit off.
    pub api_requests_per_s: Option<u32>,
    /// Whether a failure of an app is answered with the app's own status, or 502 without one, instead of 400.
    pub relay_app_status: bool,
    /// Whether avatars may be looked up at Gravatar.
    pub gravatar: bool,
    /// Whether the provider for trying things out is there.
    pub example_provider: bool,
    /// What calls of the internal RPC are signed with; it is not there while there is none.
    pub rpc_secrets: Vec<SecretString>,
    /// Whether integrations that are broken are disabled; otherwise only the log says that they are.
    pub disable_broken: bool,
    /// The apps that the operator has on other sides.
    pub provider_apps: Apps,
    /// Whether mails are sent; otherwise pages do not promise any.
    pub sends_mail: bool,
}

/// The parts of a context.
pub struct CtxParts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// The keys that seal secrets.
    pub keyring: Arc<Keyring>,
    /// Makes and checks password hashes.
    pub passwords: Arc<Passwords>,
    /// What is counted in memory.
    pub limits: Limits,
    /// The only door to the network.
    pub egress: Egress,
    /// Where analytics go.
    pub analytics: Arc<dyn analytics::Sink>,
    /// Settings.
    pub settings: Settings,
}

/// The context. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    parts: CtxParts,
    ingest: Memory,
    calls: CallCounts,
    replies: Replies,
    providers: Registry,
}

impl Ctx {
    /// Wraps the parts.
    pub fn new(parts: CtxParts) -> Self {
        Self::with_providers(parts, |standard| standard)
    }

    /// Wraps the parts, with other providers than the standard ones.
    pub fn with_providers(parts: CtxParts, change: impl FnOnce(Registry) -> Registry) -> Self {
        let mut providers = Registry::standard(&parts.settings.provider_apps);
        if parts.settings.example_provider {
            providers = providers.with(Example);
        }
        let providers = change(providers);
        let (ingest, calls, replies) = (Memory::default(), CallCounts::default(), Replies::default());
        Self(Arc::new(Inner { parts, ingest, calls, replies, providers }))
    }

    /// The current time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// What ingestion remembers.
    pub fn ingest(&self) -> &Memory {
        &self.0.ingest
    }

    /// Calls of providers that wait to be counted.
    pub(crate) fn calls(&self) -> &CallCounts {
        &self.0.calls
    }

    /// What other sides answered a short while ago.
    pub(crate) fn replies(&self) -> &Replies {
        &self.0.replies
    }

    /// The first-party providers.
    pub fn providers(&self) -> &Registry {
        &self.0.providers
    }

    /// Tells analytics; see [`analytics::Sink`].
    pub fn count(&self, name: &str, fields: &Json) {
        self.analytics.record(name, fields);
    }

    /// An absolute link to `path`, which starts with a slash.
    pub fn link(&self, path: &str) -> String {
        self.settings.public_url.join(path)
    }
}

impl Deref for Ctx {
    type Target = CtxParts;
    fn deref(&self) -> &CtxParts {
        &self.0.parts
    }
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("settings", &self.settings).finish_non_exhaustive()
    }
}
