//! Apps for the rest of a host: who is installed where, by whatever is known, without authorization, which is the host's.
//!
//! What is already said elsewhere is not said again: components and calls to apps are in [`super::components`], telling apps
//! what happened is [`crate::events`], alert rules are [`crate::rules`]. The token of an installation is never part of an
//! answer, since only its hash is kept; a part of the server that needs one has it made with [`super::programmatic`].

use std::collections::HashMap;

use mortise_domain::{
    AppId, ApplicationId, InstallationId, IssueId, OrgId, ScopeSet, Time, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_store::{
    Conn, Slice,
    issue::beside,
    sentry_app::{self, AppFilter, Installation, SentryApp},
};
use serde_json::Value as Json;

pub use mortise_store::sentry_app::InstallationFilter;

use super::{
    components::{self, InstalledComponent},
    schema::ALERT_RULE_ACTION,
    subscriptions,
};
use crate::{Ctx, Error, Result};

/// More apps of one organization than there will be.
const ALL: Slice = Slice { skip: 0, take: 10_000 };

/// An app.
#[derive(Debug, Clone)]
pub struct AppInfo {
    /// Its id.
    pub id: AppId,
    /// Dashed.
    pub uuid: String,
    /// In addresses.
    pub slug: String,
    /// What people read.
    pub name: String,
    /// Whose it is.
    pub owner: OrgId,
    /// Who acts for it.
    pub proxy_user: Option<UserId>,
    /// Its OAuth application.
    pub application: Option<ApplicationId>,
    /// What it may do.
    pub scopes: ScopeSet,
    /// Single events that it hears of.
    pub events: Vec<String>,
    /// Where they are sent.
    pub webhook_url: Option<String>,
    /// Headers added to what is sent, as `Name: value`.
    pub webhook_headers: Vec<String>,
    /// May be an action of alert rules.
    pub is_alertable: bool,
    /// Sending is switched off after too many failures.
    pub is_disabled: bool,
    /// Internal, unpublished, ...
    pub status: AppStatus,
    /// Facts kept for others.
    pub metadata: Json,
    /// Who made it, when the person is gone too.
    pub creator_label: Option<String>,
}

impl AppInfo {
    fn of(app: SentryApp) -> Result<Self> {
        Ok(Self {
            status: super::json::status(&app)?,
            events: subscriptions::texts(&app.events),
            webhook_headers: subscriptions::texts(&app.webhook_headers),
            id: app.id,
            uuid: app.uuid,
            slug: app.slug,
            name: app.name,
            owner: app.owner_id,
            proxy_user: app.proxy_user_id,
            application: app.application_id,
            scopes: app.scopes,
            webhook_url: app.webhook_url.filter(|url| !url.is_empty()),
            is_alertable: app.is_alertable,
            is_disabled: app.is_disabled,
            metadata: app.metadata,
            creator_label: app.creator_label,
        })
    }
}

/// An app in an organization.
#[derive(Debug, Clone)]
pub struct InstallationInfo {
    /// Its id.
    pub id: InstallationId,
    /// Dashed.
    pub uuid: String,
    /// Where.
    pub org: OrgId,
    /// Whether the app has confirmed.
    pub status: InstallationStatus,
    /// When it was installed.
    pub installed_at: Time,
    /// What.
    pub app: AppInfo,
}

/// An app that alert rules can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertableService {
    /// What people read.
    pub title: String,
    /// What rules name it by.
    pub slug: String,
}

/// The live installations that a filter finds, whatever their state. A filter that bounds nothing is a mistake of the caller.
pub async fn installations(ctx: &Ctx, filter: &InstallationFilter) -> Result<Vec<InstallationInfo>> {
    if !filter.is_bounded() {
        return Err(Error::Internal("a filter of installations that bounds nothing".to_owned()));
    }
    let mut conn = ctx.store.read().await?;
    let rows = sentry_app::installations(&mut conn, filter).await?;
    with_apps(&mut conn, rows).await
}

async fn with_apps(conn: &mut Conn, rows: Vec<Installation>) -> Result<Vec<InstallationInfo>> {
    let ids: Vec<_> = rows.iter().map(|row| row.sentry_app_id).collect();
    let apps: HashMap<_, _> =
        sentry_app::by_ids(conn, &ids).await?.into_iter().map(|app| (app.id, app)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(app) = apps.get(&row.sentry_app_id).filter(|app| app.date_deleted.is_none()) else {
            continue;
        };
        found.push(InstallationInfo {
            id: row.id,
            uuid: row.uuid,
            org: row.organization_id,
            status: row.status.try_into().map_err(|e| Error::Internal(format!("installation: {e}")))?,
            installed_at: row.date_added,
            app: AppInfo::of(app.clone())?,
        });
    }
    Ok(found)
}

