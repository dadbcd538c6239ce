//! Rules that have nobody left to tell. When an app leaves an organization, or loses its component for rules, the rules
//! whose every action named such an app are switched off in the same transaction. They say why and since when; editing one
//! switches it on again. Rules with another action go on with that.

use std::collections::BTreeMap;

use mortise_domain::{AuditEvent, OrgId, RuleId, Time};
use mortise_store::{
    Conn, Tx,
    rule::{self as store, Rule},
    sentry_app::{Installation, SentryApp},
};
use serde_json::Value;

use super::{
    check::Node,
    component, content, entry,
    input::nodes,
    nodes::{COMPONENT, SERVICE},
};
use crate::{
    Result,
    apps::facade::{self, AlertApp},
    audit,
};

/// Why the server switched a rule off: it has no action that could reach anybody.
const REASON: &str = "no_action";

/// Switches off the rules that have no action left, where an app is gone from organizations or has no component for rules
/// any more. To be called when that is written; the caller tells ingestion that rules changed.
pub async fn switch_off(
    tx: &mut Tx,
    actor: &audit::Actor,
    app: &SentryApp,
    installations: &[Installation],
    now: Time,
) -> Result<()> {
    let orgs: Vec<OrgId> = installations.iter().map(|it| it.organization_id).collect();
    if orgs.is_empty() {
        return Ok(());
    }
    let found = store::mentioning(tx, &orgs, &[app.slug.as_str(), COMPONENT]).await?;
    if found.is_empty() {
        return Ok(());
    }
    let ids: Vec<RuleId> = found.iter().map(|(id, _)| *id).collect();
    let names_app = |rule: &Rule| {
        nodes(&rule.data, "actions").any(|action| {
            let uuid = component::installation_uuid(action);
            service(action) == Some(app.slug.as_str())
                || installations.iter().any(|it| uuid == Some(&*it.uuid))
        })
    };
    let mut by_org: BTreeMap<OrgId, Vec<Rule>> = BTreeMap::new();
    for rule in store::by_ids(tx, &ids).await?.into_iter().filter(names_app) {
        let Some((_, org)) = found.iter().find(|(id, _)| *id == rule.id) else { continue };
        by_org.entry(*org).or_default().push(rule);
    }
    for (org, rules) in by_org {
        let apps = Apps::load(tx, org, rules.iter().map(|rule| &rule.data)).await?;
        for rule in rules.iter().filter(|rule| !apps.reach_any(&rule.data)) {
            store::disable(tx, rule.id, REASON, now).await?;
            let entry = entry(org, AuditEvent::RuleDisable, rule.id, &content(rule));
            audit::record(tx, actor, &entry, now).await?;
        }
    }
    Ok(())
}

/// Whether a rule has an action that can reach somebody.
pub(super) async fn has_action(conn: &mut Conn, org: OrgId, data: &Value) -> Result<bool> {
    Ok(Apps::load(conn, org, std::iter::once(data)).await?.reach_any(data))
}

/// Whether a rule that is about to be written has an action that can reach somebody. An app may have left since the rule was
/// read; none leaves before it is written.
pub(super) async fn still_has_action(tx: &mut Tx, org: OrgId, data: &Value) -> Result<bool> {
    let names_app = |action: &Node| [COMPONENT, SERVICE].map(Some).contains(&action["id"].as_str());
    if !nodes(data, "actions").any(names_app) {
        return Ok(true);
    }
    facade::hold_installations(tx, org).await?;
    has_action(tx, org, data).await
}

/// The apps that rules name.
struct Apps {
    installed: Vec<AlertApp>,
    /// Slugs of apps that are not installed. What is neither is no app.
    missing: Vec<String>,
}

impl Apps {
    async fn load(conn: &mut Conn, org: OrgId, rules: impl Iterator<Item = &Value> + Send) -> Result<Self> {
        let mut slugs: Vec<&str> =
            rules.flat_map(|data| nodes(data, "actions")).filter_map(service).collect();
        slugs.sort_unstable();
        slugs.dedup();
        let installed = facade::alert_apps(conn, org).await?;
        Ok(Self { installed, missing: facade::not_installed(conn, org, &slugs).await? })
    }

    fn reach_any(&self, data: &Value) -> bool {
        nodes(data, "actions").any(|action| match action.get("id").and_then(Value::as_str) {
            Some(COMPONENT) => {
                component::app_of(action, &self.installed).is_some_and(|app| app.component.is_some())
            }
            Some(SERVICE) => service(action).is_some_and(|slug| !self.missing.iter().any(|it| it == slug)),
            _ => true,
        })
    }
}

/// The slug of the app that an action tells.
fn service(action: &Node) -> Option<&str> {
    let is_service = action.get("id").and_then(Value::as_str) == Some(SERVICE);
    action.get("service").and_then(Value::as_str).filter(|_| is_service)
}
