//! The providers that a server knows.

use std::sync::Arc;

use mortise_wire::{Written, integration as wire};

use crate::{
    CATALOG, GitHub, GitHubApp, GitHubEnterprise, Manifest, MsTeams, Predecessor, Provider, Settings,
    TeamsApp, gitlab::GitLab, issue_sync::JIRA_PLUGIN, jira, jira_server, opsgenie, pagerduty, slack, vsts,
};

/// The apps that the operator has on other sides.
#[derive(Debug, Clone, Default)]
pub struct Apps {
    /// That of GitHub.
    pub github: Option<GitHubApp>,
    /// That of Microsoft Teams.
    pub msteams: Option<TeamsApp>,
}

/// The providers of a server, in the order in which they were registered.
#[derive(Clone, Default)]
pub struct Registry {
    providers: Vec<Registered>,
}

#[derive(Clone)]
struct Registered {
    provider: Arc<dyn Provider>,
    /// As it is shown beside an integration.
    shown: Written<wire::Provider>,
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

    fn predecessor(&self) -> Option<&'static Predecessor> {
        matches!(self.0.integration_key, "jira" | "jira_server").then_some(&JIRA_PLUGIN)
    }
}

impl Registry {
    /// Every provider of the catalog, with the apps that the operator has.
    pub fn standard(apps: &Apps) -> Self {
        let known = CATALOG.iter().fold(Self::default(), |registry, manifest| registry.with(Known(manifest)));
        known
            .with(GitHub::new(apps.github.clone()))
            .with(GitHubEnterprise::default())
            .with(GitLab)
            .with(MsTeams::new(apps.msteams.clone()))
    }

    /// Adds a provider. One with the same key is replaced.
    #[must_use]
    pub fn with(mut self, provider: impl Provider + 'static) -> Self {
        let shown = Written::new(provider.manifest().to_wire());
        let registered = Registered { provider: Arc::new(provider), shown };
        match self.providers.iter_mut().find(|known| known.shown.key == registered.shown.key) {
            Some(known) => *known = registered,
            None => self.providers.push(registered),
        }
        self
    }

    /// The provider with this key, listed or not.
    pub fn get(&self, key: &str) -> Option<&dyn Provider> {
        self.registered(key).map(|it| &*it.provider)
    }

    /// How the provider with this key is shown beside an integration, listed or not.
    pub fn shown(&self, key: &str) -> Option<Written<wire::Provider>> {
        self.registered(key).map(|it| it.shown.clone())
    }

    fn registered(&self, key: &str) -> Option<&Registered> {
        self.providers.iter().find(|it| it.shown.key == key)
    }

    /// Those that are listed.
    pub fn visible(&self) -> impl Iterator<Item = &dyn Provider> {
        self.providers.iter().map(|it| &*it.provider).filter(|provider| provider.manifest().is_visible)
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.providers.iter().map(|it| it.shown.key)).finish()
    }
}