/// The installation, in an organization, of the app behind a proxy user; also while it waits to be confirmed.
pub async fn installation_of_proxy_user(
    ctx: &Ctx,
    user: UserId,
    org: OrgId,
) -> Result<Option<InstallationInfo>> {
    let of_org = InstallationFilter { org: Some(org), ..InstallationFilter::default() };
    let found = installations(ctx, &of_org).await?;
    Ok(found.into_iter().find(|it| it.app.proxy_user == Some(user)))
}

/// What is installed and confirmed in an organization.
pub async fn installed_in(ctx: &Ctx, org: OrgId) -> Result<Vec<InstallationInfo>> {
    let status = Some(InstallationStatus::Installed);
    installations(ctx, &InstallationFilter { org: Some(org), status, ..InstallationFilter::default() }).await
}

/// A confirmed installation.
pub async fn installation_by_id(ctx: &Ctx, id: InstallationId) -> Result<Option<InstallationInfo>> {
    let (ids, status) = (Some(vec![id]), Some(InstallationStatus::Installed));
    let filter = InstallationFilter { ids, status, ..InstallationFilter::default() };
    Ok(installations(ctx, &filter).await?.pop())
}

/// The app with this id.
pub async fn app_by_id(ctx: &Ctx, id: AppId) -> Result<Option<AppInfo>> {
    sentry_app::by_id(&mut *ctx.store.read().await?, id).await?.map(AppInfo::of).transpose()
}

/// The app with this slug.
pub async fn app_by_slug(ctx: &Ctx, slug: &str) -> Result<Option<AppInfo>> {
    sentry_app::by_slug(&mut *ctx.store.read().await?, slug).await?.map(AppInfo::of).transpose()
}

/// The app that an application belongs to, as service hooks name it.
pub async fn app_of_application(ctx: &Ctx, id: ApplicationId) -> Result<Option<AppInfo>> {
    sentry_app::of_application(&mut *ctx.store.read().await?, id).await?.map(AppInfo::of).transpose()
}

/// The apps that an organization owns, newest first; in one state or in any.
pub async fn apps_of(ctx: &Ctx, org: OrgId, status: Option<AppStatus>) -> Result<Vec<AppInfo>> {
    let filter = AppFilter { status, owners: Some(vec![org]) };
    let apps = sentry_app::list(&mut *ctx.store.read().await?, &filter, ALL).await?;
    apps.into_iter().map(AppInfo::of).collect()
}

/// The installed apps that alert rules name by their slug: alertable, without a component for it.
pub async fn alertable_services(ctx: &Ctx, org: OrgId) -> Result<Vec<AlertableService>> {
    let installed = installed_in(ctx, org).await?;
    let ids: Vec<_> = installed.iter().map(|it| it.app.id).collect();
    let components = sentry_app::components(&mut *ctx.store.read().await?, &ids).await?;
    let has_action =
        |id: AppId| components.iter().any(|it| it.sentry_app_id == id && it.kind == ALERT_RULE_ACTION);
    let apps = installed.into_iter().map(|it| it.app).filter(|app| app.is_alertable && !has_action(app.id));
    Ok(apps.map(|app| AlertableService { title: app.name, slug: app.slug }).collect())
}

/// A component of an installation, prepared; nothing when there is none or its app fails.
pub async fn prepared_component(
    ctx: &Ctx,
    installation: &InstallationInfo,
    kind: &str,
    project_slug: Option<&str>,
) -> Result<Option<Json>> {
    let found = components::installed_components(ctx, installation.org, Some(kind)).await?;
    let is_it = |it: &InstalledComponent| it.callee.installation.id == installation.id;
    let Some(component) = found.into_iter().find(is_it) else { return Ok(None) };
    let prepared = components::prepare(ctx, &component, project_slug, &[]).await?;
    Ok(prepared.failure.is_none().then_some(prepared.schema))
}

/// What apps add to issues, as HTML: one link for each item, with the id of its issue.
pub async fn annotations(ctx: &Ctx, issues: &[IssueId]) -> Result<Vec<(IssueId, String)>> {
    let links = beside::external_links(&mut *ctx.store.read().await?, issues).await?;
    // The name is HTML already.
    let html = |url: &str, name: &str| format!("<a href=\"{}\">{name}</a>", components::escaped(url));
    Ok(links.iter().map(|link| (link.issue_id, html(&link.web_url, &link.display_name))).collect())
}
