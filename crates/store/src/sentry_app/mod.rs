//! Sentry Apps, where they are installed, and through which hooks they listen.

mod avatar;
mod breaker;
mod component;
mod external_issue;
mod filter;
mod for_provider;
mod hook;
mod installation;
mod stats;
mod token;

use mortise_domain::{AppId, ApplicationId, OrgId, ScopeSet, Time, UserId, status::AppStatus};
use serde_json::Value as Json;

pub use avatar::{
    Avatar, PublishRequest, avatars, delete_avatars, has_photo, insert_publish_request, photo,
    publish_requests, put_avatar,
};
pub use breaker::{BreakerDay, breakable, count_outcomes, forget_outcomes, outcomes_since, purge_outcomes};
pub use component::{
    AlertApp, Component, alert_apps, components, delete_components, insert_component, installed_in,
    names_of_installations, not_installed,
};
pub use external_issue::{
    NewExternalIssue, delete_external_issue, delete_external_issue_of, insert_external_issue,
    put_external_issue,
};
pub use filter::{InstallationFilter, installations};
pub use for_provider::{app_made_for, insert_for_provider, provider_installation, provider_token};
pub use hook::{
    AlertListener, AppHook, Listener, NewServiceHook, WebhookTarget, alert_listeners, apps_of, delete_hooks,
    hooks_of, insert_hook, listeners, set_hook, set_hooks, webhook_targets,
};
pub use installation::{
    Grant, Installation, NewGrant, NewInstallation, ShownInstallation, end_installation, grants,
    insert_grant, insert_installation, installation_by_uuid, live_installation, live_of_app,
    lock_installation, lock_installations, set_installed, shown_in_org, shown_installation, take_grant,
    was_installed,
};
pub use stats::{
    Counted, InstallCount, component_types, count_use, install_counts, install_totals, installed_between,
    purge_uses, uses,
};
pub use token::{
    Exchanger, NewRefresh, Refresh, count_tokens, delete_linked, delete_token, exchanger, forget_answers,
    insert_refresh, link_token, purge_refreshes, refresh_of, set_token, set_token_scopes, take_refreshable,
    tokens_of, use_assertion,
};

use crate::{
    Conn, Query, Result, Slice, Tx, dialect,
    integration::feature::{self, Target},
    row,
};

row! {
    /// An app. `webhook_headers` and `events` are JSON lists of texts.
    pub struct SentryApp {
        pub id: AppId,
        pub uuid: String,
        pub slug: String,
        pub name: String,
        pub author: Option<String>,
        pub owner_id: OrgId,
        pub application_id: Option<ApplicationId>,
        pub proxy_user_id: Option<UserId>,
        pub creator_user_id: Option<UserId>,
        pub creator_label: Option<String>,
        pub status: i64,
        pub scopes: ScopeSet,
        pub events: Json,
        pub redirect_url: Option<String>,
        pub webhook_url: Option<String>,
        pub webhook_headers: Json,
        pub is_disabled: bool,
        pub is_alertable: bool,
        pub verify_install: bool,
        pub overview: Option<String>,
        pub schema: Json,
        pub metadata: Json,
        pub popularity: i64,
        pub date_added: Time,
        pub date_updated: Time,
        pub date_published: Option<Time>,
        pub date_deleted: Option<Time>,
    }
}

/// What a new app needs; the fields are those of [`SentryApp`].
#[derive(Debug, Clone)]
pub struct NewSentryApp {
    pub uuid: String,
    pub slug: String,
    pub name: String,
    pub author: Option<String>,
    pub owner_id: OrgId,
    pub application_id: ApplicationId,
    pub proxy_user_id: UserId,
    pub creator_user_id: Option<UserId>,
    pub creator_label: Option<String>,
    pub status: AppStatus,
    pub scopes: ScopeSet,
    pub events: Vec<String>,
    pub redirect_url: Option<String>,
    pub webhook_url: Option<String>,
    pub webhook_headers: Vec<String>,
    pub is_alertable: bool,
    pub verify_install: bool,
    pub overview: Option<String>,
    pub schema: Json,
    pub metadata: Json,
    pub popularity: i64,
    pub date_published: Option<Time>,
}

