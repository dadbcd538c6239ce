//! What this server can do, under the names that clients ask for. There are no plans and no roll-outs: what is there is
//! on, and an operator switches single features of an organization off or on. The switches lie in the organization's
//! options, so whoever has the organization at hand knows them.

use mortise_domain::AuditEvent;
use mortise_store::organization::{self, Organization};
use serde_json::{Value as Json, json};

use crate::{
    Ctx, Error, Result,
    audit::{self, Actor, Entry},
};

/// The key of the switches in an organization's options.
const SWITCHES: &str = "feature_switches";

/// Names of what organizations have unless it is switched off, sorted, without the prefix `organizations:`.
const ORGANIZATION_FEATURES: &[&str] = &[
    "advanced-search",
    "data-forwarding",
    "derive-code-mappings",
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

/// Names of what organizations have only where it is switched on.
const SWITCHABLE_FEATURES: &[&str] = &[
    "gitlab-disable-on-broken",
    "integrations-custom-alert-priorities",
    "integrations-feature-flag-integration",
    "integrations-msteams-tenant",
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

/// Whether an organization has a feature.
pub fn has(org: &Organization, name: &str) -> bool {
    let switch = org.options.get(SWITCHES).and_then(|switches| switches.get(name)?.as_bool());
    switch.unwrap_or_else(|| ORGANIZATION_FEATURES.contains(&name))
}

/// Whether an organization may use what a gate names. A name that nobody knows gates nothing.
pub fn allows(org: &Organization, gate: &str) -> bool {
    !known().any(|name| name == gate) || has(org, gate)
}

/// Names of what an organization has, sorted.
pub fn of_organization(org: &Organization) -> Vec<String> {
    let mut names: Vec<String> = known().filter(|name| has(org, name)).map(str::to_owned).collect();
    names.sort_unstable();
    names
}

/// Every name that can be switched.
pub fn known() -> impl Iterator<Item = &'static str> {
    ORGANIZATION_FEATURES.iter().chain(SWITCHABLE_FEATURES).copied()
}

/// Switches features of an organization, as the operator of the server. A name that nobody knows is refused, and nothing
/// is changed then. Returns the organization as it is afterwards.
pub async fn switch_features(ctx: &Ctx, slug: &str, switches: &[(String, bool)]) -> Result<Organization> {
    if let Some((name, _)) = switches.iter().find(|(name, _)| !known().any(|known| known == name)) {
        return Err(Error::invalid(format!("there is no feature {name:?}")));
    }
    let (slug, switches, now) = (slug.to_owned(), switches.to_vec(), ctx.now());
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            let found = organization::by_slug(tx, &slug).await?;
            let mut org =
                found.ok_or_else(|| Error::invalid(format!("there is no organization {slug:?}")))?;
            if switches.is_empty() {
                return Ok(org);
            }
            let mut all = org.options.get(SWITCHES).and_then(Json::as_object).cloned().unwrap_or_default();
            all.extend(switches.iter().map(|(name, is_on)| (name.clone(), Json::Bool(*is_on))));
            match &mut org.options {
                Json::Object(options) => drop(options.insert(SWITCHES.to_owned(), Json::Object(all))),
                options => *options = json!({ SWITCHES: all }),
            }
            organization::update(tx, &org).await?;
            let changed: Vec<_> = switches.iter().map(|(name, on)| format!("{name}: {on}")).collect();
            let entry = Entry::new(org.id, AuditEvent::OrgEdit, json!({ "features": changed.join(", ") }));
            audit::record(tx, &Actor::operator(), &entry.target(org.id.get()), now).await?;
            Ok::<_, Error>(org)
        })
    });
    write.await
}
