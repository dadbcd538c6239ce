//! From a legacy plugin to the integration that comes after it: projects whose plugin was set up for the same other side
//! leave it to the integration, which goes on ignoring the fields that they ignored. Plugins link no items to issues here,
//! so there are no links to take over.

use std::collections::{BTreeMap, HashMap};

use mortise_domain::{AuditEvent, ProjectId, Time};
use mortise_providers::{Feature, Predecessor};
use mortise_store::{
    Tx,
    integration::installed::{self, Installed},
    plugin::{self, NewValue, ProjectOption},
};
use mortise_wire::python;
use serde_json::{Value, json};

use super::{change::require_size, config, json::provider_of, list::find, metadata};
use crate::{Ctx, Error, Result, access::OrgAccess, audit, plugins::ENABLED};

/// Lets an integration take over from its legacy plugin, in every project where that was set up for the same other side.
/// `false` where the provider does not keep issues in step, so that it is nobody's successor.
pub async fn migrate_issues(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<bool> {
    let row = find(ctx, access, id).await?;
    let provider = provider_of(ctx, &row)?;
    if !provider.manifest().has(Feature::IssueSync) {
        return Ok(false);
    }
    let Some(predecessor) = provider.predecessor() else { return Ok(true) };
    let kept = metadata::open_row(ctx, &row.provider, &row.external_id, &row.metadata)?;
    let Some(address) = kept.get(predecessor.address_key).and_then(Value::as_str) else { return Ok(true) };
    let takeover = Takeover {
        ctx: ctx.clone(),
        predecessor,
        key: provider.manifest().key,
        address: base(address).to_owned(),
        actor: audit::Actor::of(&access.caller),
        now: ctx.now(),
    };
    ctx.store.write(move |tx| Box::pin(async move { takeover.apply(tx, &row).await })).await?;
    Ok(true)
}

/// An address as far as it counts.
fn base(address: &str) -> &str {
    address.trim_end_matches('/')
}

/// A takeover on its way into the store.
struct Takeover {
    ctx: Ctx,
    predecessor: &'static Predecessor,
    key: &'static str,
    address: String,
    actor: audit::Actor,
    now: Time,
}

impl Takeover {
    async fn apply(&self, tx: &mut Tx, row: &Installed) -> Result<()> {
        let it = self.predecessor;
        let fields = [ENABLED, it.required_field, it.address_field, it.ignored_field];
        let rows = plugin::of_organization(tx, row.organization_id, &[it.plugin], &fields).await?;
        let projects: BTreeMap<ProjectId, Vec<String>> = by_project(&rows)
            .into_iter()
            .filter(|(_, options)| self.is_same(options))
            .map(|(project, options)| (project, names(&text(&options, it.ignored_field))))
            .collect();
        if projects.is_empty() {
            return Ok(());
        }
        // Read again: it may have changed since it was found.
        let row = installed::find(tx, row.organization_id, row.id).await?.ok_or(Error::NoSuchResource)?;
        self.ignore(tx, &row, projects.values().flatten()).await?;
        let disabled: Vec<ProjectId> = projects.into_keys().collect();
        plugin::set_everywhere(tx, &disabled, it.plugin, ENABLED, &NewValue::Plain(json!(false))).await?;
        let data = json!({ "provider": self.key, "name": "config" });
        let entry = audit::Entry::new(row.organization_id, AuditEvent::IntegrationEdit, data);
        audit::record(tx, &self.actor, &entry.target(row.id.get()), self.now).await
    }

    /// Whether the plugin is on in a project, and for the same other side.
    fn is_same(&self, options: &HashMap<&str, &Value>) -> bool {
        let has = |field: &str| options.get(field).is_some_and(|value| python::is_truthy(value));
        has(ENABLED)
            && has(self.predecessor.required_field)
            && base(&text(options, self.predecessor.address_field)) == self.address
    }

    /// Adds to the names of fields that the integration ignores.
    async fn ignore(&self, tx: &mut Tx, row: &Installed, more: impl Iterator<Item = &String>) -> Result<()> {
        let mut config = config::open(&self.ctx, row)?;
        let key = self.predecessor.ignored_key;
        let had = config.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut all = had.clone();
        for name in more {
            if !all.iter().any(|it| it == name) {
                all.push(name.as_str().into());
            }
        }
        if all == had {
            return Ok(());
        }
        config.insert(key.to_owned(), all.into());
        require_size(&config)?;
        let sealed = config::seal(&self.ctx, row.organization_id, row.id, &config);
        let stored =
            installed::replace_config(tx, row.org_integration_id, row.config.as_deref(), &sealed, self.now);
        if stored.await? { Ok(()) } else { Err(Error::Busy) }
    }
}

fn by_project(rows: &[ProjectOption]) -> BTreeMap<ProjectId, HashMap<&str, &Value>> {
    let mut projects: BTreeMap<ProjectId, HashMap<&str, &Value>> = BTreeMap::new();
    for row in rows {
        if let Some(value) = &row.value {
            projects.entry(row.project_id).or_default().insert(&row.field, value);
        }
    }
    projects
}

fn text(options: &HashMap<&str, &Value>, field: &str) -> String {
    let value = options.get(field).filter(|value| python::is_truthy(value));
    value.map(|value| python::text(value).trim().to_owned()).unwrap_or_default()
}

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
