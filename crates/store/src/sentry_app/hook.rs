//! The hooks through which apps listen, and what is needed to tell them something.

use mortise_domain::{AppId, ApplicationId, HookId, InstallationId, OrgId, Time};
use serde_json::Value as Json;

use crate::{Conn, Query, Result, Tx, row};

/// What a new hook needs.
#[derive(Debug, Clone)]
pub struct NewServiceHook {
    /// 32 hex digits.
    pub guid: String,
    /// The app's application.
    pub application_id: ApplicationId,
    /// Whose it is.
    pub installation_id: InstallationId,
    /// Where the app is installed.
    pub organization_id: OrgId,
    /// The app's webhook URL.
    pub url: String,
    /// Sealed; bound to `service_hook.secret:<guid>`.
    pub secret: Vec<u8>,
    /// Single events.
    pub events: Vec<String>,
}

/// Creates the hook of an installation.
pub async fn insert_hook(tx: &mut Tx, new: &NewServiceHook, now: Time) -> Result<HookId> {
    let query = Query::new(
        "INSERT INTO service_hook (guid, application_id, installation_id, actor_id, organization_id, url, secret, \
         events, status, version, date_added) VALUES ($1, $2, $3, $3, $4, $5, $6, $7, 0, 0, $8) RETURNING id",
    );
    let query = query.bind(&new.guid).bind(new.application_id).bind(new.installation_id);
    let query = query.bind(new.organization_id).bind(&new.url).bind(new.secret.clone());
    tx.one(query.bind(&Json::from(new.events.clone())).bind(now)).await
}

/// Points every hook of an application to a URL, for these events; how many there are.
pub async fn set_hooks(
    tx: &mut Tx,
    application: ApplicationId,
    url: &str,
    events: Vec<String>,
) -> Result<u64> {
    let query = Query::new("UPDATE service_hook SET url = $2, events = $3 WHERE application_id = $1");
    tx.execute(query.bind(application).bind(url).bind(&Json::from(events))).await
}

row! {
    /// A hook through which an app listens.
    pub struct AppHook {
        pub id: HookId,
        pub guid: String,
        pub application_id: Option<ApplicationId>,
        pub installation_id: Option<InstallationId>,
        pub organization_id: Option<OrgId>,
        pub url: String,
        pub events: Json,
        pub status: i64,
    }
}

/// The hooks of an application by id, all or those of these installations.
pub async fn hooks_of(
    conn: &mut Conn,
    application: ApplicationId,
    installations: Option<&[InstallationId]>,
) -> Result<Vec<AppHook>> {
    let mut query = Query::new(
        "SELECT id, guid, application_id, installation_id, organization_id, url, events, status FROM service_hook \
         WHERE application_id = ",
    );
    query.arg(application);
    if let Some(installations) = installations {
        query.push(" AND installation_id IN ").list(installations.iter().copied());
    }
    query.push(" ORDER BY id");
    conn.all(query).await
}

