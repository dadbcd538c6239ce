//! Where apps are installed, and the grant codes with which they fetch their tokens.

use mortise_domain::{
    AppId, ApplicationId, GrantId, InstallationId, OrgId, Time, TokenId, UserId, status::InstallationStatus,
};

use crate::{Conn, Query, Result, Slice, Tx, dialect, row};

row! {
    /// An app in an organization.
    pub struct Installation {
        pub id: InstallationId,
        pub uuid: String,
        pub sentry_app_id: AppId,
        pub organization_id: OrgId,
        pub api_grant_id: Option<GrantId>,
        pub api_token_id: Option<TokenId>,
        pub status: i64,
        pub date_added: Time,
        pub date_updated: Time,
        pub date_deleted: Option<Time>,
    }
}

/// What a new installation needs.
#[derive(Debug, Clone)]
pub struct NewInstallation {
    /// Dashed.
    pub uuid: String,
    /// What.
    pub app: AppId,
    /// Where.
    pub org: OrgId,
    /// With what the app fetches its token.
    pub grant: GrantId,
    /// Whether the app has confirmed.
    pub status: InstallationStatus,
}

/// Installs an app. A second live installation in the organization is a conflict.
pub async fn insert_installation(tx: &mut Tx, new: &NewInstallation, now: Time) -> Result<Installation> {
    let query = Query::new(
        "INSERT INTO sentry_app_installation (uuid, sentry_app_id, organization_id, api_grant_id, status, date_added, \
         date_updated) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING *",
    );
    let query = query.bind(&new.uuid).bind(new.app).bind(new.org).bind(new.grant);
    tx.one(query.bind(new.status.number()).bind(now)).await
}

/// The live installation with this uuid.
pub async fn installation_by_uuid(conn: &mut Conn, uuid: &str) -> Result<Option<Installation>> {
    let query = Query::new("SELECT * FROM sentry_app_installation WHERE uuid = $1 AND date_deleted IS NULL");
    conn.optional(query.bind(uuid)).await
}

/// The live installation of an app in an organization.
pub async fn live_installation(conn: &mut Conn, app: AppId, org: OrgId) -> Result<Option<Installation>> {
    let query = Query::new(
        "SELECT * FROM sentry_app_installation WHERE sentry_app_id = $1 AND organization_id = $2 \
         AND date_deleted IS NULL",
    );
    conn.optional(query.bind(app).bind(org)).await
}

/// Whether an app is or was installed in an organization.
pub async fn was_installed(conn: &mut Conn, app: AppId, org: OrgId) -> Result<bool> {
    let query = Query::new(
        "SELECT id FROM sentry_app_installation WHERE sentry_app_id = $1 AND organization_id = $2 LIMIT 1",
    );
    Ok(conn.optional::<InstallationId>(query.bind(app).bind(org)).await?.is_some())
}

row! {
    /// An installation as it is shown: with what names its app, and with its unused code.
    pub struct ShownInstallation {
        pub uuid: String,
        pub status: i64,
        pub app_id: AppId,
        pub app_uuid: String,
        pub app_slug: String,
        pub code_hash: Option<String>,
        /// Sealed; bound to `api_grant.code:<code_hash>`.
        pub code: Option<Vec<u8>>,
    }
}

/// Begins a statement that reads [`ShownInstallation`]s, inside its `WHERE`.
const SHOWN: &str = "SELECT i.uuid, i.status, s.id AS app_id, s.uuid AS app_uuid, s.slug AS app_slug, g.code_hash, g.code \
    FROM sentry_app_installation i JOIN sentry_app s ON s.id = i.sentry_app_id \
    LEFT JOIN api_grant g ON g.id = i.api_grant_id WHERE ";

/// The live installations in an organization, newest first.
pub async fn shown_in_org(conn: &mut Conn, org: OrgId, slice: Slice) -> Result<Vec<ShownInstallation>> {
    let mut query = Query::new(SHOWN);
    query.push("i.date_deleted IS NULL AND i.organization_id = ").arg(org);
    query.push(" ORDER BY i.date_added DESC, i.id DESC").slice(slice);
    conn.all(query).await
}

/// The installation with this id, also when it has ended.
pub async fn shown_installation(conn: &mut Conn, id: InstallationId) -> Result<Option<ShownInstallation>> {
    let mut query = Query::new(SHOWN);
    query.push("i.id = ").arg(id);
    conn.optional(query).await
}