/// Creates an app. A slug that any app has or had is a conflict.
pub async fn insert(tx: &mut Tx, new: &NewSentryApp, now: Time) -> Result<SentryApp> {
    let query = Query::new(
        "INSERT INTO sentry_app (uuid, slug, name, author, owner_id, application_id, proxy_user_id, creator_user_id, \
         creator_label, status, scopes, events, redirect_url, webhook_url, webhook_headers, is_disabled, is_alertable, \
         verify_install, overview, schema, metadata, popularity, date_published, date_added, date_updated) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, FALSE, $16, $17, $18, $19, $20, \
         $21, $22, $23, $23) RETURNING *",
    );
    let query = query.bind(&new.uuid).bind(&new.slug).bind(&new.name).bind(new.author.clone());
    let query = query.bind(new.owner_id).bind(new.application_id).bind(new.proxy_user_id);
    let query = query.bind(new.creator_user_id).bind(new.creator_label.clone()).bind(new.status.number());
    let query = query.bind(new.scopes).bind(&Json::from(new.events.clone())).bind(new.redirect_url.clone());
    let query = query.bind(new.webhook_url.clone()).bind(&Json::from(new.webhook_headers.clone()));
    let query = query.bind(new.is_alertable).bind(new.verify_install).bind(new.overview.clone());
    let query = query.bind(&new.schema).bind(&new.metadata).bind(new.popularity).bind(new.date_published);
    tx.one(query.bind(now)).await
}

/// The app with this id.
pub async fn by_id(conn: &mut Conn, id: AppId) -> Result<Option<SentryApp>> {
    let query = Query::new("SELECT * FROM sentry_app WHERE id = $1 AND date_deleted IS NULL");
    conn.optional(query.bind(id)).await
}

/// [`by_id`], held until the transaction ends.
pub async fn locked(tx: &mut Tx, id: AppId) -> Result<Option<SentryApp>> {
    let lock = dialect::row_lock(tx);
    let mut query = Query::new("SELECT * FROM sentry_app WHERE id = $1 AND date_deleted IS NULL").bind(id);
    query.push(lock);
    tx.optional(query).await
}

/// The apps with these ids, deleted ones among them, by id.
pub async fn by_ids(conn: &mut Conn, ids: &[AppId]) -> Result<Vec<SentryApp>> {
    let mut query = Query::new("SELECT * FROM sentry_app WHERE id IN ");
    query.list(ids.iter().copied()).push(" ORDER BY id");
    conn.all(query).await
}

/// The app with this slug.
pub async fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<SentryApp>> {
    let query = Query::new("SELECT * FROM sentry_app WHERE slug = $1 AND date_deleted IS NULL");
    conn.optional(query.bind(slug)).await
}

/// Apps that an organization owns and that have this name, at most two of them.
pub async fn named(conn: &mut Conn, owner: OrgId, name: &str) -> Result<Vec<SentryApp>> {
    let query = Query::new(
        "SELECT * FROM sentry_app WHERE owner_id = $1 AND name = $2 AND date_deleted IS NULL ORDER BY id LIMIT 2",
    );
    conn.all(query.bind(owner).bind(name)).await
}

/// The app that an application belongs to.
pub async fn of_application(conn: &mut Conn, application: ApplicationId) -> Result<Option<SentryApp>> {
    let query = Query::new("SELECT * FROM sentry_app WHERE application_id = $1 AND date_deleted IS NULL");
    conn.optional(query.bind(application)).await
}

/// Whether an app has or had this slug.
pub async fn is_slug_taken(conn: &mut Conn, slug: &str) -> Result<bool> {
    let found: Option<i64> =
        conn.optional(Query::new("SELECT id FROM sentry_app WHERE slug = $1").bind(slug)).await?;
    Ok(found.is_some())
}

/// Stores everything about an app that can change.
pub async fn update(tx: &mut Tx, app: &SentryApp, now: Time) -> Result<()> {
    let query = Query::new(
        "UPDATE sentry_app SET name = $2, author = $3, status = $4, scopes = $5, events = $6, redirect_url = $7, \
         webhook_url = $8, webhook_headers = $9, is_disabled = $10, is_alertable = $11, verify_install = $12, \
         overview = $13, schema = $14, metadata = $15, popularity = $16, date_published = $17, date_deleted = $18, \
         date_updated = $19 WHERE id = $1",
    );
    let it = app;
    let query = query.bind(it.id).bind(&it.name).bind(it.author.clone()).bind(it.status).bind(it.scopes);
    let query = query.bind(&it.events).bind(it.redirect_url.clone()).bind(it.webhook_url.clone());
    let query = query.bind(&it.webhook_headers).bind(it.is_disabled).bind(it.is_alertable);
    let query = query.bind(it.verify_install).bind(it.overview.clone()).bind(&it.schema).bind(&it.metadata);
    let query = query.bind(it.popularity).bind(it.date_published).bind(it.date_deleted);
    tx.execute_one(query.bind(now)).await
}

