//! The providers that a server knows.

use std::sync::Arc;

use crate::{CATALOG, Manifest, Provider, Settings, jira, jira_server, opsgenie, pagerduty, slack, vsts};

/// The providers of a server, in the order in which they were registered.
#[derive(Clone, Default)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
}

/// A provider that is known: what organizations set of it is kept and shown, and it can do nothing else here yet.
struct Known(&'static Manifest);

impl Provider for Known {
    fn manifest(&self) -> &'static Manifest {
        self.0
    }

    fn settings(&self) -> Option<&dyn Settings> {
        Some(match self.0.integration_key {
            "jira" => &jira::SETTINGS,
            "jira_server" => &jira_server::SETTINGS,
            "opsgenie" => &opsgenie::Opsgenie,
            "pagerduty" => &pagerduty::PagerDuty,
            "slack" => &slack::Slack,
            "vsts" => &vsts::SETTINGS,
            _ => return None,
        })
    }
}

impl Registry {
    /// Every provider of the catalog.
    pub fn standard() -> Self {
        CATALOG.iter().fold(Self::default(), |registry, manifest| registry.with(Known(manifest)))
    }

    /// Adds a provider. One with the same key is replaced.
    #[must_use]
    pub fn with(mut self, provider: impl Provider + 'static) -> Self {
        let key = provider.manifest().key;
        let provider: Arc<dyn Provider> = Arc::new(provider);
        match self.providers.iter_mut().find(|known| known.manifest().key == key) {
            Some(known) => *known = provider,
            None => self.providers.push(provider),
        }
        self
    }

    /// The provider with this key, listed or not.
    pub fn get(&self, key: &str) -> Option<&dyn Provider> {
        self.providers.iter().map(|provider| &**provider).find(|provider| provider.manifest().key == key)
    }

    /// Those that are listed.
    pub fn visible(&self) -> impl Iterator<Item = &dyn Provider> {
        self.providers.iter().map(|provider| &**provider).filter(|provider| provider.manifest().is_visible)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.providers.iter().map(|provider| provider.manifest().key)).finish()
    }
}
