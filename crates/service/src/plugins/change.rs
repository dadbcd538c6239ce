//! One plugin of a project: looking at it, switching it on and off, trying it out, changing its settings.

use mortise_domain::AuditEvent;
use mortise_providers::{PluginKind, PluginManifest};
use mortise_store::{
    Tx,
    plugin::{self as store, NewValue},
    repository,
};
use mortise_wire::{errors::ErrorBody, plugin as wire, python};
use serde_json::{Map, Value, json};

use super::{
    ENABLED, check,
    json::{Offered, with_config},
    options::Options,
    trello::{self, TRELLO},
    trial,
};
use crate::{Ctx, Error, Result, access::ProjectAccess, audit, features};

const ALWAYS_ON: &str = "This plugin is always enabled.";
const NO_FORWARDING: &str = "Feature 'organizations:data-forwarding' is not enabled for the organization.";
const FORWARDING: &str = "data-forwarding";

fn find(slug: &str) -> Result<&'static PluginManifest> {
    PluginManifest::find_any(slug).ok_or(Error::NoSuchResource)
}

/// Refuses a plugin that there is not.
pub fn require_plugin(slug: &str) -> Result<()> {
    find(slug).map(drop)
}

/// A plugin with its settings.
pub async fn get_plugin(ctx: &Ctx, access: &ProjectAccess, slug: &str) -> Result<wire::Plugin> {
    shown(ctx, access, find(slug)?).await
}

async fn shown(ctx: &Ctx, access: &ProjectAccess, manifest: &'static PluginManifest) -> Result<wire::Plugin> {
    let mut conn = ctx.store.read().await?;
    let options = Options::load(&mut conn, access.project.id).await?;
    let mut offered = Offered::default();
    if manifest.kind == PluginKind::ReleaseTracking {
        offered.repositories = repository::names(&mut conn, access.org.org.id).await?;
    }
    drop(conn);
    if manifest.slug == TRELLO {
        offered.remote = trello::organizations(ctx, &options).await?;
    }
    with_config(ctx, access, manifest, &options, &offered)
}

/// What became of a post.
#[derive(Debug)]
pub enum Posted {
    /// It is on now.
    Enabled,
    /// It was tried out: what came of it.
    Tested(String),
    /// Its settings are gone.
    Reset(Box<wire::Plugin>),
}

/// Switches a plugin on; with `test` tries it out, with `reset` forgets its settings.
pub async fn post_plugin(
    ctx: &Ctx,
    access: &ProjectAccess,
    slug: &str,
    body: &Map<String, Value>,
) -> Result<Posted> {
    let manifest = find(slug)?;
    let is_asked = |key: &str| body.get(key).is_some_and(python::is_truthy);
    if is_asked("test") && manifest.is_testable() {
        return trial::run(ctx, access, manifest).await.map(Posted::Tested);
    }
    let change = Change::new(ctx, access, manifest);
    if is_asked("reset") {
        let write = ctx.store.write(move |tx| {
            Box::pin(async move {
                store::reset(tx, change.project, manifest.slug).await?;
                change.record(tx, AuditEvent::IntegrationEdit).await
            })
        });
        write.await?;
        let plugin = shown(ctx, access, manifest).await?;
        return Ok(Posted::Reset(Box::new(plugin)));
    }
    if !manifest.can_disable {
        return Err(Error::invalid(ALWAYS_ON));
    }
    if manifest.kind == PluginKind::DataForwarding && !features::has(&access.org.org, FORWARDING) {
        return Err(Error::refused(NO_FORWARDING));
    }
    change.switch(ctx, manifest, true).await?;
    Ok(Posted::Enabled)
}

/// Switches a plugin off.
pub async fn disable_plugin(ctx: &Ctx, access: &ProjectAccess, slug: &str) -> Result<()> {
    let manifest = find(slug)?;
    if !manifest.can_disable {
        return Err(Error::invalid(ALWAYS_ON));
    }
    Change::new(ctx, access, manifest).switch(ctx, manifest, false).await
}

/// Changes the settings of a plugin: all of them, since a field that is left out is one that is emptied. A secret that is
/// left out or empty stays.
pub async fn update_plugin(
    ctx: &Ctx,
    access: &ProjectAccess,
    slug: &str,
    body: &Map<String, Value>,
) -> Result<wire::Plugin> {
    let manifest = find(slug)?;
    let options = Options::load(&mut *ctx.store.read().await?, access.project.id).await?;
    let values = check::settings(ctx, manifest, &options, body).await.map_err(|errors| {
        let errors: Map<String, Value> =
            errors.into_iter().map(|(field, text)| (field, Value::from(text))).collect();
        Error::Invalid(ErrorBody::Other(json!({ "errors": errors })))
    })?;
    let change = Change::new(ctx, access, manifest);
    let sealed = values.into_iter().map(|(field, value)| {
        let new = match value {
            check::Checked::Kept => return (field.name, None),
            check::Checked::Empty => Some(None),
            check::Checked::Plain(value) => Some(Some(NewValue::Plain(value))),
            check::Checked::Secret(text) => {
                let place = super::options::place(access.project.id, manifest.slug, field.name);
                Some(Some(NewValue::Sealed(ctx.keyring.seal(&place, text.as_bytes(), ctx.ids.as_ref()))))
            }
        };
        (field.name, new)
    });
    let values: Vec<_> = sealed.collect();
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            for (field, value) in &values {
                match value {
                    None => {}
                    Some(None) => store::unset(tx, change.project, manifest.slug, field).await?,
                    Some(Some(value)) => store::set(tx, change.project, manifest.slug, field, value).await?,
                }
            }
            change.record(tx, AuditEvent::IntegrationEdit).await
        })
    });
    write.await?;
    shown(ctx, access, manifest).await
}

/// A change on its way into the store.
struct Change {
    org: mortise_domain::OrgId,
    project: mortise_domain::ProjectId,
    data: Value,
    actor: audit::Actor,
    now: mortise_domain::Time,
}

impl Change {
    fn new(ctx: &Ctx, access: &ProjectAccess, manifest: &PluginManifest) -> Self {
        Self {
            org: access.org.org.id,
            project: access.project.id,
            data: json!({ "integration": manifest.slug, "project": access.project.slug }),
            actor: audit::Actor::of(&access.org.caller),
            now: ctx.now(),
        }
    }

    async fn record(self, tx: &mut Tx, event: AuditEvent) -> Result<()> {
        let entry = audit::Entry::new(self.org, event, self.data).target(self.project.get());
        audit::record(tx, &self.actor, &entry, self.now).await
    }

    async fn switch(self, ctx: &Ctx, manifest: &'static PluginManifest, on: bool) -> Result<()> {
        let event = if on { AuditEvent::IntegrationAdd } else { AuditEvent::IntegrationRemove };
        let write = ctx.store.write(move |tx| {
            Box::pin(async move {
                let value = NewValue::Plain(Value::Bool(on));
                store::set(tx, self.project, manifest.slug, ENABLED, &value).await?;
                self.record(tx, event).await
            })
        });
        write.await
    }
}