/// The apps that were deleted before a time and still have their application, for telling those who had them.
pub async fn deleted_with_application(
    conn: &mut Conn,
    before: Time,
    limit: i64,
) -> Result<Vec<(ApplicationId, Option<UserId>)>> {
    let query = Query::new(
        "SELECT application_id, proxy_user_id FROM sentry_app WHERE date_deleted < $1 \
         AND application_id IS NOT NULL ORDER BY id LIMIT $2",
    );
    conn.all(query.bind(before).bind(limit)).await
}

/// Which apps are listed; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct AppFilter {
    /// With this status.
    pub status: Option<AppStatus>,
    /// Owned by one of these organizations.
    pub owners: Option<Vec<OrgId>>,
}

/// Apps that have an application, newest first.
pub async fn list(conn: &mut Conn, filter: &AppFilter, slice: Slice) -> Result<Vec<SentryApp>> {
    let mut query =
        Query::new("SELECT * FROM sentry_app WHERE date_deleted IS NULL AND application_id IS NOT NULL");
    if let Some(status) = filter.status {
        query.push(" AND status = ").arg(status.number());
    }
    if let Some(owners) = &filter.owners {
        query.push(" AND owner_id IN ").list(owners.iter().copied());
    }
    query.push(" ORDER BY date_added DESC, id DESC").slice(slice);
    conn.all(query).await
}

row! {
    /// What is shown of an app besides its row.
    pub struct AppBeside {
        pub id: AppId,
        pub client_id: Option<String>,
        /// Sealed; bound to `api_application.client_secret:<client_id>`.
        pub client_secret: Option<Vec<u8>>,
        pub allowed_origins: Option<String>,
        /// The organization that owns it.
        pub owner_slug: String,
        pub owner_options: Json,
        /// The numbers of its features with spaces between, in no order.
        pub features: Option<String>,
        pub has_avatars: bool,
    }
}

/// What is shown of these apps besides their rows, in no order.
pub async fn beside(conn: &mut Conn, apps: &[AppId]) -> Result<Vec<AppBeside>> {
    let mut query = Query::new(
        "SELECT s.id, a.client_id, a.client_secret, a.allowed_origins, o.slug AS owner_slug, \
         o.options AS owner_options, (SELECT string_agg(CAST(f.feature AS TEXT), ' ') FROM integration_feature f \
         WHERE f.target_type = 0 AND f.target_id = s.id) AS features, \
         EXISTS (SELECT 1 FROM sentry_app_avatar v WHERE v.sentry_app_id = s.id) AS has_avatars \
         FROM sentry_app s JOIN organization o ON o.id = s.owner_id \
         LEFT JOIN api_application a ON a.id = s.application_id WHERE s.id IN ",
    );
    query.list(apps.iter().copied());
    conn.all(query).await
}

/// Leaves an app with these features alone.
pub async fn set_features(tx: &mut Tx, app: AppId, features: &[i64], now: Time) -> Result<()> {
    feature::set(tx, Target::App, app.get(), features, now).await
}

/// What these apps are good for, as pairs of app and feature.
pub async fn features(conn: &mut Conn, apps: &[AppId]) -> Result<Vec<(AppId, i64)>> {
    let ids: Vec<i64> = apps.iter().map(|app| app.get()).collect();
    let found = feature::list(conn, Target::App, &ids).await?;
    Ok(found.into_iter().map(|(app, feature)| (AppId::new(app), feature)).collect())
}

row! {
    /// The app behind a proxy user.
    pub struct ProxiedApp {
        pub proxy_user_id: UserId,
        pub id: AppId,
        pub slug: String,
        pub name: String,
    }
}

/// The apps behind these proxy users; people have none.
pub async fn behind_users(conn: &mut Conn, users: &[UserId]) -> Result<Vec<ProxiedApp>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        Query::new("SELECT proxy_user_id, id, slug, name FROM sentry_app WHERE proxy_user_id IN ");
    query.list(users.iter().copied());
    conn.all(query).await
}
