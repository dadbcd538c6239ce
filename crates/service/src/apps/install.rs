//! An app in an organization: the installation, the grant with which the app fetches its token, and the hook through
//! which it listens.

use super::{json::status as app_status, subscriptions};
use crate::{Ctx, Error, Result, authenticate::after, events};
use mortise_crypto::{ExposeSecret, Place, token};
use mortise_domain::{
    ApplicationId, InstallationId, OrgId, Time, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Tx,
    sentry_app::{self, Installation, NewGrant, NewInstallation, NewServiceHook, SentryApp},
};

/// How long a grant code can be exchanged, seconds.
const GRANT_LIFETIME_S: i64 = 600;
/// Random bytes of a hook's secret.
const HOOK_SECRET_BYTES: usize = 32;

/// Installs an app and tells it. One that must confirm is pending until it does.
pub async fn install(
    tx: &mut Tx,
    ctx: &Ctx,
    app: &SentryApp,
    org: OrgId,
    actor: Option<UserId>,
    now: Time,
) -> Result<Installation> {
    let status = match app.verify_install {
        true => InstallationStatus::Pending,
        false => InstallationStatus::Installed,
    };
    let installation = insert(tx, ctx, app, org, status, now).await?;
    events::installation_created(tx, org, installation.id, actor, now).await?;
    Ok(installation)
}

/// Creates the rows of an installation without telling anybody.
pub(super) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    app: &SentryApp,
    org: OrgId,
    status: InstallationStatus,
    now: Time,
) -> Result<Installation> {
    let ids = ctx.ids.as_ref();
    let owned = app.proxy_user_id.zip(app.application_id);
    let (user_id, application_id) =
        owned.ok_or_else(|| Error::Internal("an app without owner".to_owned()))?;
    let code = token::app_token(ids);
    let grant = NewGrant {
        user_id,
        application_id,
        code: ctx.keyring.seal(&code_place(&code.hash), code.text.expose_secret().as_bytes(), ids),
        code_hash: code.hash,
        expires_at: after(now, GRANT_LIFETIME_S),
    };
    let grant = sentry_app::insert_grant(tx, &grant).await?;
    let new = NewInstallation { uuid: ids.uuid().to_string(), app: app.id, org, grant, status };
    let installation = sentry_app::insert_installation(tx, &new, now).await?;
    insert_hook(tx, ctx, app, &installation).await?;
    Ok(installation)
}

/// Makes the hook of an installation, if the app has a webhook URL.
pub(super) async fn insert_hook(
    tx: &mut Tx,
    ctx: &Ctx,
    app: &SentryApp,
    installation: &Installation,
) -> Result<()> {
    let url = app.webhook_url.as_deref().filter(|url| !url.is_empty());
    let Some((url, application_id)) = url.zip(app.application_id) else { return Ok(()) };
    let of = (installation.id, installation.organization_id);
    let hook = hook_of(ctx, application_id, of, url.to_owned(), subscriptions::texts(&app.events));
    sentry_app::insert_hook(tx, &hook, ctx.now()).await?;
    Ok(())
}

/// A new hook of an installation in an organization, for single events, with a secret of its own.
pub(super) fn hook_of(
    ctx: &Ctx,
    application_id: ApplicationId,
    (installation_id, organization_id): (InstallationId, OrgId),
    url: String,
    events: Vec<String>,
) -> NewServiceHook {
    let ids = ctx.ids.as_ref();
    let guid = ids.uuid().simple().to_string();
    let secret = ids.hex(HOOK_SECRET_BYTES);
    let place = Place::new("service_hook", "secret", &guid);
    NewServiceHook {
        secret: ctx.keyring.seal(&place, secret.as_bytes(), ids),
        guid,
        application_id,
        installation_id,
        organization_id,
        url,
        events,
    }
}

/// Reads a sealed grant code.
pub(crate) fn open_code(ctx: &Ctx, code_hash: &str, sealed: &[u8]) -> Result<String> {
    let code = ctx.keyring.open_text(&code_place(code_hash), sealed);
    let code = code.map_err(|error| Error::Internal(format!("grant code: {error}")))?;
    Ok(code.expose_secret().to_owned())
}

fn code_place(code_hash: &str) -> Place {
    Place::new("api_grant", "code", code_hash)
}

/// Whether the app is internal.
pub(super) fn is_internal(app: &SentryApp) -> Result<bool> {
    Ok(app_status(app)? == AppStatus::Internal)
}