/// The live installations of an app, oldest first.
pub async fn live_of_app(conn: &mut Conn, app: AppId) -> Result<Vec<Installation>> {
    let query = Query::new(
        "SELECT * FROM sentry_app_installation WHERE sentry_app_id = $1 AND date_deleted IS NULL ORDER BY id",
    );
    conn.all(query.bind(app)).await
}

/// [`installation_by_uuid`], held until the transaction ends.
pub async fn lock_installation(tx: &mut Tx, uuid: &str) -> Result<Option<Installation>> {
    let lock = dialect::row_lock(tx);
    let mut query =
        Query::new("SELECT * FROM sentry_app_installation WHERE uuid = $1 AND date_deleted IS NULL")
            .bind(uuid);
    query.push(lock);
    tx.optional(query).await
}

/// Holds what is installed in an organization until the transaction ends: no app leaves it before.
pub async fn lock_installations(tx: &mut Tx, org: OrgId) -> Result<()> {
    let lock = dialect::row_lock(tx);
    let mut query = Query::new(
        "SELECT id FROM sentry_app_installation WHERE organization_id = $1 AND date_deleted IS NULL ORDER BY id",
    )
    .bind(org);
    query.push(lock);
    tx.all::<InstallationId>(query).await?;
    Ok(())
}

/// Notes that the app has confirmed.
pub async fn set_installed(tx: &mut Tx, id: InstallationId, now: Time) -> Result<()> {
    let query = Query::new("UPDATE sentry_app_installation SET status = $2, date_updated = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(InstallationStatus::Installed.number()).bind(now)).await
}

/// Ends an installation with its code, its tokens and its hooks. The row stays, because deliveries still tell of it.
pub async fn end_installation(tx: &mut Tx, installation: &Installation, now: Time) -> Result<()> {
    let id = installation.id;
    for sql in [
        "DELETE FROM api_token WHERE id IN \
         (SELECT api_token_id FROM sentry_app_installation_token WHERE installation_id = $1)",
        "DELETE FROM api_token WHERE id = (SELECT api_token_id FROM sentry_app_installation WHERE id = $1)",
        "DELETE FROM api_grant WHERE id = (SELECT api_grant_id FROM sentry_app_installation WHERE id = $1)",
        "DELETE FROM service_hook WHERE installation_id = $1",
        "DELETE FROM sentry_app_installation_for_provider WHERE installation_id = $1",
        "DELETE FROM app_token_refresh WHERE installation_id = $1",
    ] {
        tx.execute(Query::new(sql).bind(id)).await?;
    }
    let query = Query::new(
        "UPDATE sentry_app_installation SET date_deleted = $2, date_updated = $2 WHERE id = $1 AND date_deleted IS NULL",
    );
    tx.execute_one(query.bind(id).bind(now)).await
}

row! {
    /// A code that can be exchanged for a token.
    pub struct Grant {
        pub id: GrantId,
        pub user_id: UserId,
        pub application_id: ApplicationId,
        pub code_hash: String,
        /// Sealed; bound to `api_grant.code:<code_hash>`.
        pub code: Vec<u8>,
        pub expires_at: Time,
    }
}

/// What a new grant needs.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The proxy user.
    pub user_id: UserId,
    /// The app's application.
    pub application_id: ApplicationId,
    /// Finds it.
    pub code_hash: String,
    /// Sealed; bound to `api_grant.code:<code_hash>`.
    pub code: Vec<u8>,
    /// Until when.
    pub expires_at: Time,
}

/// Stores a grant without scopes of its own.
pub async fn insert_grant(tx: &mut Tx, new: &NewGrant) -> Result<GrantId> {
    let query = Query::new(
        "INSERT INTO api_grant (user_id, application_id, code_hash, code, redirect_uri, scopes, expires_at) \
         VALUES ($1, $2, $3, $4, '', '', $5) RETURNING id",
    );
    let query = query.bind(new.user_id).bind(new.application_id).bind(&new.code_hash);
    tx.one(query.bind(new.code.clone()).bind(new.expires_at)).await
}

/// The grants with these ids.
pub async fn grants(conn: &mut Conn, ids: &[GrantId]) -> Result<Vec<Grant>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT id, user_id, application_id, code_hash, code, expires_at FROM api_grant WHERE id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}

/// Takes the grant away; to be undone with the transaction when it is not the right one.
pub async fn take_grant(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    let query = Query::new(
        "DELETE FROM api_grant WHERE id = $1 RETURNING id, user_id, application_id, code_hash, code, expires_at",
    );
    tx.optional(query.bind(id)).await
}
