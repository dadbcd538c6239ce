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
    config,
    connection::sentence,
    deletion::MODEL,
    json::provider_of,
    list::{connect, find},
    metadata,
};
use crate::{Ctx, Error, Result, access::OrgAccess, audit};

/// Bytes of an organization's settings as JSON, at most.
pub const CONFIG_BYTES_MAX: usize = 64 * 1024;

/// How often settings are worked out before it is given up, because others save theirs in between.
pub(super) const TRIES_MAX: usize = 5;

/// Changes settings. Where the provider has none of its own, what is sent is laid over what is there. The provider may ask
/// the other side, so it works outside of the transaction; what it made is stored only over what it was made from.
pub async fn update_config(ctx: &Ctx, access: &OrgAccess, id: &str, sent: Map<String, Value>) -> Result<()> {
    for _ in 0..TRIES_MAX {
        let row = find(ctx, access, id).await?;
        let saved = save(ctx, access, &row, sent.clone()).await?;
        let change = Change::new(ctx, access, row, saved)?;
        match ctx.store.write(move |tx| Box::pin(async move { change.apply(tx).await })).await {
            Ok(()) => return Ok(()),
            Err(NotSaved::Outdated) => {}
            Err(NotSaved::Error(error)) => return Err(error),
        }
    }
    Err(Error::Busy)
}

/// What becomes of the settings of a row.
async fn save(ctx: &Ctx, access: &OrgAccess, row: &Installed, sent: Map<String, Value>) -> Result<Saved> {
    let provider = provider_of(ctx, row)?;
    match provider.settings() {
        Some(settings) => {
            let on = connect(ctx, access, row).await?;
            settings.save(&on, sent).await.map_err(|error| refused(provider, error))
        }
        None => {
            let mut config = config::open(ctx, row)?;
            config.extend(sent);
            Ok(Saved { config, ..Saved::default() })
        }
    }
}

/// What a provider's refusal is answered with: messages by field where it names fields.
fn refused(provider: &dyn Provider, error: ProviderError) -> Error {
    let text = sentence(provider, &error);
    if let ProviderError::Internal(reason) = &error {
        tracing::error!(%reason, provider = provider.manifest().key, "settings could not be checked");
    }
    match error.by_field(|body| provider.fields_of(body)) {
        Some(fields) => {
            let mut errors = FieldErrors::default();
            for (field, texts) in fields {
                for text in texts {
                    errors.add(&field, text);
                }
            }
            errors.into()
        }
        None => Error::Invalid(ErrorBody::Other(json!({ "detail": [text] }))),
    }
}

/// Refuses settings that are too large.
pub(super) fn require_size(config: &Map<String, Value>) -> Result<()> {
    if Value::Object(config.clone()).to_string().len() <= CONFIG_BYTES_MAX {
        return Ok(());
    }
    let text = format!("The settings of an integration can have at most {CONFIG_BYTES_MAX} bytes.");
    Err(Error::Invalid(ErrorBody::Other(json!({ "detail": [text] }))))
}

/// Why settings were not stored.
enum NotSaved {
    /// Somebody else stored some in the meantime.
    Outdated,
    /// Something failed.
    Error(Error),
}

impl<E: Into<Error>> From<E> for NotSaved {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Settings on their way into the store.
struct Change {
    row: Installed,
    config: Vec<u8>,
    metadata: Option<(Vec<u8>, Value)>,
    projects: Option<Vec<ExternalProject>>,
    name: &'static str,
    actor: audit::Actor,
    now: mortise_domain::Time,
}

impl Change {
    fn new(ctx: &Ctx, access: &OrgAccess, row: Installed, saved: Saved) -> Result<Self> {
        require_size(&saved.config)?;
        let project = |it: mortise_providers::ExternalProject| ExternalProject {
            organization_integration_id: row.org_integration_id,
            external_id: it.external_id,
            name: it.name,
            resolved_status: it.resolved,
            unresolved_status: it.unresolved,
        };
        Ok(Self {
            config: config::seal(ctx, row.organization_id, row.id, &saved.config),
            metadata: saved.metadata.map(|new| metadata::seal(ctx, &row.provider, &row.external_id, &new)),
            projects: saved.projects.map(|projects| projects.into_iter().map(project).collect()),
            name: provider_of(ctx, &row)?.manifest().key,
            row,
            actor: audit::Actor::of(&access.caller),
            now: ctx.now(),
        })
    }

    async fn apply(self, tx: &mut Tx) -> Result<(), NotSaved> {
        let (row, now) = (&self.row, self.now);
        let id = row.org_integration_id;
        if !installed::replace_config(tx, id, row.config.as_deref(), &self.config, now).await? {
            return Err(NotSaved::Outdated);
        }
        if let Some((blob, shown)) = &self.metadata
            && !integration::replace_metadata(tx, row.id, &row.metadata, blob, shown, now).await?
        {
            return Err(NotSaved::Outdated);
        }
        if let Some(projects) = &self.projects {
            installed::replace_external_projects(tx, id, projects, now).await?;
        }
        let data = json!({ "provider": self.name, "name": "config" });
        let entry = audit::Entry::new(row.organization_id, AuditEvent::IntegrationEdit, data);
        Ok(audit::record(tx, &self.actor, &entry.target(row.id.get()), now).await?)
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
