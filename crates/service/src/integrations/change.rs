//! Changing an integration's settings, and taking it out of an organization.

use mortise_domain::{AuditEvent, status::ObjectStatus};
use mortise_providers::{Provider, ProviderError, Saved};
use mortise_store::{
    Tx, deletion,
    integration::{
        self,
        installed::{self, ExternalProject, Installed},
    },
};
use mortise_wire::errors::{ErrorBody, FieldErrors};
use serde_json::{Map, Value, json};

use super::{
    connection::{config_of, sentence},
    deletion::MODEL,
    json::provider_of,
    list::{connect, find},
    metadata,
};
use crate::{Ctx, Error, Result, access::OrgAccess, audit};

/// Bytes of an organization's settings as JSON, at most.
pub const CONFIG_BYTES_MAX: usize = 64 * 1024;

/// Changes settings. Where the provider has none of its own, what is sent is laid over what is there.
pub async fn update_config(ctx: &Ctx, access: &OrgAccess, id: &str, sent: Map<String, Value>) -> Result<()> {
    let row = find(ctx, access, id).await?;
    let provider = provider_of(ctx, &row)?;
    let saved = match provider.settings() {
        Some(settings) => {
            let on = connect(ctx, access, &row).await?;
            settings.save(&on, sent).await.map_err(|error| refused(provider, error))?
        }
        None => {
            let mut config = config_of(&row);
            config.extend(sent);
            Saved { config, ..Saved::default() }
        }
    };
    let change = Change::new(ctx, access, row, saved)?;
    ctx.store.write(move |tx| Box::pin(async move { change.apply(tx).await })).await
}

fn refused(provider: &dyn Provider, error: ProviderError) -> Error {
    let text = sentence(provider, &error);
    match error {
        ProviderError::Form(fields) => {
            let mut errors = FieldErrors::default();
            for (field, texts) in fields {
                for text in texts {
                    errors.add(&field, text);
                }
            }
            errors.into()
        }
        _ => Error::Invalid(ErrorBody::Other(json!({ "detail": [text] }))),
    }
}

/// Settings on their way into the store.
struct Change {
    row: Installed,
    config: Value,
    metadata: Option<(Vec<u8>, Value)>,
    projects: Option<Vec<ExternalProject>>,
    name: &'static str,
    actor: audit::Actor,
    now: mortise_domain::Time,
}

impl Change {
    fn new(ctx: &Ctx, access: &OrgAccess, row: Installed, saved: Saved) -> Result<Self> {
        let config = Value::Object(saved.config);
        if config.to_string().len() > CONFIG_BYTES_MAX {
            let text = format!("The settings of an integration can have at most {CONFIG_BYTES_MAX} bytes.");
            return Err(Error::Invalid(ErrorBody::Other(json!({ "detail": [text] }))));
        }
        let project = |it: mortise_providers::ExternalProject| ExternalProject {
            organization_integration_id: row.org_integration_id,
            external_id: it.external_id,
            name: it.name,
            resolved_status: it.resolved,
            unresolved_status: it.unresolved,
        };
        Ok(Self {
            metadata: saved.metadata.map(|new| metadata::seal(ctx, &row.provider, &row.external_id, &new)),
            projects: saved.projects.map(|projects| projects.into_iter().map(project).collect()),
            name: provider_of(ctx, &row)?.manifest().key,
            config,
            row,
            actor: audit::Actor::of(&access.caller),
            now: ctx.now(),
        })
    }

    async fn apply(self, tx: &mut Tx) -> Result<()> {
        let id = self.row.org_integration_id;
        installed::set_config(tx, id, &self.config, self.now).await?;
        if let Some((blob, shown)) = &self.metadata {
            integration::set_metadata(tx, self.row.id, blob, shown, self.now).await?;
        }
        if let Some(projects) = &self.projects {
            installed::replace_external_projects(tx, id, projects, self.now).await?;
        }
        let data = json!({ "provider": self.name, "name": "config" });
        let entry = audit::Entry::new(self.row.organization_id, AuditEvent::IntegrationEdit, data);
        audit::record(tx, &self.actor, &entry.target(self.row.id.get()), self.now).await
    }
}

/// Takes an integration out of an organization: it is marked, and what belongs to it is removed in the background.
pub async fn remove_integration(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    let row = find(ctx, access, id).await?;
    let key = provider_of(ctx, &row)?.manifest().key;
    let (actor, by, now) = (audit::Actor::of(&access.caller), access.caller.user_id(), ctx.now());
    let guid = ctx.ids.uuid().simple().to_string();
    let from = [ObjectStatus::Active.number(), ObjectStatus::Disabled.number()];
    let to = ObjectStatus::PendingDeletion.number();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                if !installed::set_status(tx, row.org_integration_id, &from, to, now).await? {
                    return Ok(());
                }
                deletion::schedule(tx, MODEL, row.org_integration_id.get(), &guid, by, now, now).await?;
                let data = json!({ "provider": key, "name": row.name });
                let entry = audit::Entry::new(row.organization_id, AuditEvent::IntegrationRemove, data);
                audit::record(tx, &actor, &entry.target(row.id.get()), now).await
            })
        })
        .await
}