/// Points one hook to a URL, for these events.
pub async fn set_hook(tx: &mut Tx, id: HookId, url: &str, events: Vec<String>) -> Result<()> {
    let query = Query::new("UPDATE service_hook SET url = $2, events = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(url).bind(&Json::from(events))).await
}

/// Removes every hook of an application.
pub async fn delete_hooks(tx: &mut Tx, application: ApplicationId) -> Result<()> {
    tx.execute(Query::new("DELETE FROM service_hook WHERE application_id = $1").bind(application)).await?;
    Ok(())
}

row! {
    /// An installation that listens: installed, with an active hook and a webhook URL.
    pub struct Listener {
        pub installation_id: InstallationId,
        pub app_id: AppId,
        pub organization_id: OrgId,
        pub app_events: Json,
        pub hook_events: Json,
    }
}

/// Who listens in these organizations.
pub async fn listeners(conn: &mut Conn, orgs: &[OrgId]) -> Result<Vec<Listener>> {
    let mut query = Query::new(
        "SELECT i.id AS installation_id, a.id AS app_id, i.organization_id, a.events AS app_events, h.events AS hook_events \
         FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id \
         JOIN service_hook h ON h.installation_id = i.id AND h.status = 0 \
         WHERE i.date_deleted IS NULL AND i.status = 1 AND a.date_deleted IS NULL AND a.is_disabled = FALSE \
         AND a.webhook_url <> '' AND i.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" ORDER BY i.id");
    conn.all(query).await
}

row! {
    /// An installation that alert rules can tell: installed, of an app with a webhook URL.
    pub struct AlertListener {
        pub installation_id: InstallationId,
        pub installation_uuid: String,
        pub organization_id: OrgId,
        pub app_id: AppId,
        pub slug: String,
        pub is_alertable: bool,
    }
}

/// Whom alert rules can tell in these organizations. An app that was switched off is among them: it subscribes to nothing,
/// but rules still name it.
pub async fn alert_listeners(conn: &mut Conn, orgs: &[OrgId]) -> Result<Vec<AlertListener>> {
    let mut query = Query::new(
        "SELECT i.id AS installation_id, i.uuid AS installation_uuid, i.organization_id, a.id AS app_id, a.slug, \
         a.is_alertable FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id \
         WHERE i.date_deleted IS NULL AND i.status = 1 AND a.date_deleted IS NULL AND a.webhook_url <> '' \
         AND i.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" ORDER BY i.id");
    conn.all(query).await
}

/// The apps of these installations, ended ones among them.
pub async fn apps_of(conn: &mut Conn, ids: &[InstallationId]) -> Result<Vec<(InstallationId, AppId)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new("SELECT id, sentry_app_id FROM sentry_app_installation WHERE id IN ");
    query.list(ids.iter().copied());
    conn.all(query).await
}

row! {
    /// Everything that telling an installation takes, read anew for each attempt.
    pub struct WebhookTarget {
        pub installation_id: InstallationId,
        pub installation_uuid: String,
        pub installation_status: i64,
        pub installation_deleted: Option<Time>,
        pub grant_code_hash: Option<String>,
        pub grant_code: Option<Vec<u8>>,
        pub organization_id: OrgId,
        pub organization_slug: String,
        /// Bits of [`mortise_domain::org::OrgFlag`].
        pub organization_flags: i64,
        pub app_id: AppId,
        pub app_uuid: String,
        pub app_slug: String,
        pub app_name: String,
        pub webhook_url: Option<String>,
        pub webhook_headers: Json,
        pub client_id: String,
        /// Sealed; bound to `api_application.client_secret:<client_id>`.
        pub client_secret: Vec<u8>,
        /// Sealed; bound to `api_application.previous_secret:<client_id>`.
        pub previous_secret: Option<Vec<u8>>,
        pub secret_rotated_at: Option<Time>,
    }
}

/// How these installations are told, ended ones among them.
pub async fn webhook_targets(conn: &mut Conn, ids: &[InstallationId]) -> Result<Vec<WebhookTarget>> {
    let mut query = Query::new(
        "SELECT i.id AS installation_id, i.uuid AS installation_uuid, i.status AS installation_status, \
         i.date_deleted AS installation_deleted, g.code_hash AS grant_code_hash, g.code AS grant_code, \
         o.id AS organization_id, o.slug AS organization_slug, o.flags AS organization_flags, a.id AS app_id, a.uuid AS app_uuid, \
         a.slug AS app_slug, a.name AS app_name, a.webhook_url, a.webhook_headers, p.client_id, p.client_secret, \
         p.previous_secret, p.secret_rotated_at \
         FROM sentry_app_installation i JOIN organization o ON o.id = i.organization_id \
         JOIN sentry_app a ON a.id = i.sentry_app_id JOIN api_application p ON p.id = a.application_id \
         LEFT JOIN api_grant g ON g.id = i.api_grant_id WHERE i.id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}
