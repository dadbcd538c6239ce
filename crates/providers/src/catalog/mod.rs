//! The manifests of every provider that can have stored integrations, one module per family. The words are ours; keys,
//! names, sets, orders and sizes are what clients compare.

pub(crate) mod chat;
mod hosting;
mod incidents;
pub(crate) mod source;
mod trackers;

use crate::{Aspects, Described, Feature, Manifest};

/// All providers, in the order in which they are registered.
pub const CATALOG: &[&Manifest] = &[
    &source::BITBUCKET,
    &source::BITBUCKET_SERVER,
    &chat::SLACK,
    &source::GITHUB,
    &source::GITHUB_ENTERPRISE,
    &source::GITLAB,
    &trackers::JIRA,
    &trackers::JIRA_SERVER,
    &source::AZURE_DEVOPS,
    &source::AZURE_DEVOPS_EXTENSION,
    &incidents::PAGERDUTY,
    &hosting::VERCEL,
    &chat::MSTEAMS,
    &hosting::AWS_LAMBDA,
    &chat::DISCORD,
    &incidents::OPSGENIE,
];

/// What most manifests have in common; each fills in the rest.
const COMMON: Manifest = Manifest {
    key: "",
    integration_key: "",
    name: "",
    is_visible: true,
    is_switched: false,
    can_add: true,
    dialog: (600, 600),
    noun: "Installation",
    description: "",
    described: &[],
    features: &[],
    aspects: Aspects::NONE,
    report_name: "",
};

const fn described(feature: Feature, text: &'static str) -> Described {
    Described { feature, text }
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
            assert!(CATALOG.iter().any(|other| other.key == manifest.integration_key), "{}", manifest.key);
        }
    }

    #[test]
    fn every_text_is_there_and_trimmed() {
        for manifest in CATALOG {
            let texts = manifest.described.iter().map(|described| described.text);
            for text in texts.chain([manifest.name, manifest.description, manifest.noun]) {
                assert!(!text.is_empty() && text == text.trim(), "{}: {text:?}", manifest.key);
            }
        }
    }
}
