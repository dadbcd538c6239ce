//! One installation: who may reach it, showing it, confirming it, ending it.

use mortise_domain::{
    AuditEvent, Scope, ScopeSet, UserId,
    status::{InstallationStatus, OrgStatus},
};
use mortise_store::{
    Tx,
    sentry_app::{self, Installation, SentryApp},
};
use mortise_wire::{
    fields::{Body, Fields},
    sentry_app as wire,
};
use serde_json::json;

use super::{installations::installation_seen, told};
use crate::{
    Auth, Caller, Ctx, Error, Result,
    access::{self, OrgAccess, Permission, class},
    audit::{self, Actor, Entry},
    events, rules,
};

/// An installation, and what the caller may do in its organization.
#[derive(Debug, Clone)]
pub struct InstallationAccess {
    /// The installation.
    pub installation: Installation,
    /// What is installed.
    pub app: SentryApp,
    /// Who asks.
    pub caller: Caller,
    /// What the caller may do in the organization.
    pub scopes: ScopeSet,
    /// The slug of the organization.
    pub org_slug: String,
}

/// What is done with an installation, each for callers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Looking at it.
    Read,
    /// Confirming it: the app alone, whatever its scopes.
    Confirm,
    /// Ending it.
    End,
    /// Making an item for an issue in the app.
    Act,
    /// Linking an issue to an item.
    Link,
    /// Removing such a link.
    Unlink,
}

impl Use {
    /// The scopes of which one is needed; `None` where scopes do not matter.
    fn scopes(self) -> Option<ScopeSet> {
        match self {
            Use::Read => class::Installation::CLASS.scopes("GET"),
            Use::Confirm => None,
            Use::End => class::Installation::CLASS.scopes("DELETE"),
            Use::Act => class::Installation::CLASS.scopes("POST"),
            Use::Link => class::ExternalIssues::CLASS.scopes("POST"),
            Use::Unlink => class::ExternalIssues::CLASS.scopes("DELETE"),
        }
    }
}

/// The installation with this uuid, for a caller who wants to use it so: the app itself, or people of the organization.
pub async fn installation_for(
    ctx: &Ctx,
    caller: Caller,
    uuid: &str,
    wanted: Use,
) -> Result<InstallationAccess> {
    if caller.is_anonymous() {
        return Err(Error::NotAuthenticated);
    }
    let is_app = caller.user.as_ref().is_some_and(|user| user.is_sentry_app);
    let needed = wanted.scopes();
    let mut conn = ctx.store.read().await?;
    let installation = sentry_app::installation_by_uuid(&mut conn, uuid).await?.ok_or(Error::NotFound)?;
    let app = sentry_app::by_id(&mut conn, installation.sentry_app_id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    let access = access::organization_by_id(ctx, caller.clone(), installation.organization_id).await;
    if is_app {
        // Its own app, with a token that was issued for this installation.
        let is_own = app.proxy_user_id == caller.user_id() && bound_to(&caller) == Some(installation.id);
        return match (is_own, access) {
            (true, Ok(OrgAccess { scopes, org, .. })) => {
                Ok(InstallationAccess { installation, app, caller, scopes, org_slug: org.slug })
            }
            (_, Err(error @ (Error::Store(_) | Error::Busy))) => Err(error),
            _ => Err(Error::Forbidden),
        };
    }
    let access = match access {
        Err(Error::Forbidden | Error::NoSuchResource) => return Err(Error::NotFound),
        // Keys and tokens of an organization are no members of it.
        Ok(_) if caller.user.is_none() => return Err(Error::NotFound),
        other => other?,
    };
    let is_elevated = caller.is_superuser();
    if access.org.status != OrgStatus::Active.number() && !is_elevated {
        return Err(Error::NotFound);
    }
    let may = is_elevated || needed.is_some_and(|needed| access.has(needed));
    if !may || (wanted == Use::Confirm && !is_elevated) {
        return Err(Error::Forbidden);
    }
    let OrgAccess { scopes, org, .. } = access;
    Ok(InstallationAccess { installation, app, caller, scopes, org_slug: org.slug })
}

fn bound_to(caller: &Caller) -> Option<mortise_domain::InstallationId> {
    match &caller.auth {
        Some(Auth::Token(token)) => token.installation.map(|(id, _)| id),
        _ => None,
    }
}

/// The installation. Those who may install see an unused code.
pub async fn get_installation(ctx: &Ctx, access: &InstallationAccess) -> Result<wire::Installation> {
    let may_see_code = access.scopes.contains(Scope::OrgIntegrations);
    installation_seen(ctx, &access.org_slug, access.installation.id, may_see_code).await
}

/// Confirms the installation, as the app does when it has set itself up. Confirming twice is the same as once.
pub async fn confirm_installation(
    ctx: &Ctx,
    access: &InstallationAccess,
    body: &Body,
) -> Result<wire::Installation> {
    let mut installation = access.installation.clone();
    if wants_installed(body)? {
        let id = installation.id;
        let now = ctx.now();
        ctx.store
            .write(move |tx| Box::pin(async move { sentry_app::set_installed(tx, id, now).await }))
            .await?;
        installation.status = InstallationStatus::Installed.number();
        ctx.ingest().keys_changed();
        told::confirmed(ctx, &installation);
    }
    installation_seen(ctx, &access.org_slug, installation.id, false).await
}

fn wants_installed(body: &Body) -> Result<bool> {
    let installed = InstallationStatus::Installed.to_string();
    let check = |text: String| match text == installed {
        true => Ok(text),
        false => Err(format!("Invalid value '{text}' for status. Valid values: '{installed}'")),
    };
    let mut fields = Fields::new(body);
    let status = fields.string("status").and_then(check).optional();
    fields.finish()?;
    Ok(status.is_some())
}

/// Uninstalls the app, and tells it.
pub async fn uninstall(ctx: &Ctx, access: &InstallationAccess) -> Result<()> {
    let (inner, actor, user) = (ctx.clone(), Actor::of(&access.caller), access.caller.user_id());
    let (uuid, app) = (access.installation.uuid.clone(), access.app.clone());
    let ended = ctx.store.write(move |tx| {
        Box::pin(async move {
            let installation = sentry_app::lock_installation(tx, &uuid).await?.ok_or(Error::NotFound)?;
            end(tx, &inner, &installation, user).await?;
            let data = json!({ "sentry_app": app.name });
            let org = installation.organization_id;
            let entry = Entry::new(org, AuditEvent::SentryAppUninstall, data).target(installation.id.get());
            audit::record(tx, &actor, &entry, inner.now()).await?;
            rules::switch_off(tx, &actor, &app, &[installation], inner.now()).await
        })
    });
    ended.await?;
    ctx.ingest().keys_changed();
    ctx.ingest().rules_changed();
    told::uninstalled(ctx, user, access.installation.organization_id, &access.app.slug);
    Ok(())
}

/// Ends an installation with its code, tokens and hooks, and tells the app, which is why the row stays.
pub(super) async fn end(
    tx: &mut Tx,
    ctx: &Ctx,
    installation: &Installation,
    actor: Option<UserId>,
) -> Result<()> {
    let now = ctx.now();
    sentry_app::end_installation(tx, installation, now).await?;
    events::installation_deleted(tx, installation.organization_id, installation.id, actor, now).await?;
    Ok(())
}
