//! What this server can do, under the names that clients ask for. The lists are constants: there are no plans and no
//! roll-outs.

/// Names of what organizations have, sorted, without the prefix `organizations:`.
pub const ORGANIZATION_FEATURES: &[&str] = &[
    "advanced-search",
    "global-views",
    "incidents",
    "integrations-alert-rule",
    "integrations-chat-unfurl",
    "integrations-codeowners",
    "integrations-deployment",
    "integrations-enterprise-alert-rule",
    "integrations-enterprise-incident-management",
    "integrations-event-hooks",
    "integrations-incident-management",
    "integrations-issue-basic",
    "integrations-issue-sync",
    "integrations-stacktrace-link",
    "integrations-ticket-rules",
    "team-roles",
    "webhooks-unresolved",
];

/// Names of what projects have, sorted, without the prefix `projects:`.
pub const PROJECT_FEATURES: &[&str] = &[
    "alert-filters",
    "custom-inbound-filters",
    "data-forwarding",
    "discard-groups",
    "rate-limits",
    "servicehooks",
];

/// The names as answers list them.
pub fn names(features: &[&str]) -> Vec<String> {
    features.iter().map(|name| (*name).to_owned()).collect()
}
