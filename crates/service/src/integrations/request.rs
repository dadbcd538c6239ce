//! Asking the owners of an organization to install something.

use mortise_domain::{OrgRole, status::AppStatus};
use mortise_providers::PluginManifest;
use mortise_wire::{fields::Body, python};
use serde_json::Value as Json;

use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    apps::facade,
    events::{self, ProviderFacts},
};

/// Characters of a message that are passed on.
const MESSAGE_CHARS_MAX: usize = 10_000;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// Who asks may install it without asking.
    Needless,
    /// The owners are asked.
    Passed,
}

/// Asks the owners to install what the body names.
pub async fn request_installation(ctx: &Ctx, access: &OrgAccess, body: &Body) -> Result<Requested> {
    if access.role == Some(OrgRole::Owner) {
        return Ok(Requested::Needless);
    }
    let slug = text(body, "providerSlug");
    let unknown = || {
        let named = slug.as_deref().unwrap_or("None");
        Error::invalid(format!("Provider {named} not found"))
    };
    let kind = text(body, "providerType").unwrap_or_default();
    let slug_text = slug.clone().unwrap_or_default();
    let name = name_of(ctx, access, &kind, &slug_text).await?.ok_or_else(unknown)?;
    let provider = ProviderFacts { kind, slug: slug_text, name };
    let message = text(body, "message").unwrap_or_default();
    let message: String = message.trim().chars().take(MESSAGE_CHARS_MAX).collect();
    let (org, actor, now) = (access.org.id, access.caller.user_id(), ctx.now());
    let asked = ctx.store.write(move |tx| {
        Box::pin(async move { events::integration_requested(tx, org, provider, actor, message, now).await })
    });
    asked.await?;
    Ok(Requested::Passed)
}

/// What people call a provider; `None` for one that there is not. Apps of others that are not published are nobody's
/// business.
async fn name_of(ctx: &Ctx, access: &OrgAccess, kind: &str, slug: &str) -> Result<Option<String>> {
    match kind {
        "first_party" => Ok(ctx.providers().get(slug).map(|provider| provider.manifest().name.to_owned())),
        "plugin" => Ok(PluginManifest::find(slug).map(|plugin| plugin.name.to_owned())),
        "sentry_app" => {
            let app = facade::app_by_slug(&mut *ctx.store.read().await?, slug).await?;
            let app = app.filter(|app| app.status == AppStatus::Published || app.owner == access.org.id);
            Ok(app.map(|app| app.name))
        }
        _ => Ok(None),
    }
}

/// A field as text, whatever it is; `None` for null and absence.
fn text(body: &Body, key: &str) -> Option<String> {
    match body {
        Body::Json(body) => match &body[key] {
            Json::Null => None,
            other => Some(python::text(other)),
        },
        Body::Form(pairs) => pairs.iter().rev().find(|(name, _)| name == key).map(|(_, text)| text.clone()),
    }
}
