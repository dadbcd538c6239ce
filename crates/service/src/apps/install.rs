//! An app in an organization: the installation, the grant with which the app fetches its token, and the hook through
//! which it listens.

use std::collections::HashMap;

use mortise_crypto::{ExposeSecret, Place, token};
use mortise_domain::{
    OrgId, Scope, Time, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Conn, Tx, organization,
    sentry_app::{self, Grant, Installation, NewGrant, NewInstallation, NewServiceHook, SentryApp},
};
use mortise_wire::{
    page::{Page, PageRequest},
    sentry_app::{self as wire, InstallationOrganization, InstalledApp},
};

use super::{json::status as app_status, subscriptions};
use crate::{Ctx, Error, Result, access::OrgAccess, authenticate::after, events, paging};

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
    if let Some(url) = app.webhook_url.as_deref().filter(|url| !url.is_empty()) {
        let guid = ids.uuid().simple().to_string();
        let secret = ids.hex(HOOK_SECRET_BYTES);
        let place = Place::new("service_hook", "secret", &guid);
        let hook = NewServiceHook {
            secret: ctx.keyring.seal(&place, secret.as_bytes(), ids),
            guid,
            application_id,
            installation_id: installation.id,
            organization_id: org,
            url: url.to_owned(),
            events: subscriptions::texts(&app.events),
        };
        sentry_app::insert_hook(tx, &hook, now).await?;
    }
    Ok(installation)
}

/// The apps in an organization, newest first. Those who may install see unused codes.
pub async fn list_installations(
    ctx: &Ctx,
    access: &OrgAccess,
    page: PageRequest,
) -> Result<Page<wire::Installation>> {
    let window = page.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::live_of_org(&mut conn, access.org.id, paging::slice(&window)).await?;
    let page = window.page(rows);
    let seen =
        installations(ctx, &mut conn, &page.rows, access.scopes.contains(Scope::OrgIntegrations)).await?;
    Ok(page.replace(|_| seen))
}

/// One installation as a caller of its organization sees it.
pub async fn installation_json(
    ctx: &Ctx,
    access: &OrgAccess,
    installation: &Installation,
) -> Result<wire::Installation> {
    let mut conn = ctx.store.read().await?;
    let may_see_code = access.scopes.contains(Scope::OrgIntegrations);
    let rows = std::slice::from_ref(installation);
    let mut seen = installations(ctx, &mut conn, rows, may_see_code).await?;
    seen.pop().ok_or_else(|| Error::Internal("an installation is not there".to_owned()))
}

async fn installations(
    ctx: &Ctx,
    conn: &mut Conn,
    rows: &[Installation],
    may_see_code: bool,
) -> Result<Vec<wire::Installation>> {
    let ids: Vec<_> = rows.iter().map(|row| row.sentry_app_id).collect();
    let apps: HashMap<_, _> =
        sentry_app::by_ids(conn, &ids).await?.into_iter().map(|app| (app.id, app)).collect();
    let ids: Vec<_> = rows.iter().map(|row| row.organization_id).collect();
    let orgs: HashMap<_, _> =
        organization::by_ids(conn, &ids).await?.into_iter().map(|org| (org.id, org)).collect();
    let ids: Vec<_> = rows.iter().filter_map(|row| row.api_grant_id).filter(|_| may_see_code).collect();
    let grants: HashMap<_, _> =
        sentry_app::grants(conn, &ids).await?.into_iter().map(|grant| (grant.id, grant)).collect();
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some(app), Some(org)) = (apps.get(&row.sentry_app_id), orgs.get(&row.organization_id)) else {
            continue;
        };
        let grant = row.api_grant_id.and_then(|id| grants.get(&id));
        let status = InstallationStatus::try_from(row.status).map_err(|e| Error::Internal(e.to_string()))?;
        seen.push(wire::Installation {
            app: InstalledApp { uuid: app.uuid.clone(), slug: app.slug.clone(), sentry_app_id: app.id.get() },
            organization: InstallationOrganization { slug: org.slug.clone(), id: None },
            uuid: row.uuid.clone(),
            status: status.to_string(),
            code: grant.map(|grant| code(ctx, grant)).transpose()?,
        });
    }
    Ok(seen)
}

fn code(ctx: &Ctx, grant: &Grant) -> Result<String> {
    open_code(ctx, &grant.code_hash, &grant.code)
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
