//! The providers that Mortise knows, as data.

/// What a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// The word that requests use to name it.
    pub key: &'static str,
    /// The word that stored integrations carry. It differs from the key where one provider creates rows of another.
    pub integration_key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// Whether it is listed in the catalog.
    pub is_visible: bool,
}

impl Manifest {
    const fn listed(key: &'static str, name: &'static str) -> Self {
        Self { key, integration_key: key, name, is_visible: true }
    }

    /// Whether an organization can install it here. A provider becomes installable when its install steps are built.
    pub const fn is_installable(&self) -> bool {
        false
    }
}

/// All providers, in the order in which they are listed.
pub const CATALOG: &[Manifest] = &[
    Manifest::listed("bitbucket", "Bitbucket"),
    Manifest::listed("bitbucket_server", "Bitbucket Server"),
    Manifest::listed("slack", "Slack"),
    Manifest::listed("github", "GitHub"),
    Manifest::listed("github_enterprise", "GitHub Enterprise"),
    Manifest::listed("gitlab", "GitLab"),
    Manifest::listed("jira", "Jira"),
    Manifest::listed("jira_server", "Jira Server"),
    Manifest::listed("vsts", "Azure DevOps"),
    Manifest { key: "vsts-extension", integration_key: "vsts", name: "Azure DevOps", is_visible: false },
    Manifest::listed("pagerduty", "PagerDuty"),
    Manifest::listed("vercel", "Vercel"),
    Manifest::listed("msteams", "Microsoft Teams"),
    Manifest::listed("aws_lambda", "AWS Lambda"),
    Manifest::listed("discord", "Discord"),
    Manifest::listed("opsgenie", "Opsgenie"),
];

/// The provider with this key.
pub fn by_key(key: &str) -> Option<&'static Manifest> {
    CATALOG.iter().find(|manifest| manifest.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_stored_rows_lead_back_to_a_provider() {
        for manifest in CATALOG {
            assert_eq!(
                CATALOG.iter().filter(|other| other.key == manifest.key).count(),
                1,
                "{}",
                manifest.key
            );
            assert!(by_key(manifest.integration_key).is_some(), "{}", manifest.key);
        }
        assert_eq!(by_key("nobody"), None);
    }
}
